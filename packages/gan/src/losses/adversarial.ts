/** What the two players minimise, from D's logits. Each loss is a pair of functions; its defaults are its paper's. */
import type { Tensor } from '@ganvas/tensor';

export interface AdversarialLoss {
  /**
   * @param real logits [batch, 1] of real examples
   * @param fake logits [batch, 1] of generated ones
   * @returns D's loss, a scalar
   */
  discriminator(real: Tensor, fake: Tensor): Tensor;
  /** @returns G's loss, a scalar, from the logits [batch, 1] of its examples */
  generator(fake: Tensor): Tensor;
}
