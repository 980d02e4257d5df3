import type { MomentsSpec } from '../moments/index.ts';

/** Mean and biased variance of each column of x [rows, channels], in float64 and two passes. */
export function momentsReference({ rows, channels }: MomentsSpec, x: ArrayLike<number>) {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let i = 0; i < rows * channels; i++) mean[i % channels]! += x[i]! / rows;
  for (let i = 0; i < rows * channels; i++) variance[i % channels]! += (x[i]! - mean[i % channels]!) ** 2 / rows;
  return { mean, variance };
}
