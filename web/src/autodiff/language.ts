/**
 * The small language of the section: a line is `name = expression`, the last line is the loss. Expressions have numbers, tensors as nested
 * lists, names, + - * /, unary -, parentheses and calls. It is parsed and nothing else: no text of a visitor is ever run as JavaScript.
 */

/** A mistake in the text: where, and what was expected. */
export class LanguageError extends Error {
  override name = 'LanguageError';
  /** Character of the text. */
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

export type Expression = { at: number } & (
  | { kind: 'number'; value: number }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'name'; name: string }
  | { kind: 'call'; name: string; parts: Expression[] }
);

export interface Line {
  name: string;
  value: Expression;
  at: number;
}

interface Token {
  text: string;
  at: number;
}

const TOKEN = /\s*(?:#[^\n]*)?(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[A-Za-z_]\w*|[-+*/()[\],=])/iy;
const SIGNS: Readonly<Record<string, string>> = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div' };
/** Nested lists and parentheses at most: a text of brackets alone must not exhaust the stack. */
const DEEPEST = 64;

/** @throws LanguageError */
export function parseLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const tokens = tokensOf(line, start);
    if (tokens.length > 0) lines.push(parseLine(tokens, start + line.length, lines.length));
    start += line.length + 1;
  }
  if (lines.length === 0) throw new LanguageError('expected a line such as: loss = x * x', 0);
  return lines;
}

function tokensOf(line: string, start: number): Token[] {
  const code = line.replace(/#.*/, '').trimEnd();
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < code.length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(code);
    if (!found) {
      const at = from + code.slice(from).search(/\S/);
      throw new LanguageError(`"${code[at]}" means nothing here`, start + at);
    }
    tokens.push({ text: found[1]!, at: start + TOKEN.lastIndex - found[1]!.length });
  }
  return tokens;
}

function parseLine(tokens: readonly Token[], end: number, index: number): Line {
  let next = 0;
  let depth = 0;
  const peek = (): string | undefined => tokens[next]?.text;
  const fail = (expected: string): never => {
    const token = tokens[next];
    throw new LanguageError(
      `expected ${expected}, got ${token ? `"${token.text}"` : 'the end of the line'}`,
      token?.at ?? end,
    );
  };
  const take = (text: string): void => {
    if (peek() !== text) fail(`"${text}"`);
    next++;
  };
  const list = (close: string): Expression[] => {
    const items: Expression[] = [];
    if (++depth > DEEPEST) fail(`at most ${DEEPEST} brackets in each other`);
    while (peek() !== close) {
      items.push(sum());
      if (peek() !== close) take(',');
    }
    depth--;
    take(close);
    return items;
  };
  const signed = (signs: string, operand: () => Expression): Expression => {
    let left = operand();
    while (signs.includes(peek() ?? 'none')) {
      const { text, at } = tokens[next++]!;
      left = { kind: 'call', name: SIGNS[text]!, parts: [left, operand()], at };
    }
    return left;
  };
  const sum = (): Expression => signed('+-', () => signed('*/', factor));
  const factor = (): Expression => {
    const token = tokens[next];
    if (!token) return fail('a value');
    const { text, at } = token;
    next++;
    if (text === '-') {
      if (++depth > DEEPEST) fail(`at most ${DEEPEST} signs in a row`);
      const value = factor();
      depth--;
      return value.kind === 'number'
        ? { ...value, value: -value.value, at }
        : { kind: 'call', name: 'neg', parts: [value], at };
    }
    if (text === '(') {
      const [inner, ...more] = list(')');
      if (!inner || more.length > 0) throw new LanguageError('expected one expression in the parentheses', at);
      return inner;
    }
    if (text === '[') return { kind: 'list', items: list(']'), at };
    if (/^[\d.]/.test(text)) return { kind: 'number', value: Number(text), at };
    if (!/^[A-Za-z_]/.test(text)) {
      next--;
      return fail('a value');
    }
    if (peek() !== '(') return { kind: 'name', name: text, at };
    next++;
    return { kind: 'call', name: text, parts: list(')'), at };
  };

  const named = tokens.length > 1 && tokens[1]!.text === '=' && /^[A-Za-z_]/.test(tokens[0]!.text);
  if (named) next = 2;
  const value = sum();
  if (next < tokens.length) fail('an operator or the end of the line');
  return { name: named ? tokens[0]!.text : `line ${index + 1}`, value, at: tokens[0]!.at };
}
