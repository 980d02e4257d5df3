/** Batch statistics and batch normalization over the last axis (channels). */
import { momentsCandidates } from '@ganvas/kernels-wgsl';
import { apply, applyComposite, type CompositeOp, type Op } from '../op.ts';
import { formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { add, cast, mul, rsqrt, sub } from './elementwise.ts';

export const normOps = {
  moments: {
    name: 'moments',
    infer: ([x]) => {
      if (x!.shape.length < 2 || x!.dtype !== 'f32')
        throw new ShapeError(`moments: expects f32 of at least 2 axes, got ${x!.dtype}${formatShape(x!.shape)}`);
      const spec = { shape: [x!.shape.at(-1)!], dtype: 'f32' } as const;
      return [spec, spec];
    },
    lower: ([x]) => {
      const channels = x!.shape.at(-1)!;
      const rows = x!.shape.slice(0, -1).reduce((a, b) => a * b, 1);
      return { kind: 'kernels', candidates: ({ adapter }) => momentsCandidates({ rows, channels }, adapter) };
    },
  } satisfies Op,
};

/**
 * Mean and biased variance of each channel, in one pass over x.
 * @param x [..., channels], f32 or f16
 * @returns [mean [channels], variance [channels]], f32
 */
export function moments(x: Tensor): [Tensor, Tensor] {
  return apply(normOps.moments, [widened(x)], {}) as [Tensor, Tensor];
}

export interface BatchNormAttrs {
  eps: number;
}

export const batchNormOp: CompositeOp<BatchNormAttrs> = {
  name: 'batchNorm',
  infer: ([x, gamma, beta]) => {
    const channels = x!.shape.at(-1);
    if (x!.shape.length < 2 || gamma!.shape.join() !== `${channels}` || beta!.shape.join() !== `${channels}`) {
      throw new ShapeError(
        `batchNorm: gamma and beta must have shape [channels] (x ${formatShape(x!.shape)}, gamma ${formatShape(gamma!.shape)}, beta ${formatShape(beta!.shape)})`,
      );
    }
  },
  meaning: ([x, gamma, beta], { eps }) => {
    const [mean, variance] = moments(x!);
    return [normalize(x!, mean, variance, gamma!, beta!, eps), mean, variance];
  },
};

/**
 * (x − mean) / √(variance + eps) · gamma + beta, per channel: batch normalization with given statistics. x may be f16, the others
 * are f32.
 */
export function normalize(x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor, eps: number): Tensor {
  const y = add(mul(sub(widened(x), mean), mul(rsqrt(add(variance, eps)), gamma)), beta);
  return x.dtype === 'f16' ? cast(y, 'f16') : y;
}

const widened = (x: Tensor): Tensor => (x.dtype === 'f16' ? cast(x, 'f32') : x);

/**
 * Batch normalization in training mode (Ioffe & Szegedy 2015) over the last axis.
 * @param x [..., channels], f32 or f16; gamma, beta f32 [channels]
 * @returns y like x, and the batch's mean and biased variance, f32 [channels]
 */
export function batchNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  eps = 1e-5,
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const [y, mean, variance] = applyComposite(batchNormOp, [widened(x), gamma, beta], { eps });
  return { y: x.dtype === 'f16' ? cast(y!, 'f16') : y!, mean: mean!, variance: variance! };
}
