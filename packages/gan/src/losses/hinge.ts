/** Hinge loss: D is not paid for being surer than a margin of 1. */
import { add, mean, neg, relu, sub } from '@ganvas/tensor';
import type { AdversarialLoss } from './adversarial.ts';

/** E max(0, 1 − D(x)) + E max(0, 1 + D(G(z))) and −E D(G(z)) (Lim & Ye 2017; Miyato et al. 2018, equations 16 and 17). */
export const hinge = (): AdversarialLoss => ({
  discriminator: (real, fake) => add(mean(relu(sub(1, real))), mean(relu(add(fake, 1)))),
  generator: (fake) => neg(mean(fake)),
});
