/**
 * One side of the product: how the elements of A (whose lines are C's rows) or of B (whose lines are C's columns) are loaded.
 * Three WGSL functions, each called as rarely as it can be:
 *
 *     a_line(i)        what there is to know about line i, decoded from its number; once an invocation
 *     a_base(line, o)  where the line's inner run of outer step o begins, or that it lies outside; once a step
 *     a_load(base, c)  the elements themselves, zeros where outside; in the innermost loop
 */

import type { Width } from '../expression.ts';

/**
 * What one load brings: a single element, four neighbours along k (elements c to c + 3 of the run), or element c of four
 * neighbouring lines (`i` then counts quads of lines). The vec4 forms need a contiguous axis that is a multiple of 4.
 */
export type Grain = 'scalar' | 'k4' | 'line4';

export interface Operand {
  /** Name of the buffer it reads. */
  buffer: string;
  /** Elements of that buffer. */
  size: number;
  grain: Grain;
  /** The three functions. */
  wgsl: string;
}

/** WGSL type that a load of this grain returns, and of the buffer's elements. */
export const loadType = (grain: Grain): 'f32' | 'vec4f' => (grain === 'scalar' ? 'f32' : 'vec4f');

/** Elements of the contiguous axis in one load. */
export const loadWidth = (grain: Grain): Width => (grain === 'scalar' ? 1 : 4);

/** The grain of a buffer whose contiguous axis runs along k; `kWidth` 1 forgoes vec4s, for rungs that take k one by one. */
export const grainAlongK = (contiguous: number, kWidth: Width): Grain =>
  contiguous % 4 === 0 && kWidth === 4 ? 'k4' : 'scalar';

/** The grain of a buffer whose contiguous axis runs along the lines. */
export const grainAlongLines = (contiguous: number): Grain => (contiguous % 4 === 0 ? 'line4' : 'scalar');

export interface MatrixLayout {
  buffer: string;
  lines: number;
  depth: number;
  /** 'k': stored as [lines, depth]; 'line': as [depth, lines]. */
  contiguous: 'k' | 'line';
  kWidth?: Width;
}

/** A plain matrix, in runs of INNER along its depth. */
export function matrixOperand(
  side: 'a' | 'b',
  { buffer, lines, depth, contiguous, kWidth = 4 }: MatrixLayout,
): Operand {
  const size = lines * depth;
  const index = side === 'a' ? 'm' : 'n';
  if (contiguous === 'k') {
    const grain = grainAlongK(depth, kWidth);
    const vec = grain === 'k4' ? ' / 4u' : '';
    const wgsl = `
fn ${side}_line(${index}: u32) -> u32 { return ${index} * (${depth}u${vec}); }
fn ${side}_base(line: u32, o: u32) -> u32 { return line + o * (INNER${vec}); }
fn ${side}_load(base: u32, c: u32) -> ${loadType(grain)} { return ${buffer}[base + c${vec}]; }`;
    return { buffer, size, grain, wgsl };
  }
  const grain = grainAlongLines(lines);
  const stride = `${lines / loadWidth(grain)}u`;
  const wgsl = `
fn ${side}_line(${index}: u32) -> u32 { return ${index}; }
fn ${side}_base(line: u32, o: u32) -> u32 { return line + o * (INNER * ${stride}); }
fn ${side}_load(base: u32, c: u32) -> ${loadType(grain)} { return ${buffer}[base + c * ${stride}]; }`;
  return { buffer, size, grain, wgsl };
}
