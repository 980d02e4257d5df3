/** Batch normalization (Ioffe & Szegedy 2015), with running statistics for evaluation. */
import type { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  batchNorm,
  type Device,
  detach,
  mul,
  normalize,
  reshape,
  ShapeError,
  split,
  state,
  type Tensor,
} from '@ganvas/tensor';
import { type Initializer, ones, zeros } from './init.ts';
import { batchesIn, type Module } from './module.ts';

export interface BatchNormOptions {
  rng: Rng;
  device?: Device;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Share of the new batch in the running statistics. Default 0.1. */
  momentum?: number;
  /** Initial scale; default ones. */
  weightInit?: Initializer;
}

/**
 * Normalizes each channel (last axis) of x [batch, height, width, channels] over all other axes. In training mode the batch's own
 * statistics are used and the running ones updated, the variance unbiased as PyTorch does; in eval mode the running ones are used.
 * @throws ShapeError, from `forward` in training mode, for one value a channel, which has no variance
 */
export const batchNorm2d = (channels: number, options: BatchNormOptions): Module =>
  normOver('BatchNorm2d', channels, options);

/** The same for features: x [batch, features], or [batch, length, features]. */
export const batchNorm1d = (features: number, options: BatchNormOptions): Module =>
  normOver('BatchNorm1d', features, options);

function normOver(type: string, channels: number, options: BatchNormOptions): Module {
  const { rng, device, eps = 1e-5, momentum = 0.1, weightInit = ones } = options;
  const make = (init: Initializer) => state(init(rng, channels, channels, channels), [channels], { device });
  const parameters = { weight: make(weightInit), bias: make(zeros) };
  const buffers = { running_mean: make(zeros), running_var: make(ones) };
  const { weight, bias } = parameters;
  const { running_mean: runningMean, running_var: runningVar } = buffers;
  const follow = (running: Tensor, batch: Tensor) =>
    assign(running, add(mul(running, 1 - momentum), mul(detach(batch), momentum)));
  return {
    type,
    parameters,
    buffers,
    forward: (x, mode = 'train') => {
      if (mode === 'eval') return normalize(x, runningMean, runningVar, weight, bias, eps);
      const batches = batchesIn(mode);
      const n = x.size / channels / batches;
      if (n === 1)
        throw new ShapeError(
          `nn.batchNorm: expected more than one value a channel in training mode, got x [${x.shape}]; use a larger batch, or 'eval'`,
        );
      const [examples, ...example] = x.shape as [number, ...number[]];
      const separate = batches > 1;
      const apart = separate ? reshape(x, [batches, examples / batches, ...example]) : x;
      const { y, mean, variance } = batchNorm(apart, weight, bias, { eps, separate });
      const byBatch = (t: Tensor) => (separate ? split(t, batches).map((row) => reshape(row, [channels])) : [t]);
      for (const batch of byBatch(mean)) follow(runningMean, batch);
      for (const batch of byBatch(variance)) follow(runningVar, mul(batch, n / (n - 1)));
      return separate ? reshape(y, x.shape) : y;
    },
  };
}
