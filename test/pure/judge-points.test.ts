import { grid, judgePoints, modesOf, ring, samplePoints } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';

it('finds every mode of the mixture itself, and nearly all of its points good', () => {
  for (const mixture of [ring(), grid()]) {
    const [modes, good] = judgePoints(mixture, samplePoints(mixture, new Rng(1), 2000));
    expect(modes).toMatchObject({ name: `modes of ${mixture.centres.length}`, samples: 2000 });
    expect(modes!.value).toBe(mixture.centres.length);
    // Within three standard deviations in the plane: 1 − e^(−9/2) = 0.9889.
    expect(Math.abs(good!.value - 0.9889)).toBeLessThan(0.01);
    expect(good!.low!).toBeLessThan(good!.value);
    expect(good!.high!).toBeGreaterThan(good!.value);
  }
});

it('counts points of one mode, of none, and such that are no points', () => {
  const points = Float32Array.of(2, 0, 2.05, 0, -2, 0.01, 0, 0, 2.07, 0, Number.NaN, 1);
  expect([...modesOf(ring(), points)]).toEqual([0, 0, 4, -1, -1, -1]);
  const [modes, good] = judgePoints(ring(), points);
  expect([modes!.value, good!.value]).toEqual([2, 0.5]);
  // A resample often misses the mode with a single point, and never finds another one.
  expect([modes!.low, modes!.high]).toEqual([expect.any(Number), 2]);
  expect(modes!.low!).toBeLessThan(2);
});
