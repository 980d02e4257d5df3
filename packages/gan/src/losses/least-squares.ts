/** LSGAN: examples are pulled to the decision boundary from both sides, and far ones hardest. */
import { add, mean, mul, square, sub, type Tensor } from '@ganvas/tensor';
import type { AdversarialLoss } from './adversarial.ts';

/** ½ E(D(x) − 1)² + ½ E D(G(z))² and ½ E(D(G(z)) − 1)²: equation 9 of Mao et al. 2017, its a = 0 and b = c = 1. */
export const leastSquares = (): AdversarialLoss => ({
  discriminator: (real, fake) => add(halfSquare(sub(real, 1)), halfSquare(fake)),
  generator: (fake) => halfSquare(sub(fake, 1)),
});

const halfSquare = (x: Tensor): Tensor => mul(mean(square(x)), 0.5);
