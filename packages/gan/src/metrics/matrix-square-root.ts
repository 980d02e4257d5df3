/** Square roots of covariances. */
import { symmetricEigen } from './symmetric-eigen.ts';

/** A B of two matrices [n, n], row-major. */
export function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      for (let j = 0; j < n; j++) result[i * n + j]! += factor * b[k * n + j]!;
    }
  return result;
}

/**
 * The symmetric R with R R = A, through A's eigenvalues. A may be singular: what rounding makes of a value 0, also below 0, counts as 0.
 * @param matrix A [n, n], symmetric, no eigenvalue below 0 but by rounding
 */
export function matrixSquareRoot(matrix: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, n);
  const scaled = Float64Array.from(vectors!, (v, at) => v * Math.sqrt(Math.max(0, values[Math.floor(at / n)]!)));
  const transposed = Float64Array.from({ length: n * n }, (_, at) => vectors![(at % n) * n + Math.floor(at / n)]!);
  return product(transposed, scaled, n);
}
