/** Layers with PyTorch's meaning of every argument; activations are NHWC. */
import { type Rng, sizeOf } from '@ganvas/kernels-wgsl';
import * as ops from '@ganvas/tensor';
import { type Conv2dOptions, type ConvTranspose2dOptions, type Device, state, type Tensor } from '@ganvas/tensor';
import { type Initializer, uniformFanIn } from './init.ts';
import { fn, type Module } from './module.ts';
import { type Parametrization, plainWeight } from './parametrization.ts';

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
  /** What the weight is computed from at each call: `spectralNorm()`, `weightScaling()`. Default: it is what is trained. */
  parametrization?: Parametrization;
}

/** A weight of some shape whose axis `outputAxis` counts the outputs, a bias, and what the layer computes with the weight. */
interface Affine {
  type: string;
  shape: readonly [...area: number[], rows: number, columns: number];
  outputAxis: number;
  compute(x: Tensor, weight: Tensor): Tensor;
}

function affine({ type, shape, outputAxis, compute }: Affine, outputs: number, options: LayerOptions): Module {
  const { rng, device, bias: wanted = true, parametrization = plainWeight } = options;
  const { weightInit = parametrization.weightInit ?? uniformFanIn, biasInit = uniformFanIn } = options;
  const size = sizeOf(shape);
  // PyTorch counts fans by its own first two axes: our last two, for a transposed convolution as well, whichever are the inputs.
  const [fanIn, fanOut] = [size / shape.at(-1)!, size / shape.at(-2)!];
  const values = weightInit(rng, size, fanIn, fanOut);
  const trained = { weight: state(values, shape, { device }), values, outputAxis, fanIn, rng, device };
  const bias = wanted ? state(biasInit(rng, outputs, fanIn, fanOut), [outputs], { device }) : null;
  const { parameters, buffers, weight } = parametrization.attach(trained);
  return {
    type,
    parameters: { ...parameters, ...(bias && { bias }) },
    buffers,
    forward: (x, mode = 'train') => {
      const y = compute(x, weight(mode));
      return bias ? ops.add(y, bias) : y;
    },
  };
}

/** y = x · weight + bias. x [batch, inFeatures], weight [inFeatures, outFeatures]. */
export function linear(inFeatures: number, outFeatures: number, options: LayerOptions): Module {
  const compute = (x: Tensor, weight: Tensor) => ops.matmul(x, weight);
  return affine({ type: 'Linear', shape: [inFeatures, outFeatures], outputAxis: 1, compute }, outFeatures, options);
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
  const compute = (x: Tensor, weight: Tensor) => ops.conv2d(x, weight, options);
  const shape = [kh, kw, inputs, outChannels] as const;
  return affine({ type: 'Conv2d', shape, outputAxis: 3, compute }, outChannels, options);
}

/** Transposed convolution; weight [kh, kw, outChannels / groups, inChannels]. */
export function convTranspose2d(inChannels: number, outChannels: number, options: ConvTransposeLayerOptions): Module {
  const [kh, kw] = kernelSize(options);
  const outputs = perGroup('nn.convTranspose2d', outChannels, options.groups);
  perGroup('nn.convTranspose2d', inChannels, options.groups);
  const compute = (x: Tensor, weight: Tensor) => ops.convTranspose2d(x, weight, options);
  const shape = [kh, kw, outputs, inChannels] as const;
  return affine({ type: 'ConvTranspose2d', shape, outputAxis: 2, compute }, outChannels, options);
}

export const relu: Module = fn(ops.relu, 'ReLU');
export const tanh: Module = fn(ops.tanh, 'Tanh');
export const sigmoid: Module = fn(ops.sigmoid, 'Sigmoid');
/** Default slope 0.01, as PyTorch; DCGAN uses 0.2. */
export const leakyRelu = (slope = 0.01): Module => fn((x) => ops.leakyRelu(x, slope), 'LeakyReLU');
/** [batch, ...] to [batch, features]. */
export const flatten: Module = fn((x) => ops.reshape(x, [x.shape[0]!, -1]), 'Flatten');
/** [batch, features] to [batch, ...shape]. */
export const unflatten = (shape: readonly number[]): Module =>
  fn((x) => ops.reshape(x, [x.shape[0]!, ...shape]), 'Unflatten');
