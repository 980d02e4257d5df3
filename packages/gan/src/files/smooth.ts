/**
 * Exponential moving average over about a fiftieth of the run. The weights are normalised, so that the first values are not
 * drawn towards zero; what is not finite is passed over.
 */
export function smooth(values: readonly number[]): number[] {
  const keep = 1 - 1 / Math.max(1, values.length / 50);
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    if (Number.isFinite(value)) {
      sum = keep * sum + (1 - keep) * value;
      weight = keep * weight + (1 - keep);
    }
    return sum / weight;
  });
}
