/** What a set of repeated measurements says: middle, spread, how sure the middle is, and what fell out of line. */

export interface Summary {
  median: number;
  least: number;
  p25: number;
  p75: number;
  /** 95 % confidence interval of the median; null below 6 samples, which cannot tell one. */
  interval: [low: number, high: number] | null;
  samples: number;
  /** Samples beyond Tukey's fences, 1.5 interquartile ranges outside the quartiles. Counted, and left in. */
  outliers: number;
}

/** Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, as in NumPy and R). */
export function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) throw new Error('quantile: expected at least one sample, got none');
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}

/**
 * Confidence interval of the median between two order statistics, whatever the distribution: each sample falls below the true
 * median with probability 1/2, so their number is binomial.
 */
export function medianInterval(sorted: readonly number[], confidence = 0.95): Summary['interval'] {
  const n = sorted.length;
  let probability = 0.5 ** n; // of exactly `rank` samples below the median
  let tail = 0;
  let rank = 0;
  while (2 * (tail + probability) <= 1 - confidence) {
    tail += probability;
    probability *= (n - rank) / (rank + 1);
    rank++;
  }
  return rank === 0 ? null : [sorted[rank - 1]!, sorted[n - rank]!];
}

export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const [p25, median, p75] = [0.25, 0.5, 0.75].map((q) => quantile(sorted, q)) as [number, number, number];
  const reach = 1.5 * (p75 - p25);
  const outliers = sorted.filter((x) => x < p25 - reach || x > p75 + reach).length;
  return { median, least: sorted[0]!, p25, p75, interval: medianInterval(sorted), samples: sorted.length, outliers };
}

/** Half the confidence interval, as a share of the median; infinite where there is no interval. */
export function uncertainty({ interval, median }: Summary): number {
  return interval ? (interval[1] - interval[0]) / 2 / median : Number.POSITIVE_INFINITY;
}
