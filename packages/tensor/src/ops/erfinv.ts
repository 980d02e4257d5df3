/** The inverse of the error function: what turns uniform numbers into normal ones. */
import { constant, type Expr, operand, applyScalar as s } from '@ganvas/kernels-wgsl';
import { composed, ofFloats, unary } from './elementwise-op.ts';

/**
 * x · P(w) with w = −log(1 − x²): one polynomial around w = 2.5, and beyond 5 one of √w around 3. Giles, "Approximating the erfinv
 * function" (GPU Computing Gems, 2011), the single-precision fit: a few units in the last place off.
 */
const CENTRAL = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  0.246640727, 1.50140941,
];
const TAIL = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406,
  2.83297682,
];
const horner = (coefficients: readonly number[], at: Expr): Expr =>
  coefficients.slice(1).reduce((sum, c) => s('add', s('mul', sum, at), constant(c)), constant(coefficients[0]!));
const x = operand(0);
// The product and not 1 − x², which would lose the digits of an x near ±1.
const w = s('neg', s('log', s('mul', s('sub', constant(1), x), s('add', constant(1), x))));
const central = horner(CENTRAL, s('sub', w, constant(2.5)));
const tail = horner(TAIL, s('sub', s('sqrt', s('maximum', w, constant(5))), constant(3)));

export const erfinvOps = {
  erfinv: ofFloats(composed('erfinv', 1, s('mul', x, s('where', s('less', w, constant(5)), central, tail)))),
};

/** The y with erf(y) = x, for −1 < x < 1, to 1e-6; at ±1, where it is infinite, and outside the result means nothing. */
export const erfinv = unary(erfinvOps.erfinv);
