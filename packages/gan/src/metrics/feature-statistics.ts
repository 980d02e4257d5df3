/** Mean and covariance of features, in float64. */
import type { Rows } from './rows.ts';

export interface FeatureStatistics {
  /** Samples that they were taken over. */
  count: number;
  /** [width]. */
  mean: Float64Array;
  /** [width, width], unbiased: divided by count − 1. */
  covariance: Float64Array;
}

/** @throws Error for less than two rows, which have no covariance */
export function featureStatistics({ values, count, width }: Rows): FeatureStatistics {
  if (count < 2) throw new Error(`featureStatistics: expected at least 2 rows, got ${count}`);
  const mean = new Float64Array(width);
  for (let at = 0; at < count * width; at++) mean[at % width]! += values[at]! / count;
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < width; i++) centred[i] = values[row * width + i]! - mean[i]!;
    addOuter(covariance, centred, 1 / (count - 1));
  }
  return { count, mean, covariance };
}

/** Those of all samples of the parts together (Chan, Golub & LeVeque 1979): no sample is looked at again. */
export function mergeStatistics(parts: readonly FeatureStatistics[]): FeatureStatistics {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const width = parts[0]!.mean.length;
  const mean = new Float64Array(width);
  for (const part of parts) for (let i = 0; i < width; i++) mean[i]! += (part.mean[i]! * part.count) / count;
  const covariance = new Float64Array(width * width);
  for (const part of parts) {
    const within = (part.count - 1) / (count - 1);
    for (let at = 0; at < covariance.length; at++) covariance[at]! += within * part.covariance[at]!;
    addOuter(
      covariance,
      part.mean.map((value, i) => value - mean[i]!),
      part.count / (count - 1),
    );
  }
  return { count, mean, covariance };
}

/** matrix ← matrix + scale · v vᵀ */
function addOuter(matrix: Float64Array, v: Float64Array, scale: number): void {
  const n = v.length;
  for (let i = 0; i < n; i++) {
    const factor = scale * v[i]!;
    // Features behind a ReLU, and blank pixels, are often 0.
    if (factor !== 0) for (let j = 0; j < n; j++) matrix[i * n + j]! += factor * v[j]!;
  }
}
