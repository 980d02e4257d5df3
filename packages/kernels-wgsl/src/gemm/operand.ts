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

/** What a rung can use: single elements; quads of lines as well, while it takes k one by one; or vec4s along either axis. */
export type Loads = 'scalar' | 'lines' | 'vec4';

/** The grain of a buffer whose contiguous axis runs along k. */
export const grainAlongK = (contiguous: number, loads: Loads): Grain =>
  contiguous % 4 === 0 && loads === 'vec4' ? 'k4' : 'scalar';

/** The grain of a buffer whose contiguous axis runs along the lines. */
export const grainAlongLines = (contiguous: number, loads: Loads): Grain =>
  contiguous % 4 === 0 && loads !== 'scalar' ? 'line4' : 'scalar';

export interface MatrixLayout {
  buffer: string;
  lines: number;
  depth: number;
  /** 'k': stored as [lines, depth]; 'line': as [depth, lines]. */
  contiguous: 'k' | 'line';
  loads: Loads;
  /** Of a batch: WGSL for the number of the matrix that `phase` reads. */
  matrix?: string;
  /** Elements of the buffer; by default those of one matrix. */
  size?: number;
}

/** A plain matrix, in runs of INNER along its depth. */
export function matrixOperand(
  side: 'a' | 'b',
  { buffer, lines, depth, contiguous, loads, matrix, size = lines * depth }: MatrixLayout,
): Operand {
  const index = side === 'a' ? 'm' : 'n';
  const parameters = `${index}: u32${matrix === undefined ? '' : ', phase: u32'}`;
  // A matrix that all phases share needs no term of its own.
  const before = (unit: string) => (matrix === undefined || matrix === '0u' ? '' : `(${matrix}) * ${unit} + `);
  if (contiguous === 'k') {
    const grain = grainAlongK(depth, loads);
    const vec = grain === 'k4' ? ' / 4u' : '';
    const line = before(`${lines}u`) === '' ? index : `(${before(`${lines}u`)}${index})`;
    const wgsl = `
fn ${side}_line(${parameters}) -> u32 { return ${line} * (${depth}u${vec}); }
fn ${side}_base(line: u32, o: u32) -> u32 { return line + o * (INNER${vec}); }
fn ${side}_load(base: u32, c: u32) -> ${loadType(grain)} { return ${buffer}[base + c${vec}]; }`;
    return { buffer, size, grain, wgsl };
  }
  const grain = grainAlongLines(lines, loads);
  const stride = `${lines / loadWidth(grain)}u`;
  const wgsl = `
fn ${side}_line(${parameters}) -> u32 { return ${before(`(${depth}u * ${stride})`)}${index}; }
fn ${side}_base(line: u32, o: u32) -> u32 { return line + o * (INNER * ${stride}); }
fn ${side}_load(base: u32, c: u32) -> ${loadType(grain)} { return ${buffer}[base + c * ${stride}]; }`;
  return { buffer, size, grain, wgsl };
}
