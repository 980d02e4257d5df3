/**
 * What every family of the core boils down to: C[m, n] = sum over k of A(m, k) B(k, n), where A and B are not matrices in
 * memory but ways to load their elements. k runs in two loops, an outer step `o` (a kernel tap, a row of the output image, a
 * segment of a long dot product) and an inner run `c` through contiguous memory, so that whatever needs a division or meets an
 * image's edge is decided once a step and not once an element.
 */
import type { Epilogue } from '../epilogue.ts';
import type { Cost } from '../kernel.ts';
import type { Operand } from './operand.ts';

export interface Gemm {
  /** `conv2d`: names the kernels. */
  family: string;
  /** What is computed and the shape of every buffer, a line each. */
  about: string[];
  /** Rows and columns of C, in one phase. */
  rows: number;
  columns: number;
  /** Steps of the outer loop, and the length of the inner one. */
  outer: number;
  inner: number;
  /** Length of the whole sum where the last inner run is a short one; by default outer * inner. */
  depth?: number;
  /** Numbers that the operands' WGSL reads. */
  constants: Record<string, number>;
  a: Operand;
  b: Operand;
  phases?: Phases;
  output: Output;
  epilogue: Epilogue;
  cost: Cost;
}

/** The result's buffer. */
export interface Output {
  name: string;
  /** Rows of the buffer, `columns` wide: those of C unless there are phases. */
  rows: number;
  /** Columns as the epilogue counts them (a bias has one value each): a divisor of C's columns. */
  epilogueColumns: number;
}

/**
 * Several products that share one dispatch, one a slice of grid z. `a_line`, `b_line` then take the phase as second argument,
 * and `wgsl` holds
 * `fn outer_steps(phase: u32) -> u32`, at most `Gemm.outer`, and
 * `fn output_row(m: u32, phase: u32) -> u32`, at least `Output.rows` where row m of this phase does not exist.
 */
export interface Phases {
  count: number;
  wgsl: string;
}

/** Length of the inner run at step `o`, in WGSL. */
export const innerLength = ({ outer, inner, depth }: Gemm): string =>
  depth === undefined || depth === outer * inner ? 'INNER' : 'min(INNER, DEPTH - o * INNER)';
