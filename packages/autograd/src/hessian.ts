/** Second derivatives of a scalar, and whole Jacobians and Hessians where a problem is small enough for them. */
import { concat, eye, reshape, split, type Tensor } from '@ganvas/tensor';
import { type Gradients, grad } from './grad.ts';
import { alongTangents } from './jvp.ts';
import { vjp } from './vjp.ts';

/**
 * Hessian-vector products of a scalar function: the gradient of ⟨∇fn, vectors⟩, which is H · v and never needs H.
 * @param fn to a tensor of one element
 * @param vectors one an input, of its shape
 * @returns one product an input, of its shape
 * @throws GradientError where a vector has another shape than its input, or as `grad`
 */
export function hvp<const T extends readonly Tensor[]>(
  fn: (...inputs: T) => Tensor,
  inputs: T,
  vectors: { readonly [K in keyof T]: Tensor },
): Gradients<T> {
  const gradients = grad(fn(...inputs), inputs, { unused: 'zero' });
  return alongTangents('hvp', gradients, inputs, inputs, vectors) as Gradients<T>;
}

/**
 * All derivatives of a function of one tensor, one walk back for each element of its value: for small problems, and for tests.
 * Outside `capture` its intermediates stay until an enclosing `tidy` ends.
 * @returns J [...value's shape, ...x's shape]
 */
export function jacobian(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const { value, pullback } = vjp(fn, [x]);
  const units = split(eye(value.size, value.size, { device: x.device }), value.size);
  const rows = units.map((unit) => reshape(pullback(reshape(unit, value.shape))[0], [1, x.size]));
  return reshape(concat(rows), [...value.shape, ...x.shape]);
}

/**
 * The second derivatives of a scalar function of one tensor: the Jacobian of its gradient.
 * @returns H [...x's shape, ...x's shape]
 */
export const hessian = (fn: (x: Tensor) => Tensor, x: Tensor): Tensor =>
  jacobian((at) => grad(fn(at), [at], { unused: 'zero' })[0], x);
