/** Jacobian-vector products: how a function's value moves when its inputs move along given directions. */
import { full, type Tensor } from '@ganvas/tensor';
import { pullBack } from './grad.ts';
import { GradientError } from './history.ts';
import { vjp, zerosLike } from './vjp.ts';

/**
 * The value of `fn` and its derivative J · t along `tangents`.
 *
 * It is reverse mode twice (there are no forward rules). The vector-Jacobian product uᵀJ is linear in u, so the gradient of
 * ⟨uᵀJ, t⟩ with respect to u is J · t, whatever u is. Its cost is a few times that of `fn`; inside `capture` what leads only to
 * uᵀJ itself is never computed.
 * @param tangents a direction for each input, of its shape
 * @returns value and tangent, of the same shape
 * @throws GradientError where a tangent has another shape than its input, or as `grad`
 */
export function jvp<const T extends readonly Tensor[]>(
  fn: (...inputs: T) => Tensor,
  inputs: T,
  tangents: { readonly [K in keyof T]: Tensor },
): { value: Tensor; tangent: Tensor } {
  const { value, pullback } = vjp(fn, inputs);
  // Not zeros: a rule may leave out what comes of a gradient that is a constant zero.
  const u = full(value.shape, 1, { dtype: value.dtype, device: value.device });
  return { value, tangent: alongTangents('jvp', pullback(u), [u], inputs, tangents)[0]! };
}

/**
 * ∂/∂target Σ ⟨derivativeᵢ, tangentᵢ⟩ for each target, where derivative i is one with respect to input i.
 * @param op who asks, for the errors
 */
export function alongTangents(
  op: string,
  derivatives: readonly Tensor[],
  targets: readonly Tensor[],
  inputs: readonly Tensor[],
  tangents: readonly Tensor[],
): Tensor[] {
  if (tangents.length !== inputs.length)
    throw new GradientError(`${op}: expected ${inputs.length} tangents, one an input, got ${tangents.length}`);
  inputs.forEach((x, i) => {
    const t = tangents[i]!;
    if (t.shape.join() !== x.shape.join())
      throw new GradientError(`${op}: tangent ${i} must have its input's shape [${x.shape}], got [${t.shape}]`);
  });
  // The cotangent of ⟨d, t⟩ at d is t: the product itself need not be made.
  return pullBack(derivatives, tangents, targets).map((g, i) => g ?? zerosLike(targets[i]!));
}
