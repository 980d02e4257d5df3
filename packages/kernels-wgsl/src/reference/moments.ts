import type { MomentsSpec } from '../moments/index.ts';

/** Mean and biased variance of each column of each batch of x [batches, rows, channels], in float64 and two passes. */
export function momentsReference({ batches = 1, rows, channels }: MomentsSpec, x: ArrayLike<number>) {
  const mean = new Float64Array(batches * channels);
  const variance = new Float64Array(batches * channels);
  const home = (i: number) => Math.floor(i / (rows * channels)) * channels + (i % channels);
  for (let i = 0; i < batches * rows * channels; i++) mean[home(i)]! += x[i]! / rows;
  for (let i = 0; i < batches * rows * channels; i++) variance[home(i)]! += (x[i]! - mean[home(i)]!) ** 2 / rows;
  return { mean, variance };
}
