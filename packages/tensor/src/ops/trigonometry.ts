/**
 * Sine and cosine. WGSL's own may be off by 2⁻¹¹, and on some adapters are; these are arithmetic alone, and the same everywhere.
 */
import { constant, type Expr, operand, applyScalar as s } from '@ganvas/kernels-wgsl';
import { composed, ofFloats, unary } from './elementwise-op.ts';

/** π in three parts; the first two have few digits, so that whole multiples of them are exact (Cody & Waite 1980). */
const PI = [3.140625, 9.6750259399414e-4, 1.509957990978376e-7];
/** (sin r / r - 1) / r² as a polynomial in r², for |r| ≤ π/2: fitted by least squares, to 2e-8. */
const SERIES = [-2.3881439e-8, 2.7524943e-6, -1.984086e-4, 8.333331e-3, -0.16666667];

/** sin x for `half` 0 and cos x for ½: r is what x is from the nearest nπ, or (n + ½)π, and every other n turns the sign. */
function wave(half: 0 | 0.5): Expr {
  const x = operand(0);
  const n = s('round', s('sub', s('mul', x, constant(1 / Math.PI)), constant(half)));
  const turns = s('add', n, constant(half));
  const r = PI.reduce((rest, part) => s('sub', rest, s('mul', turns, constant(part))), x);
  const square = s('square', r);
  const series = SERIES.slice(1).reduce((sum, c) => s('add', s('mul', sum, square), constant(c)), constant(SERIES[0]!));
  const near = s('add', r, s('mul', s('mul', r, square), series));
  const sine = s('maximum', s('minimum', near, constant(1)), constant(-1)); // where x has lost its digits, r is out of bounds
  const odd = s('notEqual', s('floor', s('mul', n, constant(0.5))), s('mul', n, constant(0.5)));
  return half === 0 ? s('where', odd, s('neg', sine), sine) : s('where', odd, sine, s('neg', sine));
}

export const trigonometryOps = {
  sin: ofFloats(composed('sin', 1, wave(0))),
  cos: ofFloats(composed('cos', 1, wave(0.5))),
};

/** In radians, to 2e-7 for |x| up to 10⁴ and 2e-6 up to 10⁵. Beyond 10⁶ a number from -1 to 1 that means nothing. */
export const sin = unary(trigonometryOps.sin);
/** As `sin`. */
export const cos = unary(trigonometryOps.cos);
