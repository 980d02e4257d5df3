/** Feature matching: G is to make examples whose features are those of real ones on average. */
import { mean, ShapeError, square, sub, sum, type Tensor } from '@ganvas/tensor';

/**
 * ‖E f(x) − E f(G(z))‖² (Salimans et al. 2016), in the paper G's whole loss.
 * @param real [batch, features], what D makes of real examples
 * @param fake the same of generated ones; the batches may differ in size
 * @returns a scalar
 * @throws ShapeError where the features are not as many
 */
export function featureMatching(real: Tensor, fake: Tensor): Tensor {
  if (real.shape.length !== 2 || fake.shape.length !== 2 || real.shape[1] !== fake.shape[1])
    throw new ShapeError(
      `featureMatching: expected two [batch, features] with as many features, got [${real.shape}] and [${fake.shape}]`,
    );
  return sum(square(sub(mean(real, 0), mean(fake, 0))));
}
