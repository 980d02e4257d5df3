/** What an invocation adds up: one value, a vec4 of neighbouring ones, or several sums side by side in one vector or matrix. */
import type { Width } from '../expression.ts';

/** WGSL types of an accumulator, and the bytes between two of them in an array. */
export const STRIDE = { f32: 4, vec2f: 8, vec3f: 16, vec4f: 16, mat2x4f: 32, mat3x4f: 48, mat4x4f: 64 };

export type AccumulatorType = keyof typeof STRIDE;

/** As many sums at once. WGSL adds matrices as it adds vectors, column by column. */
export const MOST_SUMS = 4;

/** @param count results, each `width` elements wide */
export function accumulatorType(count: number, width: Width): AccumulatorType {
  if (count === 1) return width === 1 ? 'f32' : 'vec4f';
  return (width === 1 ? `vec${count}f` : `mat${count}x4f`) as AccumulatorType;
}

/** WGSL for each of `count` results in the accumulator `name`. */
export const partsOf = (name: string, count: number): string[] =>
  count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}[${i}]`);

/** WGSL that puts `parts` side by side. */
export const gather = (type: AccumulatorType, parts: readonly string[]): string =>
  parts.length === 1 ? parts[0]! : `${type}(${parts.join(', ')})`;
