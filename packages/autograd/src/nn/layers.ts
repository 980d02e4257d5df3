/** Layers with PyTorch's meaning of every argument; activations are NHWC. */
import type { Rng } from '@ganvas/kernels-wgsl';
import * as ops from '@ganvas/tensor';
import { type Conv2dOptions, type ConvTranspose2dOptions, type Device, state, type Tensor } from '@ganvas/tensor';
import { type Initializer, ones, uniformFanIn, zeros } from './init.ts';
import { fn, type Module } from './module.ts';

export interface LayerOptions {
  /** Source of the initial values. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
  /** Add a bias. Default true. */
  bias?: boolean;
  /** Initial weights; default PyTorch's U(±1/√fanIn). */
  weightInit?: Initializer;
  /** Initial bias; default PyTorch's, as the weight's. */
  biasInit?: Initializer;
}

function affine(
  shape: readonly number[],
  channels: number,
  fanIn: number,
  options: LayerOptions,
): { weight: Tensor; bias?: Tensor } {
  const { rng, device, bias = true, weightInit = uniformFanIn, biasInit = uniformFanIn } = options;
  const size = shape.reduce((a, b) => a * b, 1);
  const weight = state(weightInit(rng, size, fanIn), shape, { device });
  return bias ? { weight, bias: state(biasInit(rng, channels, fanIn), [channels], { device }) } : { weight };
}

const plus = (y: Tensor, bias?: Tensor): Tensor => (bias ? ops.add(y, bias) : y);

/** y = x · weight + bias. x [batch, inFeatures], weight [inFeatures, outFeatures]. */
export function linear(inFeatures: number, outFeatures: number, options: LayerOptions): Module {
  const p = affine([inFeatures, outFeatures], outFeatures, inFeatures, options);
  return { parameters: { ...p }, buffers: {}, forward: (x) => plus(ops.matmul(x, p.weight), p.bias) };
}

interface KernelSize {
  /** Height and width of the kernel, one number or a pair. */
  kernel: number | readonly [number, number];
}
export interface ConvLayerOptions extends LayerOptions, Conv2dOptions, KernelSize {}
export interface ConvTransposeLayerOptions extends LayerOptions, ConvTranspose2dOptions, KernelSize {}

const kernelSize = ({ kernel }: KernelSize): readonly [number, number] =>
  typeof kernel === 'number' ? [kernel, kernel] : kernel;

/** Channels in one of the groups. */
function perGroup(layer: string, channels: number, groups = 1): number {
  if (channels % groups === 0) return channels / groups;
  throw new ops.ShapeError(
    `${layer}: ${groups} groups do not divide ${channels} channels; both channel counts must be multiples`,
  );
}

/** Convolution; weight [kh, kw, inChannels / groups, outChannels]. */
export function conv2d(inChannels: number, outChannels: number, options: ConvLayerOptions): Module {
  const [kh, kw] = kernelSize(options);
  const inputs = perGroup('nn.conv2d', inChannels, options.groups);
  perGroup('nn.conv2d', outChannels, options.groups);
  const p = affine([kh, kw, inputs, outChannels], outChannels, kh * kw * inputs, options);
  return { parameters: { ...p }, buffers: {}, forward: (x) => plus(ops.conv2d(x, p.weight, options), p.bias) };
}

/** Transposed convolution; weight [kh, kw, outChannels / groups, inChannels]. */
export function convTranspose2d(inChannels: number, outChannels: number, options: ConvTransposeLayerOptions): Module {
  const [kh, kw] = kernelSize(options);
  const outputs = perGroup('nn.convTranspose2d', outChannels, options.groups);
  perGroup('nn.convTranspose2d', inChannels, options.groups);
  // PyTorch computes fan-in from the second axis of its [cin, cout / groups, kh, kw]: the outputs.
  const p = affine([kh, kw, outputs, inChannels], outChannels, kh * kw * outputs, options);
  return { parameters: { ...p }, buffers: {}, forward: (x) => plus(ops.convTranspose2d(x, p.weight, options), p.bias) };
}

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
 * Batch normalization over all axes but the last (channels). In training mode the batch's own statistics are used and the
 * running ones updated, the variance unbiased as PyTorch does; in eval mode the running ones are used.
 */
export function batchNorm2d(channels: number, options: BatchNormOptions): Module {
  const { rng, device, eps = 1e-5, momentum = 0.1, weightInit = ones } = options;
  const make = (init: Initializer) => state(init(rng, channels, channels), [channels], { device });
  const parameters = { weight: make(weightInit), bias: make(zeros) };
  const buffers = { running_mean: make(zeros), running_var: make(ones) };
  const { weight, bias } = parameters;
  const { running_mean: runningMean, running_var: runningVar } = buffers;
  const follow = (running: Tensor, batch: Tensor) =>
    ops.assign(running, ops.add(ops.mul(running, 1 - momentum), ops.mul(ops.detach(batch), momentum)));
  return {
    parameters,
    buffers,
    forward: (x, mode = 'train') => {
      if (mode === 'eval') return ops.normalize(x, runningMean, runningVar, weight, bias, eps);
      const { y, mean, variance } = ops.batchNorm(x, weight, bias, eps);
      const n = x.size / channels;
      follow(runningMean, mean);
      follow(runningVar, ops.mul(variance, n / (n - 1)));
      return y;
    },
  };
}

export const relu: Module = fn(ops.relu);
export const tanh: Module = fn(ops.tanh);
export const sigmoid: Module = fn(ops.sigmoid);
/** Default slope 0.01, as PyTorch; DCGAN uses 0.2. */
export const leakyRelu = (slope = 0.01): Module => fn((x) => ops.leakyRelu(x, slope));
/** [batch, ...] to [batch, features]. */
export const flatten: Module = fn((x) => ops.reshape(x, [x.shape[0]!, -1]));
/** [batch, features] to [batch, ...shape]. */
export const unflatten = (shape: readonly number[]): Module => fn((x) => ops.reshape(x, [x.shape[0]!, ...shape]));
