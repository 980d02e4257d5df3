/** Dropout (Srivastava et al. 2014). */
import type { Rng } from '@ganvas/kernels-wgsl';
import { type Device, mul, randomBernoulli, randomGenerator, where } from '@ganvas/tensor';
import type { Module } from './module.ts';

export interface DropoutOptions {
  /** Source of the seed. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
}

/**
 * In training mode each element becomes 0 with probability `p` and is multiplied by 1/(1 − p) otherwise, so that the mean stays;
 * in eval mode nothing happens. The draws come from a generator on the device, which is one of the buffers: a captured step
 * draws anew each time, and a run that is resumed goes on with the same draws.
 * @param p in [0, 1]; PyTorch's default is 0.5
 */
export function dropout(p: number, { rng, device }: DropoutOptions): Module {
  if (!(p >= 0 && p <= 1)) throw new Error(`nn.dropout: expected a probability in [0, 1], got ${p}`);
  const generator = randomGenerator([rng.below(2 ** 24), rng.below(2 ** 24)], device);
  return {
    type: 'Dropout',
    parameters: {},
    buffers: { generator },
    forward: (x, mode = 'train') => {
      if (mode === 'eval' || p === 0) return x;
      if (p === 1) return mul(x, 0);
      const kept = randomBernoulli(generator, x.shape, 1 - p);
      return where(kept, mul(x, 1 / (1 - p)), 0);
    },
  };
}
