/** Something prepared to be timed. */
import type { Cost } from '@ganvas/kernels-wgsl';
import type { Run } from './stopwatch.ts';

export interface Work {
  /** Which of the ways to compute it this is: a candidate's name, or `captured` for a whole program. */
  rung: string;
  /** Compiles, in parallel. */
  prepare(): Promise<void>;
  run: Run;
  /** What one dispatch after another has to do at least. */
  costs(): Cost[];
  /** Values of the last run. */
  result(): Promise<ArrayLike<number>>;
  close(): void;
}

/** The ways to compute a case on a device. */
export interface OpenedCase {
  /** In the engine's order: the first is the one that it takes. */
  works: Work[];
  /** The first elements of the result in float64, as many as the host computes in a moment; null where that is none. */
  expected: ArrayLike<number> | null;
  close(): void;
}

/** Uniform in [-0.5, 0.5), the same at every call: a multiplicative hash of the index, fast enough for millions. */
export function scattered(size: number, salt = 0): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const mixed = Math.imul((i + salt * 7919) ^ (i >>> 15), 0x9e3779b1);
    values[i] = (Math.imul(mixed ^ (mixed >>> 13), 0x85ebca6b) >>> 8) / 2 ** 24 - 0.5;
  }
  return values;
}
