/** Vector-Jacobian products: reverse mode for functions whose result is no scalar. */
import { full, type Tensor } from '@ganvas/tensor';
import { type Gradients, pullBack } from './grad.ts';
import { GradientError } from './history.ts';

/** A value, and how cotangents at it go back to the inputs. */
export interface Vjp<T extends readonly Tensor[]> {
  value: Tensor;
  /**
   * cotangentᵀ · J for each input; zeros for an input that the value does not depend on. It may be called any number of times.
   * @param cotangent of the value's shape
   */
  pullback: (cotangent: Tensor) => Gradients<T>;
}

/**
 * Calls `fn` and answers its value with its vector-Jacobian product: `grad` for a result of any shape.
 *
 * Nothing is freed: the pullback reads what `fn` has left. Outside `capture`, put the whole into a `tidy`.
 * @throws GradientError, from the pullback, where the cotangent has another shape than the value, or as `grad`
 */
export function vjp<const T extends readonly Tensor[]>(fn: (...inputs: T) => Tensor, inputs: T): Vjp<T> {
  const value = fn(...inputs);
  const pullback = (cotangent: Tensor): Gradients<T> => {
    if (cotangent.shape.join() !== value.shape.join()) {
      throw new GradientError(
        `vjp: expected a cotangent of the value's shape [${value.shape}], got shape [${cotangent.shape}]`,
      );
    }
    const gradients = pullBack([value], [cotangent], inputs);
    return gradients.map((g, i) => g ?? zerosLike(inputs[i]!)) as Gradients<T>;
  };
  return { value, pullback };
}

export const zerosLike = (t: Tensor): Tensor => full(t.shape, 0, { dtype: t.dtype, device: t.device });
