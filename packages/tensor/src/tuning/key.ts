/** How a kernel work is named: exactly, by which a run's choices are kept, and by its shape class, by which it is tuned. */
import type { TensorSpec } from '../op.ts';

/** What a kernel work computes. */
export interface WorkName {
  /** The op, its inputs and attributes as they are: `matmul [64,100] [100,6272]`; with what is fused into it, see `nameFused`. */
  problem: string;
  /** The same with sizes by their class: `matmul [64,128] [128,8192]`. */
  key: string;
}

/**
 * The shape class of a kernel work: problems with the same key are answered best by the same rung, or nearly. Sizes and other
 * whole numbers up to 8 stand as they are, larger ones as the nearest power of two, with what they are more than a multiple of 4:
 * `conv2d [64,16+2,16+2,64] [4,4,64,128] stride=2,2 padding=1,1,1,1` is the key of a 14×14 image.
 */
export const tuningKey = (op: string, inputs: readonly TensorSpec[], attrs: object): string =>
  print(op, inputs, attrs, sizeClass);

export const nameWork = (op: string, inputs: readonly TensorSpec[], attrs: object): WorkName => ({
  problem: print(op, inputs, attrs, String),
  key: tuningKey(op, inputs, attrs),
});

/**
 * The name of a work into whose kernels others are fused. Its problem gets a number that stands for what they read, through which views,
 * and what they make of it: all of this may decide which rungs there are, and in which order; the values of constants do not. Its
 * class is told by how much a reduction does for a value: `sum [256,1] axes=0 reads=3 ops=16`.
 * @param before of a reduction: how many operands it reads, and how many operations make of them the values that it reduces
 * @param fused all of it, as plain data
 */
export function nameFused(
  { problem, key }: WorkName,
  before: { reads: number; ops: number } | undefined,
  fused: object,
): WorkName {
  const text = JSON.stringify(fused, (name, value) => (name === 'value' ? undefined : value));
  return {
    problem: `${problem} #${fnv1a(text)}`,
    key: before ? `${key} reads=${before.reads} ops=${powerOfTwo(before.ops)}` : key,
  };
}

/** Fowler, Noll, Vo: http://www.isthe.com/chongo/tech/comp/fnv. @param text in ASCII @returns 32 bits, in hexadecimal digits */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}

function print(op: string, inputs: readonly TensorSpec[], attrs: object, number: (n: number) => string): string {
  const specs = inputs.map(({ shape, dtype }) => `${dtype === 'f32' ? '' : dtype}[${shape.map(number).join()}]`);
  const values = Object.entries(attrs).map(([name, value]) => `${name}=${printValue(value, number)}`);
  return [op, ...specs, ...values].join(' ');
}

function printValue(value: unknown, number: (n: number) => string): string {
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return value.map((v) => printValue(v, number)).join();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function sizeClass(n: number): string {
  if (n <= 8 || !Number.isInteger(n)) return String(n);
  const rest = n % 4;
  return `${powerOfTwo(n)}${rest ? `+${rest}` : ''}`;
}

/** The nearest one; of 0 it is 0, which is 2 to the minus infinity. */
const powerOfTwo = (n: number): number => 2 ** Math.round(Math.log2(n));
