/** Batch normalization whose scale and shift belong to the class (Dumoulin et al. 2017). */
import { nn } from '@ganvas/autograd';
import type { Rng } from '@ganvas/kernels-wgsl';
import { add, type Device, mul, reshape } from '@ganvas/tensor';
import type { ConditionalModule } from './conditional.ts';

export interface ConditionalBatchNormOptions {
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
  /** Initial scales; default ones. Shifts begin at 0. */
  weightInit?: nn.Initializer;
}

/**
 * Normalizes each channel of x [batch, height, width, channels] over the whole batch, of whatever classes, with running statistics
 * as `nn.batchNorm2d`; then scales and shifts each example by its class: `scale.weight` and `shift.weight`, [classes, channels].
 */
export function conditionalBatchNorm2d(
  channels: number,
  classes: number,
  { rng, device, weightInit = nn.ones }: ConditionalBatchNormOptions,
): ConditionalModule {
  // Its own scale and shift are no parameters of this layer: they stay 1 and 0.
  const norm = nn.batchNorm2d(channels, { rng, device });
  const table = (init: nn.Initializer) => nn.embedding(classes, channels, { rng, device, weightInit: init });
  const [scale, shift] = [table(weightInit), table(nn.zeros)];
  return {
    parameters: { 'scale.weight': scale.parameters.weight!, 'shift.weight': shift.parameters.weight! },
    buffers: norm.buffers,
    forward(x, mode, labels) {
      const ofClass = (learned: typeof scale) => reshape(learned.forward(labels), [-1, 1, 1, channels]);
      return add(mul(norm.forward(x, mode), ofClass(scale)), ofClass(shift));
    },
  };
}
