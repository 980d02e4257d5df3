/** Eigenvalues, eigenvectors and square roots of symmetric matrices, from their definitions and against numpy. */
import { matrixSquareRoot, symmetricEigen } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { SYMMETRIC } from '../../fixtures/read-metrics.ts';

const product = (a: ArrayLike<number>, b: ArrayLike<number>, n: number) =>
  Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!;
    return sum;
  });
const transpose = (a: ArrayLike<number>, n: number) =>
  Float64Array.from({ length: n * n }, (_, at) => a[(at % n) * n + Math.floor(at / n)]!);
const largest = (a: ArrayLike<number>) => Array.from(a).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const difference = (a: ArrayLike<number>, b: ArrayLike<number>) => largest(Array.from(a, (v, i) => v - b[i]!));

/** G Gᵀ of a random G [n, rank]: its eigenvalues are ≥ 0, n − rank of them 0. */
function covariance(n: number, rank: number, seed: number): Float64Array {
  const rng = new Rng(seed);
  const g = Float64Array.from({ length: n * n }, (_, at) => (at % n < rank ? rng.normal() : 0));
  return product(g, transpose(g, n), n);
}

it('finds the eigenvalues that numpy finds', () => {
  const { n, matrix, eigenvalues } = SYMMETRIC;
  const values = symmetricEigen(matrix, n).values.sort();
  eigenvalues.forEach((value, i) => {
    expect(values[i]).toBeCloseTo(value, 12);
  });
});

it.each<[number, number]>([
  [1, 1],
  [2, 1],
  [5, 5],
  [16, 3],
  [40, 40],
  [128, 128],
  [128, 60],
  [7, 0],
])('V A Vᵀ is diagonal, V orthogonal, and the root squared is A: size %d, rank %d', (n, rank) => {
  const a = covariance(n, rank, n + rank);
  const tolerance = 1e-13 * n * Math.max(1, largest(a));
  const { values, vectors } = symmetricEigen(a, n);
  const identity = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  const diagonal = identity.map((one, at) => one * values[at % n]!);
  expect(difference(product(vectors!, transpose(vectors!, n), n), identity)).toBeLessThan(1e-13 * n);
  expect(difference(product(product(vectors!, a, n), transpose(vectors!, n), n), diagonal)).toBeLessThan(tolerance);
  expect(values.filter((value) => Math.abs(value) > 1e-10)).toHaveLength(rank);
  expect(difference(symmetricEigen(a, n, false).values, values)).toBeLessThan(tolerance);
  const root = matrixSquareRoot(a, n);
  expect(difference(root, transpose(root, n))).toBeLessThan(tolerance);
  expect(difference(product(root, root, n), a)).toBeLessThan(tolerance);
});

it('does so for matrices of every scale, with zeros and equal values', () => {
  const entry = fc.oneof(
    fc.constantFrom(0, 1, -1, 2, 1e-154, -1e-154),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  );
  const matrix = fc
    .integer({ min: 1, max: 7 })
    .chain((n) =>
      fc.tuple(
        fc.constant(n),
        fc.array(entry, { minLength: n * n, maxLength: n * n }),
        fc.constantFrom(1, 1e-150, 1e100),
      ),
    );
  fc.assert(
    fc.property(matrix, ([n, entries, scale]) => {
      const a = entries.map((_, at) => scale * entries[Math.min(at, (at % n) * n + Math.floor(at / n))]!);
      const { values, vectors } = symmetricEigen(a, n);
      const back = product(
        transpose(vectors!, n),
        vectors!.map((v, at) => v * values[Math.floor(at / n)]!),
        n,
      );
      const smallest = 8 * n * Number.MIN_VALUE; // below 1e-308 doubles have fewer digits, in the end one
      expect(difference(back, a)).toBeLessThanOrEqual(Math.max(1e-13 * n * largest(a), smallest));
    }),
  );
});

it.each([1e-155, 3e-155, 4e-155, 6e-155, 1e-100])('takes a column of length %p beside ones for nothing', (x) => {
  const n = 7;
  const a = Array.from({ length: n * n }, (_, at) => (at === 0 ? 0 : at < n || at % n === 0 ? x : 1));
  const values = symmetricEigen(a, n).values.toSorted();
  expect(difference(values, [0, 0, 0, 0, 0, 0, n - 1])).toBeLessThan(1e-13);
});

it('refuses what is no matrix of numbers', () => {
  expect(() => symmetricEigen([1, 2, 3], 2)).toThrow('symmetricEigen: expected [2, 2] finite values, got 3 values');
  expect(() => symmetricEigen([1, Number.NaN, Number.NaN, 1], 2)).toThrow('or NaN or infinity');
});
