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
