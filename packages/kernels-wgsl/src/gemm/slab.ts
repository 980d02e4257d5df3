/** What lies between storage and a slab in workgroup memory: one 4 x 4 block of A or of B, in registers, zero beyond the end of k. */
import { fragment } from './micro-kernel.ts';
import type { Gemm } from './problem.ts';

/** Rows and columns of C a workgroup computes, and elements of k that a slab is deep: multiples of 4. */
export interface Slab {
  size: number;
  depth: number;
}

export const COMPONENTS = ['x', 'y', 'z', 'w'];
export const FOUR = [0, 1, 2, 3];

/** Tiles of one phase of C, hence workgroups. */
export const slabTiles = (gemm: Gemm, { size }: Slab): number =>
  Math.ceil(gemm.rows / size) * Math.ceil(gemm.columns / size);

export interface Block {
  /** Decodes its lines; once. */
  lines: string[];
  /** Loads the 16 elements, of which the first lies at `k`. */
  load(k: string): string[];
  /** Elements 0 to 3 along k of line i, a vec4f. */
  alongK(i: number): string;
  /** Element kk of the four lines, a vec4f. */
  alongLines(kk: number): string;
}

/** The loads of one block: `block_a` or `block_b` is its first line; k ends at `k_end`. */
export function fetchBlock(side: 'a' | 'b', gemm: Gemm, { size, depth }: Slab): Block {
  const total = side === 'a' ? gemm.rows : gemm.columns;
  const block = fragment(side, gemm[side], {
    first: `block_${side}`,
    count: 4,
    total,
    ragged: total % size !== 0,
    phased: gemm.phases !== undefined,
  });
  // The slab may reach beyond the end of k. What lies there is loaded from the last place before it, and counts as zero.
  const exact = gemm.inner % depth === 0 && (gemm.depth ?? 0) % depth === 0;
  // Whether four neighbours along k always belong to one outer step.
  const whole = gemm.inner % 4 === 0 && (gemm.depth ?? 0) % 4 === 0;
  const live = `live_${side}`;
  const mask = (vector: string, flag: string) => (exact ? vector : `select(vec4f(), ${vector}, ${flag})`);
  const step = (kk: number | '', k: string) => [
    `let k_${side}${kk} = ${k};`,
    `let o_${side}${kk} = k_${side}${kk} / INNER;`,
    `let c_${side}${kk} = k_${side}${kk} % INNER;`,
  ];
  return {
    lines: block.lines,
    load: (k: string): string[] =>
      whole
        ? [
            ...(exact ? [] : [`let ${live} = ${k} < k_end;`]),
            ...step('', exact ? k : `min(${k}, k_end - 4u)`),
            ...block.bases(`o_${side}`),
            ...FOUR.flatMap((kk) => block.load(kk, kk === 0 ? `c_${side}` : `c_${side} + ${kk}u`)),
          ]
        : [
            `let ${live} = vec4u(${k}) + vec4u(0u, 1u, 2u, 3u) < vec4u(k_end);`,
            ...FOUR.flatMap((kk) => [
              ...step(kk, `min(${k} + ${kk}u, k_end - 1u)`),
              ...block.bases(`o_${side}${kk}`, `_${kk}`),
              ...block.load(kk, `c_${side}${kk}`, `_${kk}`),
            ]),
          ],
    alongK: (i: number): string => mask(block.run(i), live),
    alongLines: (kk: number): string => mask(block.vector(0, kk), whole ? live : `${live}.${COMPONENTS[kk]}`),
  };
}
