/** Several matrices of as many rows side by side: tensors joined along an axis. */
import { type Candidate, candidate, slot } from '../candidate.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel } from '../kernel.ts';
import { wordType } from './word.ts';

export interface ConcatSpec {
  /** Rows of every part: the axes before the joined one. */
  rows: number;
  /** Columns of each part: its size along the joined axis, times the axes after it. At most `MOST_PARTS`. */
  columns: readonly number[];
}

/** Parts of one dispatch: with the output they bind the eight storage buffers that every device has. */
export const MOST_PARTS = 7;

/** Bindings: in0, in1, … [rows, columns[i]] (words of 32 bits, read); out [rows, Σ columns] (likewise, read_write). */
export function concat({ rows, columns }: ConcatSpec): Kernel {
  if (columns.length < 1 || columns.length > MOST_PARTS)
    throw new Error(`concat: expected 1 to ${MOST_PARTS} parts, got ${columns.length}; join them by several`);
  const width = columns.every((n) => n % 4 === 0) ? 4 : 1;
  const items = columns.map((n) => n / width);
  const ends = items.map((_, part) => items.slice(0, part + 1).reduce((a, b) => a + b, 0));
  const all = ends.at(-1)!;
  const branches = items.map((n, part) => {
    const column = part === 0 ? 'column' : `column - ${ends[part - 1]}u`;
    const store = `{ out[i] = in${part}[row * ${n}u + ${column}]; }`;
    return part === items.length - 1 ? store : `if (column < ${ends[part]}u) ${store}`;
  });
  const type = wordType(width);
  return defineKernel({
    name: `concat/${columns.length}${width === 4 ? '-vec4' : ''}`,
    about: [`[${rows}, n] for n of ${columns.join(', ')} → out [${rows}, ${all * width}], side by side.`],
    constants: { COLUMNS: all },
    bindings: [
      ...columns.map((_, part) => ({ name: `in${part}`, type, access: 'read' as const })),
      { name: 'out', type, access: 'read_write' },
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(rows * all),
    main: [
      FLAT_INDEX,
      'if (i >= arrayLength(&out)) { return; }',
      'let row = i / COLUMNS;',
      'let column = i % COLUMNS;',
      branches.join('\nelse '),
    ].join('\n'),
    cost: { flops: 0, bytes: 8 * rows * all * width },
  });
}

/** Its one way: inputs the parts; output the whole. */
export const concatCandidate = (spec: ConcatSpec): Candidate =>
  candidate(
    'concat',
    'One dispatch for all parts, each of which is read once: neighbouring invocations copy neighbouring elements, a vec4 each ' +
      'where all parts come by fours.',
    () => ({
      stages: [{ kernel: concat(spec), slots: [...spec.columns.map((_, i) => slot.input(i)), slot.output(0)] }],
    }),
  );
