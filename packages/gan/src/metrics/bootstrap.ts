/** Bootstrap intervals (Efron 1979): how far a figure of some samples would go if other samples had been drawn. */
import { Rng } from '@ganvas/kernels-wgsl';

export interface BootstrapOptions {
  /** Default 1000. */
  resamples?: number;
  /** Default 0; the same seed gives the same interval. */
  seed?: number;
  /** Share of such intervals that hold the true figure. Default 0.95. */
  confidence?: number;
  /**
   * For figures with a bias that grows as different samples become fewer, of which a resample has fewer: distances grow, scores fall. The
   * resampled figures are moved by the difference between their mean and the figure itself. Default false.
   */
  centred?: boolean;
}

export interface Interval {
  value: number;
  low: number;
  high: number;
}

/**
 * The percentile interval of a figure.
 * @param count items that are drawn from, with replacement, `count` of them each time
 * @param statistic the figure of the items with these numbers
 */
export function bootstrap(
  count: number,
  statistic: (indices: Uint32Array) => number,
  { resamples = 1000, seed = 0, confidence = 0.95, centred = false }: BootstrapOptions = {},
): Interval {
  if (!(count >= 1 && resamples >= 1 && confidence > 0 && confidence < 1))
    throw new Error(
      `bootstrap: expected items, resamples and a confidence between 0 and 1, got ${count}, ${resamples} and ${confidence}`,
    );
  const rng = new Rng(seed);
  const indices = Uint32Array.from({ length: count }, (_, i) => i);
  const value = statistic(indices);
  const figures = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < count; i++) indices[i] = rng.below(count);
    figures[r] = statistic(indices);
  }
  const bias = centred ? figures.reduce((sum, figure) => sum + figure / resamples, 0) - value : 0;
  figures.sort();
  return {
    value,
    low: quantile(figures, (1 - confidence) / 2) - bias,
    high: quantile(figures, (1 + confidence) / 2) - bias,
  };
}

/** The mean of values, as a statistic. */
export const meanOf =
  (values: ArrayLike<number>) =>
  (indices: Uint32Array): number => {
    let sum = 0;
    for (let i = 0; i < indices.length; i++) sum += values[indices[i]!]!;
    return sum / indices.length;
  };

/** Between two neighbours, in proportion. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
