/** The two games of the first paper (Goodfellow et al. 2014), which D plays alike: a classifier by cross entropy, from logits. */
import { nn } from '@ganvas/autograd';
import { add, neg } from '@ganvas/tensor';
import type { AdversarialLoss } from './adversarial.ts';

export interface CrossEntropyOptions {
  /**
   * One-sided label smoothing (Salimans et al. 2016): what D's target for real examples is below 1; 0.1 in the paper. That for
   * generated ones stays 0, or D would hold on to what G does wrong. Default 0.
   */
  labelSmoothing?: number;
}

/**
 * What everyone trains: G maximises log D(G(z)), whose gradient is large where D is sure. D's loss is the sum of its two means,
 * as in PyTorch's example.
 * @throws RangeError for a smoothing outside [0, 1)
 */
export const nonSaturating = (options: CrossEntropyOptions = {}): AdversarialLoss => ({
  discriminator: classify(options),
  generator: (fake) => nn.bceWithLogits(fake, 1),
});

/**
 * The zero-sum game: G minimises log(1 − D(G(z))), whose gradient vanishes where D is sure.
 * @throws RangeError for a smoothing outside [0, 1)
 */
export const minimax = (options: CrossEntropyOptions = {}): AdversarialLoss => ({
  discriminator: classify(options),
  generator: (fake) => neg(nn.bceWithLogits(fake, 0)),
});

function classify({ labelSmoothing = 0 }: CrossEntropyOptions): AdversarialLoss['discriminator'] {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    throw new RangeError(`labelSmoothing: expected a number from 0 to below 1, got ${labelSmoothing}`);
  return (real, fake) => add(nn.bceWithLogits(real, 1 - labelSmoothing), nn.bceWithLogits(fake, 0));
}
