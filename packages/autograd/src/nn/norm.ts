/** Normalizations that look at one item of the batch alone: the same in training and in evaluation, without running statistics. */
import {
  add,
  cast,
  type Device,
  mean,
  mul,
  reshape,
  rsqrt,
  type Shape,
  ShapeError,
  square,
  state,
  sub,
  type Tensor,
} from '@ganvas/tensor';
import { fn, type Module } from './module.ts';

export interface NormOptions {
  device?: Device;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Learn a scale (from 1) and a shift (from 0). Default true; false for `instanceNorm2d`, as PyTorch. */
  affine?: boolean;
}

/**
 * Normalizes each item over its last axes (Ba, Kiros & Hinton 2016), with a scale and a shift for each element.
 * @param shape of those axes; a number for the last one alone. For an image of x [batch, height, width, channels] it is
 * [height, width, channels]
 */
export function layerNorm(shape: number | Shape, options: NormOptions = {}): Module {
  const normalized = typeof shape === 'number' ? [shape] : shape;
  return normalization('LayerNorm', normalized, options, (x, eps) => {
    const kept = x.shape.length - normalized.length;
    if (x.shape.slice(kept).join() !== normalized.join())
      throw new ShapeError(`nn.layerNorm: expected x to end in [${normalized}], got x [${x.shape}]`);
    return standardized(
      x,
      normalized.map((_, i) => kept + i),
      eps,
    );
  });
}

/**
 * Normalizes each item over all its positions and the channels of a group (Wu & He 2018), with a scale and a shift a channel.
 * @param groups a divisor of `channels`; neighbouring channels are a group
 */
export const groupNorm = (groups: number, channels: number, options: NormOptions = {}): Module =>
  overGroups('GroupNorm', groups, channels, options);

/**
 * Normalizes each channel of each image over its positions (Ulyanov et al. 2016): x [batch, height, width, channels]. As in PyTorch
 * it learns nothing by default, and has no running statistics.
 */
export const instanceNorm2d = (channels: number, options: NormOptions = {}): Module =>
  overGroups('InstanceNorm2d', channels, channels, { affine: false, ...options });

/** x / √(mean of x² over the channels + eps): each pixel's vector gets length √channels (Karras et al. 2018). Default eps 1e-8. */
export const pixelNorm = (eps = 1e-8): Module =>
  fn((x) => mul(x, rsqrt(add(mean(square(x), -1, { keepDims: true }), eps))), 'PixelNorm');

function overGroups(type: string, groups: number, channels: number, options: NormOptions): Module {
  if (channels % groups !== 0)
    throw new ShapeError(`nn.groupNorm: ${groups} groups do not divide ${channels} channels; use a divisor`);
  return normalization(type, [channels], options, (x, eps) => {
    if (x.shape.length < 2 || x.shape.at(-1) !== channels)
      throw new ShapeError(`nn.${type}: expected x [batch, ..., ${channels}], got x [${x.shape}]`);
    const grouped = reshape(x, [x.shape[0]!, -1, groups, channels / groups]);
    return reshape(standardized(grouped, [1, 3], eps), x.shape);
  });
}

/** A scale and a shift of some shape after `standardize`; all of it in f32, the result of x's dtype. */
function normalization(
  type: string,
  shape: Shape,
  { device, eps = 1e-5, affine = true }: NormOptions,
  standardize: (x: Tensor, eps: number) => Tensor,
): Module {
  const filled = (value: number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return state(new Float32Array(size).fill(value), shape, { device });
  };
  const learned = affine ? { weight: filled(1), bias: filled(0) } : null;
  return {
    type,
    parameters: { ...learned },
    buffers: {},
    forward: (x) => {
      const y = standardize(cast(x, 'f32'), eps);
      return like(x, learned ? add(mul(y, learned.weight), learned.bias) : y);
    },
  };
}

const like = (x: Tensor, y: Tensor): Tensor => (x.dtype === 'f16' ? cast(y, 'f16') : y);

/** (x − mean) / √(variance + eps) over `axes`, the variance biased. */
function standardized(x: Tensor, axes: readonly number[], eps: number): Tensor {
  const centred = sub(x, mean(x, axes, { keepDims: true }));
  return mul(centred, rsqrt(add(mean(square(centred), axes, { keepDims: true }), eps)));
}
