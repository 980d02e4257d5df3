import type { ScanSpec } from '../scan.ts';

/** Cumulative sums along the middle axis of x [outer, range, inner], in float64. */
export function scanReference(
  { outer, range, inner, reverse, exclusive }: ScanSpec,
  x: ArrayLike<number>,
): Float64Array {
  const result = new Float64Array(outer * range * inner);
  for (let row = 0; row < outer * inner; row++) {
    const base = Math.floor(row / inner) * range * inner + (row % inner);
    let sum = 0;
    for (let r = 0; r < range; r++) {
      const place = base + (reverse ? range - 1 - r : r) * inner;
      if (!exclusive) sum += x[place]!;
      result[place] = sum;
      if (exclusive) sum += x[place]!;
    }
  }
  return result;
}
