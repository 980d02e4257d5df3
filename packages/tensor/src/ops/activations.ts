/** Activations beyond those that are one scalar op, and the error function. PyTorch's meaning of every argument. */
import { constant, type Expr, operand, applyScalar as s } from '@ganvas/kernels-wgsl';
import { apply } from '../op.ts';
import { ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { add, greater, mul, neg, sigmoid, softplus, square, tanh, where } from './elementwise.ts';
import { composed, elementwiseOp, ofFloats, unary } from './elementwise-op.ts';

/**
 * erf as x · P(x²) / Q(x²), where |x| ≤ 4; beyond, erf is ±1 in f32. The fit is Eigen's (generic_fast_erf_float), a few units in the
 * last place off.
 */
const P = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4,
  -2.95459980854025e-3, -1.60960333262415e-2,
];
const Q = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2,
];
const horner = (coefficients: readonly number[], at: Expr): Expr =>
  coefficients.slice(1).reduce((sum, c) => s('add', s('mul', sum, at), constant(c)), constant(coefficients[0]!));
const x = operand(0);
const near = s('maximum', s('minimum', x, constant(4)), constant(-4));
const squared = s('square', near);
const erfExpr = s('div', s('mul', near, horner(P, squared)), horner(Q, squared));

export interface EluAttrs {
  alpha: number;
}

export const activationOps = {
  erf: ofFloats(composed('erf', 1, erfExpr)),
  elu: ofFloats(
    elementwiseOp<EluAttrs>('elu', 1, ({ alpha }) =>
      s('where', s('greater', x, constant(0)), x, s('mul', s('expm1', x), constant(alpha))),
    ),
  ),
};

/** 2/√π ∫₀ˣ e^(-t²) dt, to 1e-6. */
export const erf = unary(activationOps.erf);

/** x where x > 0, α(eˣ - 1) elsewhere (Clevert et al. 2015). Default α 1. */
export const elu = (x: Tensor, alpha = 1): Tensor => apply(activationOps.elu, [x], { alpha })[0]!;

/** λ · elu(x, α), with the λ and α that keep mean 0 and variance 1 through deep nets (Klambauer et al. 2017). */
export const selu = (x: Tensor): Tensor => mul(elu(x, 1.6732632423543772), 1.0507009873554805);

/** x · sigmoid(x) (Elfwing et al. 2017), also called swish. */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** log sigmoid(x) = -log(1 + e⁻ˣ), safe for x of any size. */
export const logSigmoid = (x: Tensor): Tensor => neg(softplus(neg(x)));

/** x where x > 0, weight · x elsewhere (He et al. 2015). @param weight broadcasts to x: a scalar, or one a channel, [channels] */
export const prelu = (x: Tensor, weight: Tensor): Tensor => where(greater(x, 0), x, mul(weight, x));

/**
 * x · Φ(x), Φ being the standard normal distribution's (Hendrycks & Gimpel 2016).
 * @param approximate 'none' (default): through erf; 'tanh': ½x(1 + tanh(√(2/π)(x + 0.044715x³)))
 */
export function gelu(x: Tensor, { approximate = 'none' }: { approximate?: 'none' | 'tanh' } = {}): Tensor {
  if (approximate !== 'none' && approximate !== 'tanh')
    throw new ShapeError(`gelu: approximate: expected 'none' or 'tanh', got ${String(approximate)}`);
  const inner =
    approximate === 'none'
      ? erf(mul(x, Math.SQRT1_2))
      : tanh(mul(mul(x, add(mul(square(x), 0.044715), 1)), Math.sqrt(2 / Math.PI)));
  return mul(mul(x, 0.5), add(inner, 1));
}
