/** Batch statistics and batch normalization over the last axis (channels). */
import { momentsCandidates, sizeOf } from '@ganvas/kernels-wgsl';
import { apply, applyComposite, type CompositeOp, type Op } from '../op.ts';
import { formatShape, type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { add, cast, mul, rsqrt, sub } from './elementwise.ts';

export interface MomentsAttrs {
  /** The first axis counts batches, each with moments of its own. Default false. */
  separate?: boolean;
}

/** Of statistics: they broadcast against x. */
const statisticsShape = (x: Shape, separate = false): Shape =>
  separate ? x.map((size, axis) => (axis === 0 || axis === x.length - 1 ? size : 1)) : x.slice(-1);

export const normOps = {
  moments: {
    name: 'moments',
    infer: ([x], { separate }) => {
      const axes = separate ? 3 : 2;
      if (x!.shape.length < axes || x!.dtype !== 'f32')
        throw new ShapeError(`moments: expects f32 of at least ${axes} axes, got ${x!.dtype}${formatShape(x!.shape)}`);
      const spec = { shape: statisticsShape(x!.shape, separate), dtype: 'f32' } as const;
      return [spec, spec];
    },
    lower: ([x], { separate }) => {
      const [batches, channels] = [separate ? x!.shape[0]! : 1, x!.shape.at(-1)!];
      const rows = sizeOf(x!.shape) / channels / batches;
      return { kind: 'kernels', candidates: ({ adapter }) => momentsCandidates({ batches, rows, channels }, adapter) };
    },
  } satisfies Op<MomentsAttrs>,
};

/**
 * Mean and biased variance of each channel, in one pass over x.
 * @param x [..., channels], f32 or f16
 * @param options.separate x is [batches, ..., channels], and each batch has moments of its own. Default false
 * @returns [mean, variance], f32 [channels]; separate ones are [batches, 1, ..., channels], as x with axes of 1
 */
export function moments(x: Tensor, { separate }: MomentsAttrs = {}): [Tensor, Tensor] {
  return apply(normOps.moments, [widened(x)], separate ? { separate } : {}) as [Tensor, Tensor];
}

export interface BatchNormAttrs extends MomentsAttrs {
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
  meaning: ([x, gamma, beta], { eps, separate }) => {
    const [mean, variance] = moments(x!, { separate });
    return [normalize(x!, mean, variance, gamma!, beta!, eps), mean, variance];
  },
};

/**
 * (x − mean) / √(variance + eps) · gamma + beta, per channel: batch normalization with given statistics. x may be f16, the others
 * are f32, [channels] or of any shape that broadcasts against x.
 */
export function normalize(x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor, eps: number): Tensor {
  const y = add(mul(sub(widened(x), mean), mul(rsqrt(add(variance, eps)), gamma)), beta);
  return x.dtype === 'f16' ? cast(y, 'f16') : y;
}

const widened = (x: Tensor): Tensor => (x.dtype === 'f16' ? cast(x, 'f32') : x);

/**
 * Batch normalization in training mode (Ioffe & Szegedy 2015) over the last axis.
 * @param x [..., channels], f32 or f16; gamma, beta f32 [channels]
 * @param options.eps added to the variance. Default 1e-5
 * @param options.separate x is [batches, ..., channels], and each batch is normalized by itself. Default false
 * @returns y like x, and mean and biased variance as `moments` gives them
 */
export function batchNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  { eps = 1e-5, separate = false }: Partial<BatchNormAttrs> = {},
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const [y, mean, variance] = applyComposite(batchNormOp, [widened(x), gamma, beta], { eps, separate });
  return { y: x.dtype === 'f16' ? cast(y!, 'f16') : y!, mean: mean!, variance: variance! };
}
