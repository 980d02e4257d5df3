/** The page's section "Autodiff": its language, the rules that it shows, and where it draws nodes. */
import { readFileSync } from 'node:fs';
import { OPS } from '@ganvas/tensor';
import { leavesOf } from '../../web/src/autodiff/evaluate.ts';
import { EXAMPLES } from '../../web/src/autodiff/examples.ts';
import { type Expression, LanguageError, parseLines } from '../../web/src/autodiff/language.ts';
import { layOut } from '../../web/src/autodiff/layout.ts';
import { rulesIn } from '../../web/src/autodiff/rules.ts';

const written = (node: Expression): string => {
  if (node.kind === 'number') return String(node.value);
  if (node.kind === 'name') return node.name;
  if (node.kind === 'list') return `[${node.items.map(written).join(' ')}]`;
  return `(${[node.name, ...node.parts.map(written)].join(' ')})`;
};
const parsed = (text: string): string => written(parseLines(text)[0]!.value);

describe('the language', () => {
  it.each([
    ['1 + 2 * 3', '(add 1 (mul 2 3))'],
    ['8 - 4 - 2 / 2', '(sub (sub 8 4) (div 2 2))'],
    ['(1 + x) * -y', '(mul (add 1 x) (neg y))'],
    ['-2 * 1e-3', '(mul -2 0.001)'],
    ['loss = mean(square(x - t), 1) # a comment', '(mean (square (sub x t)) 1)'],
    ['[[1, 2], [-3, .5]]', '[[1 2] [-3 0.5]]'],
  ])('%s', (text, expected) => expect(parsed(text)).toBe(expected));

  it('has lines, named or not', () => {
    const lines = parseLines('\nx = param(2)\n\n# nothing\nx * x');
    expect(lines.map(({ name }) => name)).toEqual(['x', 'line 2']);
  });

  it.each([
    ['x = 1 +', 7, 'expected a value, got the end of the line'],
    ['x = (1', 6, 'expected ",", got the end of the line'],
    ['x = 1 $ 2', 6, '"$" means nothing here'],
    ['x = 1 2', 6, 'expected an operator or the end of the line, got "2"'],
    ['x = (1, 2)', 4, 'expected one expression in the parentheses'],
    ['a = 1\nb = * 2', 10, 'expected a value, got "*"'],
    ['# nothing', 0, 'expected a line such as: loss = x * x'],
  ])('refuses %j', (text, at, message) => {
    const error = failure(() => parseLines(text));
    expect([error.at, error.message]).toEqual([at, message]);
  });

  it('refuses brackets without end before the stack does', () => {
    expect(failure(() => parseLines('['.repeat(100_000))).message).toMatch('at most 64');
    expect(failure(() => parseLines('-'.repeat(100_000))).message).toMatch('at most 64');
  });

  it.each([
    ['x = [1, [2]]', 'the parts of a list must have one shape'],
    ['x = [1, y]', 'expected a number or a list of numbers'],
    ['x = param(1)\nx = param(2)', 'x is given twice'],
    ['x = [1, 2]\nsum(x)', 'nothing to differentiate: expected a line such as: w = param([1, 2])'],
    [`x = param([${Array(257).fill('1').join()}])`, 'expected at most 256 numbers'],
  ])('refuses %s', (text, message) => expect(failure(() => leavesOf(parseLines(text))).message).toBe(message));
});

it('every example has parameters, and a loss that is no leaf', () => {
  for (const { text } of EXAMPLES) {
    const lines = parseLines(text);
    const leaves = leavesOf(lines);
    expect(leaves.some(({ isParameter }) => isParameter)).toBe(true);
    expect(leaves.map(({ name }) => name)).not.toContain(lines.at(-1)!.name);
  }
});

describe('the rules', () => {
  const rules = rulesIn(readFileSync('packages/autograd/src/gradients.ts', 'utf8'));

  it('are those of the table: one for each op that has one', () => {
    const missing = Object.keys(OPS).filter((name) => !rules.has(name));
    // What has no entry is differentiated through its meaning.
    expect(missing.filter((name) => !('meaning' in OPS[name as keyof typeof OPS]))).toEqual([]);
    for (const name of rules.keys()) expect(OPS).toHaveProperty(name);
  });

  it('are whole', () => {
    expect(rules.get('neg')).toBe('neg: unary((g) => neg(g))');
    expect(rules.get('mul')).toBe('mul: binary(\n  (g, _, y) => mul(g, y),\n  (g, x) => mul(g, x),\n)');
    for (const rule of rules.values()) {
      const count = (letters: RegExp) => rule.match(letters)?.length ?? 0;
      expect(count(/[([{]/g)).toBe(count(/[)\]}]/g));
    }
  });
});

describe('the layout', () => {
  const inputs = [[], [], [0, 1], [2, 0], [3, 2]];
  const { places, columns, rows } = layOut(inputs);

  it('puts every node below what it was computed from', () => {
    inputs.forEach((from, node) => {
      for (const input of from) expect(places[node]!.y).toBeGreaterThan(places[input]!.y);
    });
    expect(rows).toBe(4);
  });

  it('puts no two nodes in one place', () => {
    expect(new Set(places.map(({ x, y }) => `${x},${y}`)).size).toBe(inputs.length);
    for (const { x } of places) expect(x).toBeLessThan(columns);
  });
});

function failure(f: () => unknown): LanguageError {
  try {
    f();
  } catch (error) {
    if (error instanceof LanguageError) return error;
    throw error;
  }
  throw new Error('expected a LanguageError');
}
