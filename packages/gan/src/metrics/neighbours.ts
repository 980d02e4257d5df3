/** Nearest rows by Euclidean distance. Distances are sums of squared differences, in float64: a copy's is exactly 0. */
import { checkRows, type Rows } from './rows.ts';

export interface Neighbours {
  /** `[count, k]`: which rows are nearest, the nearest first; of two at the same distance, the first. */
  indices: Uint32Array;
  /** [count, k]. */
  distances: Float64Array;
}

/** Features summed between two looks at the limit. */
const STRIDE = 32;

/** |xᵢ − yⱼ|², or some part of it that is more than `limit`. */
export function squaredDistance(a: Rows, i: number, b: Rows, j: number, limit = Number.POSITIVE_INFINITY): number {
  const { values: x, width } = a;
  const y = b.values;
  const [p, q] = [i * width, j * width];
  let sum = 0;
  for (let from = 0; from < width && sum <= limit; from += STRIDE) {
    const to = Math.min(from + STRIDE, width);
    for (let k = from; k < to; k++) {
      const difference = x[p + k]! - y[q + k]!;
      sum += difference * difference;
    }
  }
  return sum;
}

/**
 * The k rows of `among` that are nearest to each row of `queries`.
 * @param apart leave a row itself out: for `among` that is `queries`. Default false
 */
export function nearestNeighbours(queries: Rows, among: Rows, k = 1, apart = false): Neighbours {
  checkRows('nearestNeighbours', 1, queries, among);
  const candidates = among.count - (apart ? 1 : 0);
  if (!(Number.isInteger(k) && k >= 1 && k <= candidates))
    throw new Error(`nearestNeighbours: expected k from 1 to the ${candidates} rows that there are, got ${k}`);
  const indices = new Uint32Array(queries.count * k);
  const distances = new Float64Array(queries.count * k).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < queries.count; i++) {
    const [first, last] = [i * k, (i + 1) * k - 1];
    for (let j = 0; j < among.count; j++) {
      if (apart && i === j) continue;
      const squared = squaredDistance(queries, i, among, j, distances[last]);
      if (!(squared < distances[last]!)) continue;
      let at = last;
      for (; at > first && squared < distances[at - 1]!; at--) {
        distances[at] = distances[at - 1]!;
        indices[at] = indices[at - 1]!;
      }
      distances[at] = squared;
      indices[at] = j;
    }
  }
  return { indices, distances: distances.map(Math.sqrt) };
}
