/** Distances between sets of features: against numpy, and where the answer is known. */
import {
  featureStatistics,
  frechetDistance,
  kernelDistance,
  mergeStatistics,
  type Rows,
  squaredDiscrepancy,
  takeRows,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { METRIC_CASES } from '../../fixtures/read-metrics.ts';

const expectClose = (got: number, expected: number, tolerance = 1e-9) =>
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));

/** Samples of N(mean, std²). */
function normals(seed: number, count: number, width: number, mean = 0, std = 1): Rows {
  const rng = new Rng(seed);
  return { values: Float64Array.from({ length: count * width }, () => mean + std * rng.normal()), count, width };
}

describe.each(METRIC_CASES)('features $name', ({ a, b, mean, covariance, frechet, squaredDiscrepancy: kid }) => {
  it('have the mean and covariance that numpy finds', () => {
    const statistics = featureStatistics(a);
    expect(statistics.count).toBe(a.count);
    for (const [i, value] of mean.entries()) expectClose(statistics.mean[i]!, value, 1e-12);
    for (const [i, value] of covariance.entries()) expectClose(statistics.covariance[i]!, value, 1e-12);
  });

  it('are as far apart as numpy finds', () => {
    const [first, second] = [featureStatistics(a), featureStatistics(b)];
    // A singular covariance has roots of values that should be 0 and are 1e-16 or so: 1e-8 in numpy's figure as in ours.
    expectClose(frechetDistance(first, second), frechet, 1e-6);
    expectClose(frechetDistance(second, first), frechet, 1e-6);
    expectClose(squaredDiscrepancy(a, b), kid);
    expectClose(squaredDiscrepancy(b, a), kid);
  });

  it('are at no Fréchet distance from themselves', () => {
    const statistics = featureStatistics(a);
    expect(frechetDistance(statistics, statistics)).toBeLessThan(1e-6);
    expect(frechetDistance(statistics, statistics)).toBeGreaterThanOrEqual(0);
  });

  it('have the statistics of their parts together', () => {
    const part = (from: number, to: number) =>
      featureStatistics(
        takeRows(
          a,
          Array.from({ length: to - from }, (_, i) => from + i),
        ),
      );
    const merged = mergeStatistics([part(0, 7), part(7, 9), part(9, a.count)]);
    const whole = featureStatistics(a);
    expect(merged.count).toBe(whole.count);
    merged.mean.forEach((value, i) => {
      expectClose(value, whole.mean[i]!, 1e-12);
    });
    merged.covariance.forEach((value, i) => {
      expectClose(value, whole.covariance[i]!, 1e-12);
    });
  });
});

it('of known normal distributions the Fréchet distance is that of their means and deviations', () => {
  const normal = (mean: number[], deviations: number[]) => ({
    count: 10,
    mean: Float64Array.from(mean),
    covariance: Float64Array.of(deviations[0]! ** 2, 0, 0, deviations[1]! ** 2),
  });
  // |(3, 4)|² + (2 − 1)² + (0 − 5)²
  expectClose(frechetDistance(normal([0, 0], [2, 0]), normal([3, 4], [1, 5])), 25 + 1 + 25);
});

describe('kernelDistance', () => {
  const options = { subsets: 10, size: 100 };

  it('is around 0 for samples of one distribution, and large for those of two', () => {
    const same = kernelDistance(normals(1, 1000, 4), normals(2, 1000, 4), options);
    const other = kernelDistance(normals(1, 1000, 4), normals(2, 1000, 4, 1), options);
    expect(same.values).toHaveLength(10);
    expect(Math.abs(same.mean)).toBeLessThan(4 * (same.std / Math.sqrt(10)));
    expect(other.mean).toBeGreaterThan(10 * (other.std / Math.sqrt(10)));
  });

  it('draws subsets without repetition, and the same ones for a seed', () => {
    const { a, b } = METRIC_CASES[0]!;
    // All of b's rows, none twice: the order alone differs.
    for (const value of kernelDistance(b, b, { subsets: 2, size: b.count }).values)
      expectClose(value, squaredDiscrepancy(b, b), 1e-12);
    const draw = (seed: number) => kernelDistance(a, b, { subsets: 3, seed }).values;
    expect(new Set(draw(3)).size).toBe(3);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('has the mean and deviation of its subsets', () => {
    const { mean, std, values } = kernelDistance(normals(1, 60, 3), normals(2, 60, 3), { subsets: 3, size: 20 });
    expectClose(mean, (values[0]! + values[1]! + values[2]!) / 3);
    expectClose(std ** 2, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
  });
});

it('refuses what does not fit', () => {
  const [a, wide] = [normals(1, 5, 2), normals(1, 5, 3)];
  expect(() => squaredDiscrepancy(a, wide)).toThrow('got [5, 2] and [5, 3]');
  expect(() => kernelDistance(a, wide)).toThrow('kernelDistance: expected two matrices of the same width');
  expect(() => frechetDistance(featureStatistics(a), featureStatistics(wide))).toThrow('as many features, got 2 and 3');
  expect(() => featureStatistics(normals(1, 1, 2))).toThrow('featureStatistics: expected at least 2 rows, got 1');
});
