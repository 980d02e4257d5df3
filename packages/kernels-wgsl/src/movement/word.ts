/** What is only moved is moved as words of 32 bits: one kernel for all types, and no bit of an infinity or a NaN changes. */
import type { WgslScalar } from '../kernel.ts';

/** The word that stands for a value in memory. */
export function wordOf(value: number, type: Exclude<WgslScalar, 'f16'>): number {
  return type === 'f32' ? new Uint32Array(Float32Array.of(value).buffer)[0]! : value >>> 0;
}

/** WGSL type of the items that are moved. */
export const wordType = (width: 1 | 4): string => (width === 4 ? 'vec4u' : 'u32');
