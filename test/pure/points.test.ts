/** Mixtures of Gaussians in the plane: where their modes are, what is drawn from them, and which modes points hit. */
import { grid, modeCoverage, ring, samplePoints } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';

describe('mixtures', () => {
  it('ring: modes evenly on a circle', () => {
    const { centres, std } = ring({ modes: 4, radius: 3, std: 0.1 });
    const expected = [
      [3, 0],
      [0, 3],
      [-3, 0],
      [0, -3],
    ];
    for (const [i, [x, y]] of centres.entries()) {
      expect(x).toBeCloseTo(expected[i]![0]!, 12);
      expect(y).toBeCloseTo(expected[i]![1]!, 12);
    }
    expect(centres).toHaveLength(4);
    expect(std).toBe(0.1);
    expect(ring().centres).toHaveLength(8);
  });

  it('grid: modes row by row, the origin in the middle', () => {
    expect(grid({ side: 2, spacing: 4 }).centres).toEqual([
      [-2, -2],
      [2, -2],
      [-2, 2],
      [2, 2],
    ]);
    const { centres } = grid();
    expect(centres).toHaveLength(25);
    expect(centres[12]).toEqual([0, 0]);
    expect(centres[24]).toEqual([4, 4]);
  });
});

describe('samplePoints', () => {
  const mixture = grid({ side: 3, spacing: 2, std: 0.1 });
  const count = 9000;
  const points = samplePoints(mixture, new Rng(5), count);

  it('draws the same points from the same seed, others from another', () => {
    expect(samplePoints(mixture, new Rng(5), 20)).toEqual(samplePoints(mixture, new Rng(5), 20));
    expect(samplePoints(mixture, new Rng(6), 20)).not.toEqual(samplePoints(mixture, new Rng(5), 20));
  });

  it('gives every mode its share, and normal noise of its width', () => {
    const { counts, modes, quality } = modeCoverage(mixture, points);
    expect(modes).toBe(9);
    // Binomial around 1000 a mode: its standard deviation is 30.
    for (const n of counts) expect(Math.abs(n - 1000 * quality)).toBeLessThan(120);
    // Of a normal point in the plane 1 − e^(−9/2) = 98.9 % lies within three standard deviations.
    expect(quality).toBeCloseTo(1 - Math.exp(-4.5), 2);
    const distances = Array.from(points, (v) => v - 2 * Math.round(v / 2));
    const variance = distances.reduce((sum, d) => sum + d * d, 0) / distances.length;
    expect(Math.sqrt(variance)).toBeCloseTo(0.1, 2);
  });
});

describe('modeCoverage', () => {
  const mixture = ring({ modes: 4, radius: 1, std: 0.1 });

  it('counts points within three standard deviations of the nearest centre', () => {
    const points = [1, 0, 1.29, 0, 1.31, 0, 0, 0.8, 0, 0, Number.NaN, 0, 1, 0, 1, Number.POSITIVE_INFINITY];
    expect(modeCoverage(mixture, points)).toEqual({ counts: [3, 1, 0, 0], modes: 2, quality: 4 / 8 });
  });

  it('sees a collapse', () => {
    expect(modeCoverage(mixture, new Float32Array(20).fill(7))).toEqual({ counts: [0, 0, 0, 0], modes: 0, quality: 0 });
  });
});
