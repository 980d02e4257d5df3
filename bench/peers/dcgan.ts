/**
 * The DCGAN that every peer trains: ganvas's architecture as a list of layers, and where its first step starts. An engine writes
 * `forward` over the list with its own ops.
 */
import { conv2dCost, Rng, scattered } from '@ganvas/kernels-wgsl';
import type { DcganCase } from '../cases.ts';

export type Layer =
  | { op: 'linear'; name: string; from: number; to: number; bias: boolean }
  /** 4×4, stride 2, padding 1; `height` is that of the input. */
  | { op: 'conv2d' | 'convTranspose2d'; name: string; from: number; to: number; height: number; bias: boolean }
  | { op: 'batchNorm'; name: string; channels: number }
  | { op: 'unflatten'; height: number; channels: number }
  | { op: 'flatten'; height: number; channels: number }
  | { op: 'relu' | 'leakyRelu' | 'tanh' };

/** Length of z. */
export const LATENT = 100;
/** Of LeakyReLU, below zero. */
export const SLOPE = 0.2;

export interface Networks {
  generator: Layer[];
  discriminator: Layer[];
}

export function dcganLayers({ size, width }: Pick<DcganCase, 'size' | 'width'>): Networks {
  const base = size === 28 ? 7 : 4;
  const levels = Math.log2(size / base);
  const top = width * 2 ** (levels - 1);
  const generator: Layer[] = [
    { op: 'linear', name: 'fc', from: LATENT, to: base * base * top, bias: false },
    { op: 'unflatten', height: base, channels: top },
    { op: 'batchNorm', name: 'bn1', channels: top },
    { op: 'relu' },
  ];
  const discriminator: Layer[] = [
    { op: 'conv2d', name: 'conv1', from: 1, to: width, height: size, bias: true },
    { op: 'leakyRelu' },
  ];
  for (let level = 1; level < levels; level++) {
    const wide = top / 2 ** (level - 1);
    generator.push(
      {
        op: 'convTranspose2d',
        name: `up${level}`,
        from: wide,
        to: wide / 2,
        height: base * 2 ** (level - 1),
        bias: false,
      },
      { op: 'batchNorm', name: `bn${level + 1}`, channels: wide / 2 },
      { op: 'relu' },
    );
    const narrow = width * 2 ** (level - 1);
    discriminator.push(
      { op: 'conv2d', name: `conv${level + 1}`, from: narrow, to: 2 * narrow, height: size / 2 ** level, bias: false },
      { op: 'batchNorm', name: `bn${level + 1}`, channels: 2 * narrow },
      { op: 'leakyRelu' },
    );
  }
  generator.push(
    { op: 'convTranspose2d', name: `up${levels}`, from: width, to: 1, height: size / 2, bias: true },
    { op: 'tanh' },
  );
  discriminator.push(
    { op: 'flatten', height: base, channels: top },
    { op: 'linear', name: 'fc', from: base * base * top, to: 1, bias: true },
  );
  return { generator, discriminator };
}

export interface Parameter {
  shape: number[];
  values: Float32Array;
}

/** Weights by ganvas's names (`conv1.weight`), in its layouts: HWIO, of a transposed convolution [kh, kw, to, from]. */
export type Parameters = Record<string, Parameter>;

export interface DcganStart {
  generator: Parameters;
  discriminator: Parameters;
  /** [batch, size, size, 1] in [−1, 1] */
  real: Float32Array;
  /** [batch, LATENT] for each of the first steps, those that can be compared; later ones draw their own. */
  noise: Float32Array[];
}

/** Two, since the first step's losses say nothing of G's update. */
const COMPARED_STEPS = 2;

/** Seed, streams and data are those of the case in ganvas, so that its losses are expected. */
const SEED = 1;
const STREAM = { generator: 1, discriminator: 2, noise: 3 };
/** The images that the case in ganvas makes up. */
export const DATA = { images: 256, side: 28 };

export function dcganStart(problem: DcganCase): DcganStart {
  const { generator, discriminator } = dcganLayers(problem);
  const seeds = new Rng(SEED);
  const noise = seeds.fork(STREAM.noise);
  return {
    generator: initialParameters(generator, seeds.fork(STREAM.generator)),
    discriminator: initialParameters(discriminator, seeds.fork(STREAM.discriminator)),
    real: realImages(problem),
    noise: Array.from({ length: COMPARED_STEPS }, () => noise.normals(problem.batch * LATENT)),
  };
}

/** N(0, 0.02²), scales of batch norm N(1, 0.02²), biases 0; drawn layer by layer. */
function initialParameters(layers: readonly Layer[], rng: Rng): Parameters {
  const parameters: Parameters = {};
  const add = (name: string, shape: number[], mean: number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    parameters[`${name}.weight`] = { shape, values: rng.normals(size, mean, 0.02) };
  };
  const addBias = (name: string, size: number) => {
    parameters[`${name}.bias`] = { shape: [size], values: new Float32Array(size) };
  };
  for (const layer of layers) {
    if (layer.op === 'linear') add(layer.name, [layer.from, layer.to], 0);
    else if (layer.op === 'conv2d') add(layer.name, [4, 4, layer.from, layer.to], 0);
    else if (layer.op === 'convTranspose2d') add(layer.name, [4, 4, layer.to, layer.from], 0);
    else if (layer.op === 'batchNorm') add(layer.name, [layer.channels], 1);
    if ('bias' in layer && layer.bias) addBias(layer.name, layer.to);
    if (layer.op === 'batchNorm') addBias(layer.name, layer.channels);
  }
  return parameters;
}

/** The batch that the case in ganvas gathers, resized as it resizes (bilinear, centres aligned). */
function realImages({ size, batch }: DcganCase): Float32Array {
  const { images, side } = DATA;
  const bytes = Uint8Array.from(scattered(images * side * side), (value) => 255 * (value + 0.5));
  const between = Array.from({ length: size }, (_, i) => {
    const at = Math.min(side - 1, Math.max(0, ((i + 0.5) * side) / size - 0.5));
    const low = Math.floor(at);
    return { low, high: Math.min(side - 1, low + 1), share: at - low };
  });
  const real = new Float32Array(batch * size * size);
  let next = 0;
  for (let n = 0; n < batch; n++)
    for (const y of between)
      for (const x of between) {
        const row = (i: number) => (((n * 37) % images) * side + i) * side;
        const across = (i: number) => bytes[row(i) + x.low]! * (1 - x.share) + bytes[row(i) + x.high]! * x.share;
        real[next++] = (across(y.low) * (1 - y.share) + across(y.high) * y.share) / 127.5 - 1;
      }
  return real;
}

/**
 * Multiply-adds, times two, of the products and convolutions in one step: what the recipe needs, padding not counted. G runs
 * forward once and its batch serves both halves; D runs forward on real, generated, and after its update generated images again.
 */
export function dcganFlops(problem: DcganCase): number {
  const { generator, discriminator } = dcganLayers(problem);
  const cost = (layers: readonly Layer[]) =>
    layers.map((layer) => layerFlops(layer, problem.batch)).filter((f) => f > 0);
  const total = (flops: readonly number[]) => flops.reduce((a, b) => a + b, 0);
  const [g, d] = [cost(generator), cost(discriminator)];
  const forward = total(g) + 3 * total(d);
  // Of each layer the gradient of its weights; of all but a network's first that of its input, and of D's for G's sake.
  const updateD = 2 * (total(d) + total(d.slice(1)));
  const updateG = total(d) + total(g) + total(g.slice(1));
  return forward + updateD + updateG;
}

function layerFlops(layer: Layer, batch: number): number {
  switch (layer.op) {
    case 'linear':
      return 2 * batch * layer.from * layer.to;
    case 'conv2d':
      return halvingFlops(batch, layer.height, layer.from, layer.to);
    case 'convTranspose2d':
      return halvingFlops(batch, 2 * layer.height, layer.to, layer.from);
    default:
      return 0;
  }
}

/** Of the convolution that halves an image; the transposed one and the gradients need as many. */
const halvingFlops = (batch: number, height: number, inChannels: number, outChannels: number): number =>
  conv2dCost({
    ...{ batch, height, width: height, inChannels, outHeight: height / 2, outWidth: height / 2, outChannels },
    ...{ kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 },
  }).flops;
