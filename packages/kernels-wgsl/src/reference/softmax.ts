import type { SoftmaxSpec } from '../softmax/index.ts';

/** Softmax over the middle axis of x [outer, range, inner], or its logarithm, in float64. */
export function softmaxReference({ outer, range, inner, log }: SoftmaxSpec, x: ArrayLike<number>): Float64Array {
  const result = new Float64Array(outer * range * inner);
  for (let row = 0; row < outer * inner; row++) {
    const base = Math.floor(row / inner) * range * inner + (row % inner);
    const places = Array.from({ length: range }, (_, r) => base + r * inner);
    const largest = places.reduce((most, i) => Math.max(most, x[i]!), -Infinity);
    const sum = places.reduce((total, i) => total + Math.exp(x[i]! - largest), 0);
    for (const i of places) result[i] = log ? x[i]! - largest - Math.log(sum) : Math.exp(x[i]! - largest) / sum;
  }
  return result;
}
