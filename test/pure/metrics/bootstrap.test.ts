/** Bootstrap intervals: they hold the truth as often as they say. */
import { bootstrap, meanOf } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';

it.each([0.95, 0.8])('of a normal mean hold it in a share of %d of all cases', (confidence) => {
  const runs = 400;
  const covering = Array.from({ length: runs }, (_, run) => {
    const values = new Rng(run).normals(60, 5, 2);
    const { low, high } = bootstrap(60, meanOf(values), { resamples: 200, seed: run, confidence });
    return low <= 5 && 5 <= high;
  }).filter(Boolean).length;
  // Four standard deviations of the count, and 0.02 for what a percentile interval of 60 values is too narrow.
  const slack = 4 * Math.sqrt((confidence * (1 - confidence)) / runs);
  expect(covering / runs).toBeGreaterThan(confidence - slack - 0.02);
  expect(covering / runs).toBeLessThan(confidence + slack);
});

it('has the width that the standard error gives', () => {
  const values = new Rng(7).normals(400, 0, 3);
  const { value, low, high } = bootstrap(400, meanOf(values), { resamples: 2000 });
  expect(value).toBeCloseTo(values.reduce((a, b) => a + b) / 400, 12);
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - value) ** 2, 0) / 400);
  expect((high - low) / (2 * 1.96 * (deviation / 20))).toBeGreaterThan(0.9);
  expect((high - low) / (2 * 1.96 * (deviation / 20))).toBeLessThan(1.1);
});

it('is the same for the same seed, and of no width where all values are the same', () => {
  const values = new Rng(1).normals(50);
  const interval = (seed: number) => bootstrap(50, meanOf(values), { resamples: 100, seed });
  expect(interval(4)).toEqual(interval(4));
  expect(interval(4)).not.toEqual(interval(5));
  expect(bootstrap(3, meanOf([2, 2, 2]))).toEqual({ value: 2, low: 2, high: 2 });
});

it('centred, lies around a figure that resampling shifts', () => {
  // Different items of a resample: about 1 − 1/e of them, always fewer than all.
  const different = (indices: Uint32Array) => new Set(indices).size;
  const plain = bootstrap(100, different, { resamples: 500 });
  expect(plain.value).toBe(100);
  expect(plain.high).toBeLessThan(80);
  const centred = bootstrap(100, different, { resamples: 500, centred: true });
  expect(centred.low).toBeLessThan(100);
  expect(centred.high).toBeGreaterThan(100);
  expect(centred.high - centred.low).toBeCloseTo(plain.high - plain.low, 9);
});

it('refuses nothing to draw from, and a confidence that is no share', () => {
  expect(() => bootstrap(0, () => 0)).toThrow('bootstrap: expected items');
  expect(() => bootstrap(3, () => 0, { confidence: 95 })).toThrow('got 3, 1000 and 95');
});
