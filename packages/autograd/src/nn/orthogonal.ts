/** Orthogonal initial weights, by a QR decomposition on the host. */
import type { Initializer } from './init.ts';

/**
 * A random matrix with orthonormal columns, or rows where there are fewer of them, times `gain` (Saxe et al. 2014). It is the
 * Q of a normal matrix whose R has a positive diagonal, and so uniform among all such matrices.
 */
export const orthogonal =
  (gain = 1): Initializer =>
  (rng, size, fanIn) => {
    const columns = size / fanIn;
    const [count, length] = columns <= fanIn ? [columns, fanIn] : [fanIn, columns];
    const basis = orthonormal(Array.from({ length: count }, () => Float64Array.from({ length }, () => rng.normal())));
    const values = new Float32Array(size);
    basis.forEach((q, i) => {
      q.forEach((value, j) => {
        values[columns <= fanIn ? j * columns + i : i * columns + j] = gain * value;
      });
    });
    return values;
  };

/**
 * Modified Gram-Schmidt, in place: takes from each vector its share of those before it, and makes its length 1. Twice is enough
 * (Giraud et al. 2005): what rounding left after the first time goes in the second.
 */
function orthonormal(vectors: readonly Float64Array[]): readonly Float64Array[] {
  vectors.forEach((v, k) => {
    for (const q of [...vectors.slice(0, k), ...vectors.slice(0, k)]) addTimes(v, q, -dot(v, q));
    const length = Math.sqrt(dot(v, v));
    for (let i = 0; i < v.length; i++) v[i]! /= length;
  });
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addTimes(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i]! += factor * b[i]!;
}
