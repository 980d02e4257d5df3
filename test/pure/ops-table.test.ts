/** docs/ops.md: what is shown of every op, from what the tests have shown. `UPDATE_DOCS=1` writes it anew. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPS, type OpName } from '@ganvas/tensor';
import { GRADIENTS } from '../../packages/autograd/src/gradients.ts';
import { ROOT, readDocument } from '../documents.ts';
import { readEvidence } from '../evidence.ts';
import { hasReference } from '../references.ts';

const PATH = 'docs/ops.md';
const FIXTURES = readdirSync(join(ROOT, 'test/evidence'))
  .flatMap((file) => (file.startsWith('torch-') ? [file.slice('torch-'.length, -'.json'.length)] : []))
  .sort();

/** Why a gradient has no tick. */
const MARKS = { constant: 'zero', cast: 'cast', refuses: 'refuses' } as const;

function gradient(name: OpName, column: 'first' | 'second'): string {
  const entry = GRADIENTS[name];
  if (typeof entry === 'string') return MARKS[entry];
  return readEvidence(column).includes(name) ? '✓' : '';
}

/** By what float64 computes it. */
function reference(name: OpName): string {
  const op = OPS[name] as object;
  if ('meaning' in op) return 'its meaning';
  return hasReference(name) ? 'loops' : 'its expression';
}

/** Why no fixture has the op. */
const OTHER_STREAM = 'other random numbers; known answers of Random123';
const TRUTH = 'none: a truth table';
const CONVERSION = 'none: a conversion';
const WITHOUT_TORCH: { [N in OpName]?: string } = {
  ...{ uniform: OTHER_STREAM, normal: OTHER_STREAM, integer: OTHER_STREAM, advance: OTHER_STREAM },
  ...{ logicalAnd: TRUTH, logicalOr: TRUTH, logicalXor: TRUTH, logicalNot: TRUTH },
  ...{ toF16: CONVERSION, toF32: CONVERSION, toU32: CONVERSION },
  erfinv: 'none: constants of the literature',
  fence: 'none: the identity',
};

function torch(name: OpName): string {
  const fixtures = FIXTURES.filter((fixture) => readEvidence(`torch-${fixture}`).includes(name));
  return fixtures.length > 0 ? fixtures.join(', ') : (WITHOUT_TORCH[name] ?? '');
}

const names = (Object.keys(OPS) as OpName[]).sort((a, b) => a.localeCompare(b, 'en'));

const rows = names.map((name) => [
  `\`${name}\``,
  readEvidence('forward').includes(name) ? '✓' : name === 'toF16' ? 'f16' : '',
  reference(name),
  gradient(name, 'first'),
  gradient(name, 'second'),
  torch(name),
]);

const table = (): string =>
  [
    '| op | forward | float64 by | first gradient | second gradient | PyTorch fixture |',
    '|---|---|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');

const [BEGIN, END] = ['<!-- ops:begin -->', '<!-- ops:end -->'];

it('docs/ops.md has what the tests have shown', () => {
  const text = readDocument(PATH);
  const [head, rest] = text.split(BEGIN) as [string, string];
  const tail = rest.split(END)[1]!;
  const now = `${head}${BEGIN}\n${table()}\n${END}${tail}`;
  if (process.env.UPDATE_DOCS) writeFileSync(join(ROOT, PATH), now);
  else expect(text).toBe(now);
});

it('leaves no cell empty', () => {
  expect(rows.filter((cells) => cells.includes('')).map(([name]) => name)).toEqual([]);
});
