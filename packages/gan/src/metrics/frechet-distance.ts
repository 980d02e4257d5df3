/**
 * The Fréchet distance between two sets of features, each taken for a normal distribution (Dowson & Landau 1982), by which Heusel et
 * al. 2017 judge images. Only with Inception's features is it the FID: with our digit classifier's we call it MNIST-FD.
 */
import type { FeatureStatistics } from './feature-statistics.ts';
import { matrixSquareRoot, product } from './matrix-square-root.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/**
 * |m₁ − m₂|² + tr(S₁ + S₂ − 2 (S₁ S₂)^½), ≥ 0. The last trace is taken of the symmetric S₁^½ S₂ S₁^½, which has the same
 * eigenvalues as S₁ S₂, so that singular covariances need nothing special. It grows as samples become fewer: compare only
 * figures of as many samples.
 */
export const frechetDistance = (a: FeatureStatistics, b: FeatureStatistics): number => frechetDistanceFrom(a)(b);

/** The distance from one set to many; its square root is taken once. */
export function frechetDistanceFrom(reference: FeatureStatistics): (other: FeatureStatistics) => number {
  const { mean, covariance } = reference;
  const n = mean.length;
  const root = matrixSquareRoot(covariance, n);
  return (other) => {
    if (other.mean.length !== n)
      throw new Error(`frechetDistance: expected statistics of as many features, got ${n} and ${other.mean.length}`);
    const between = mean.reduce((sum, value, i) => sum + (value - other.mean[i]!) ** 2, 0);
    const { values } = symmetricEigen(product(product(root, other.covariance, n), root, n), n, false);
    const shared = values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
    return Math.max(0, between + trace(covariance, n) + trace(other.covariance, n) - 2 * shared);
  };
}

function trace(matrix: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += matrix[i * (n + 1)]!;
  return sum;
}
