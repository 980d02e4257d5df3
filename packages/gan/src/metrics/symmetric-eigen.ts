/** Eigenvalues and eigenvectors of a symmetric matrix, in float64: Householder's reduction to three diagonals, then implicit QL steps. */

export interface Eigen {
  /** [n], in no order. */
  values: Float64Array;
  /** [n, n], row i the unit eigenvector of `values[i]`; null where they were not asked for. */
  vectors: Float64Array | null;
}

/** The square of a length that is as good as 0 beside 1: a reflection by less would divide by a number that underflows. */
const NOTHING = 1e-200;
/** Steps that an eigenvalue may take; two are usual. */
const MOST_STEPS = 60;

/**
 * Each value is right within a few roundings of the largest; singular matrices are no special case.
 * @param matrix [n, n], symmetric, row-major
 * @throws Error where a value is not finite
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number, vectors = true): Eigen {
  const a = Float64Array.from(matrix);
  if (a.length !== n * n || !a.every(Number.isFinite))
    throw new Error(`symmetricEigen: expected [${n}, ${n}] finite values, got ${a.length} values, or NaN or infinity`);
  // Around 1, so that no square over- or underflows that matters.
  const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const { diagonal, beside, basis } = tridiagonal(
    a.map((value) => value / scale),
    n,
    vectors,
  );
  diagonalise(diagonal, beside, basis);
  return { values: diagonal.map((value) => value * scale), vectors: basis };
}

/** A = Bᵀ T B (Golub & Van Loan, algorithm 8.3.1): T by its diagonal and the one beside it, which ends in a 0; B a row a basis vector. `a` is used up. */
function tridiagonal(a: Float64Array, n: number, vectors: boolean) {
  const beside = new Float64Array(n);
  const basis = vectors ? Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)) : null;
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    // The reflection I − β v vᵀ maps column k below the diagonal onto its first element.
    let squared = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k]!;
      squared += v[i]! * v[i]!;
    }
    if (squared < NOTHING) continue;
    beside[k] = v[k + 1]! > 0 ? -Math.sqrt(squared) : Math.sqrt(squared);
    v[k + 1]! -= beside[k]!;
    const beta = 1 / (squared - beside[k]! * (v[k + 1]! + beside[k]!));

    // A ← A − v wᵀ − w vᵀ with w = β A v − (β/2)(vᵀ β A v) v.
    let vp = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!;
      w[i] = beta * sum;
      vp += w[i]! * v[i]!;
    }
    for (let i = k + 1; i < n; i++) w[i]! -= 0.5 * beta * vp * v[i]!;
    for (let i = k + 1; i < n; i++) for (let j = k + 1; j < n; j++) a[i * n + j]! -= v[i]! * w[j]! + w[i]! * v[j]!;
    if (basis) reflectRows(basis, n, v, beta, k + 1);
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), beside, basis };
}

/** B ← (I − β v vᵀ) B, where v is 0 before `from`. */
function reflectRows(basis: Float64Array, n: number, v: Float64Array, beta: number, from: number): void {
  const sums = new Float64Array(n);
  for (let i = from; i < n; i++) for (let j = 0; j < n; j++) sums[j]! += v[i]! * basis[i * n + j]!;
  for (let i = from; i < n; i++) for (let j = 0; j < n; j++) basis[i * n + j]! -= beta * v[i]! * sums[j]!;
}

/** Implicit QL with Wilkinson's shift (EISPACK's tql2): the diagonal becomes the values, the rows of `basis` the vectors. */
function diagonalise(d: Float64Array, e: Float64Array, basis: Float64Array | null): void {
  const n = d.length;
  const scale = d.reduce((most, value, i) => Math.max(most, Math.abs(value) + Math.abs(e[i]!)), 0);
  const negligible = Number.EPSILON * scale;
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > negligible) m++;
      if (m === l) break;
      if (step === MOST_STEPS)
        throw new Error(`symmetricEigen: value ${l} of ${n} did not settle in ${MOST_STEPS} steps`);
      qlStep(d, e, l, m, basis);
    }
  }
}

/** One QL step on the block l … m: a rotation at its end, and those that chase what it spoils up to l. */
function qlStep(d: Float64Array, e: Float64Array, l: number, m: number, basis: Float64Array | null): void {
  let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  let r = Math.hypot(g, 1);
  g = d[m]! - d[l]! + e[l]! / (g + (g < 0 ? -r : r));
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The block falls apart here.
      d[i + 1]! -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    r = (d[i]! - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
    if (basis) rotateRows(basis, d.length, i, s, c);
  }
  d[l]! -= p;
  e[l] = g;
  e[m] = 0;
}

function rotateRows(basis: Float64Array, n: number, i: number, s: number, c: number): void {
  for (let k = i * n; k < (i + 1) * n; k++) {
    const upper = basis[k]!;
    const lower = basis[k + n]!;
    basis[k + n] = s * upper + c * lower;
    basis[k] = c * upper - s * lower;
  }
}
