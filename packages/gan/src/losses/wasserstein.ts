/** WGAN (Arjovsky, Chintala & Bottou 2017): D is a critic, whose answers have no scale of their own. */
import { mean, neg, sub } from '@ganvas/tensor';
import type { AdversarialLoss } from './adversarial.ts';

/**
 * E f(G(z)) − E f(x) and −E f(G(z)). Of a critic with slopes of at most K, by `weightClamp` or `gradientPenalty`, D's loss is −K times
 * an estimate of the distance between real and generated examples.
 */
export const wasserstein = (): AdversarialLoss => ({
  discriminator: (real, fake) => sub(mean(fake), mean(real)),
  generator: (fake) => neg(mean(fake)),
});
