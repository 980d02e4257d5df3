import { medianInterval, quantile, summarize, uncertainty } from '../../../bench/statistics.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('quantile', () => {
  it('interpolates between order statistics, as NumPy does', () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([3, 5, 9], 0.75)).toBe(7);
    expect([0, 0.3, 1].map((q) => quantile([7], q))).toEqual([7, 7, 7]);
    expect(quantile([1, 2, 3], 1)).toBe(3);
  });

  it('refuses to speak of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow('quantile: expected at least one sample, got none');
  });
});

describe("the median's confidence interval", () => {
  it('does not exist below 6 samples, whose range misses the median too often', () => {
    expect(upTo(5).map((n) => medianInterval(upTo(n)))).toEqual([null, null, null, null, null]);
    expect(medianInterval(upTo(6))).toEqual([1, 6]);
  });

  it('has the ranks of the published tables', () => {
    // Hahn & Meeker, "Statistical Intervals": two-sided distribution-free 95 % intervals of the median.
    expect(medianInterval(upTo(10))).toEqual([2, 9]);
    expect(medianInterval(upTo(20))).toEqual([6, 15]);
    expect(medianInterval(upTo(100))).toEqual([40, 61]);
  });

  it('is wider for more confidence', () => {
    expect(medianInterval(upTo(100), 0.99)).toEqual([37, 64]);
    expect(medianInterval(upTo(6), 0.99)).toBeNull();
  });
});

describe('summarize', () => {
  it('sorts a copy and counts what lies beyond the fences without leaving it out', () => {
    const samples = [10, 11, 10, 12, 11, 10, 11, 50];
    const before = [...samples];
    expect(summarize(samples)).toEqual({
      median: 11,
      least: 10,
      p25: 10,
      p75: 11.25,
      interval: [10, 50],
      samples: 8,
      outliers: 1,
    });
    expect(samples).toEqual(before);
  });

  it('knows how sure it is', () => {
    expect(uncertainty(summarize([9, 10, 10, 10, 10, 11]))).toBeCloseTo(0.1);
    expect(uncertainty(summarize([10, 10, 10]))).toBe(Number.POSITIVE_INFINITY);
  });
});
