import type { MomentsSpec } from '../moments.ts';

/** Mean and biased variance of each column of x [rows, channels], in float64 and two passes. */
export function momentsReference({ rows, channels }: MomentsSpec, x: ArrayLike<number>) {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    for (let r = 0; r < rows; r++) mean[c]! += x[r * channels + c]! / rows;
    for (let r = 0; r < rows; r++) variance[c]! += (x[r * channels + c]! - mean[c]!) ** 2 / rows;
  }
  return { mean, variance };
}
