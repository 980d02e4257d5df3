import { Rng } from '@ganvas/kernels-wgsl';
import { jointly, neighbourhoods } from '../../packages/gan/src/embed/neighbourhoods.ts';
import { embedPca } from '../../packages/gan/src/embed/pca.ts';
import { embedTsne, tsneDivergence } from '../../packages/gan/src/embed/tsne.ts';
import { nearestNeighbours } from '../../packages/gan/src/metrics/neighbours.ts';
import type { Rows } from '../../packages/gan/src/metrics/rows.ts';

/** Standard normals around `clusters` centres, which are `apart` standard deviations from each other along axes of their own. */
function clouds(clusters: number, each: number, width: number, apart: number): Rows {
  const rng = new Rng(5);
  const count = clusters * each;
  const values = Float64Array.from({ length: count * width }, (_, at) => {
    const cluster = Math.floor(at / width / each);
    return rng.normal() + (at % width === cluster ? apart : 0);
  });
  return { values, count, width };
}

describe('embedPca', () => {
  it('finds the plane that points were put in, whatever way it lies', () => {
    // Two orthonormal directions of R⁴, the longer one with its largest part positive, and a mean far away.
    const [u, v] = [
      [0.8, 0.6, 0, 0],
      [0, 0, -0.6, 0.8],
    ];
    const plane = [3, 1, -3, 1, 3, -1, -3, -1, 5, 0, -5, 0];
    const values = Float64Array.from({ length: 24 }, (_, at) => {
      const [row, c] = [Math.floor(at / 4), at % 4];
      return 100 + plane[2 * row]! * u![c]! + plane[2 * row + 1]! * v![c]!;
    });
    const points = embedPca({ values, count: 6, width: 4 });
    for (const [i, coordinate] of points.entries()) expect(coordinate).toBeCloseTo(plane[i]!, 10);
  });

  it('orders its axes by variance, which no other direction exceeds', () => {
    const rng = new Rng(1);
    const spread = [1, 4, 2, 0.5];
    const values = Float64Array.from({ length: 2000 }, (_, at) => spread[at % 4]! * rng.normal());
    const points = embedPca({ values, count: 500, width: 4 });
    const variance = (c: number) => points.reduce((sum, v, i) => sum + (i % 2 === c ? v * v : 0), 0) / 499;
    expect(Math.sqrt(variance(0))).toBeCloseTo(4, 0);
    expect(Math.sqrt(variance(1))).toBeCloseTo(2, 0);
    const covariance = points.reduce((sum, v, i) => sum + (i % 2 ? 0 : v * points[i + 1]!), 0) / 499;
    expect(covariance).toBeCloseTo(0, 8);
  });

  it('refuses what has no plane', () => {
    expect(() => embedPca({ values: Float64Array.of(1, 2), count: 2, width: 1 })).toThrow('2 columns, got [2, 1]');
    const values = Float64Array.of(1, 2, 3, Number.NaN);
    expect(() => embedPca({ values, count: 2, width: 2 })).toThrow('finite');
  });
});

describe('neighbourhoods', () => {
  const rows = clouds(3, 40, 6, 10);

  it.each([5, 30])('gives every row a perplexity of %s', (perplexity) => {
    const p = neighbourhoods(rows, perplexity);
    for (let i = 0; i < rows.count; i++) {
      const row = p.subarray(i * rows.count, (i + 1) * rows.count);
      expect(row[i]).toBe(0);
      expect(row.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 12);
      const entropy = row.reduce((sum, v) => sum - (v > 0 ? v * Math.log(v) : 0), 0);
      expect(Math.exp(entropy)).toBeCloseTo(perplexity, 3);
    }
  });

  it('does not mind how far away the points are, nor some that coincide', () => {
    const { count, width } = rows;
    const values = Float64Array.from(rows.values, (v, at) => (at < 2 * width ? 0 : 1e4 * v));
    expect(neighbourhoods({ values, count, width }, 10).every(Number.isFinite)).toBe(true);
  });

  it('is made symmetric and one whole', () => {
    const p = jointly(neighbourhoods(rows, 10), rows.count);
    expect(p.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 12);
    const transposed = p.map((_, at) => p[(at % rows.count) * rows.count + Math.floor(at / rows.count)]!);
    expect(transposed).toEqual(p);
  });
});

describe('embedTsne', () => {
  const rows = clouds(4, 50, 10, 12);
  const p = jointly(neighbourhoods(rows, 15), rows.count);
  const embed = (iterations: number, seed = 1) => embedTsne(rows, { perplexity: 15, iterations, seed });
  const points = embed(300);

  it('keeps clusters apart: neighbours in the plane are of one cluster', () => {
    const plane: Rows = { values: points, count: rows.count, width: 2 };
    const { indices } = nearestNeighbours(plane, plane, 5, true);
    const alike = Array.from(indices).filter((j, at) => Math.floor(j / 50) === Math.floor(at / 5 / 50));
    expect(alike.length / (5 * rows.count)).toBeGreaterThan(0.95);
  });

  it('lessens the divergence, the more the longer', () => {
    const [start, some, more] = [embed(0), embed(60), points].map((y) => tsneDivergence(p, y));
    expect(some).toBeLessThan(start!);
    expect(more).toBeLessThan(0.5 * start!);
    expect(more).toBeLessThan(some!);
  });

  it('gives the same points again for the same seed, around the origin', () => {
    expect(embed(20)).toEqual(embed(20));
    expect(embed(20)).not.toEqual(embed(20, 2));
    for (const c of [0, 1])
      expect(points.reduce((sum, v, i) => sum + (i % 2 === c ? v : 0), 0) / rows.count).toBeCloseTo(0, 9);
  });

  it('refuses too few rows, and values that are not finite', () => {
    expect(() => embedTsne(clouds(3, 30, 4, 5))).toThrow(
      'a perplexity of 30 expects more than 90 rows, got 90; lower it',
    );
    const values = Float64Array.from(rows.values).fill(Number.NaN, 3, 4);
    expect(() => embedTsne({ ...rows, values })).toThrow('finite');
  });
});
