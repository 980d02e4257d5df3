/**
 * The ACGAN of tfjs-examples (mnist-acgan/gan.js), and the step of its script: D learns from a batch of real images and as many of
 * G's, joined; then G learns from a batch of its own, twice as large.
 */
import { type Conv2dShape, conv2dCost, Rng, sizeOf } from '@ganvas/kernels-wgsl';
import type { AcganScriptCase, ImageGanCase } from '../cases.ts';
import { IMAGES } from '../image-gan.ts';
import { COMPARED_STEPS, type Parameters } from './recipe.ts';

export const ACGAN_SCRIPT = {
  size: IMAGES.side,
  latent: 100,
  classes: IMAGES.classes,
  /** What D should answer to real images, and to those by which G learns. */
  softOne: 0.95,
  /** That of tfjs: its Adam is made without one. */
  adam: { lr: 2e-4, betas: [0.5, 0.999], eps: 1e-7 },
  /** Of the generator of z and labels. */
  seed: 3,
} as const;

/** A layer with weights, by ganvas's names and layouts. */
interface AcganLayer {
  name: string;
  shape: number[];
  fanIn: number;
  /** Elements of the bias. */
  outputs: number;
  /** Two for each multiply-add with an image; the gradients of input and weights need as many. Padding is not counted. */
  flops: number;
}

interface Plane {
  size: number;
  channels: number;
}

const linear = (name: string, from: number, to: number): AcganLayer => ({
  ...{ name, shape: [from, to], fanIn: from, outputs: to, flops: 2 * from * to },
});

/** A convolution of one image with TensorFlow's padding. */
function window(x: Plane, y: Plane, kernel: number, stride: number): { flops: number; shape: number[] } {
  const pad = Math.floor(((y.size - 1) * stride + kernel - x.size) / 2);
  const shape: Conv2dShape = {
    ...{ batch: 1, height: x.size, width: x.size, inChannels: x.channels },
    ...{ outHeight: y.size, outWidth: y.size, outChannels: y.channels },
    ...{ kernelHeight: kernel, kernelWidth: kernel, strideY: stride, strideX: stride, padTop: pad, padLeft: pad },
  };
  return { flops: conv2dCost(shape).flops, shape: [kernel, kernel, x.channels, y.channels] };
}

const conv = (name: string, x: Plane, y: Plane): AcganLayer => ({
  ...{ name, ...window(x, y, 3, x.size / y.size), fanIn: 9 * x.channels, outputs: y.channels },
});

/** The convolution the other way round. */
function convTranspose(name: string, x: Plane, y: Plane, stride: number): AcganLayer {
  const fanIn = (25 * x.channels) / stride ** 2;
  return { name, ...window(y, x, 5, stride), fanIn, outputs: y.channels };
}

/** Layers with weights, but for the embedding and batch norm. */
export function acganLayers({ size, width }: { size: number; width: number }) {
  const { latent, classes } = ACGAN_SCRIPT;
  const [half, quarter] = [size / 2, size / 4];
  const base = quarter - 4;
  const plane = (size: number, channels: number): Plane => ({ size, channels });
  const features = quarter * quarter * 8 * width;
  return {
    generator: [
      linear('fc', latent, base * base * 12 * width),
      convTranspose('up1', plane(base, 12 * width), plane(quarter, 6 * width), 1),
      convTranspose('up2', plane(quarter, 6 * width), plane(half, 3 * width), 2),
      convTranspose('up3', plane(half, 3 * width), plane(size, 1), 2),
    ],
    discriminator: [
      conv('conv1', plane(size, 1), plane(half, width)),
      conv('conv2', plane(half, width), plane(half, 2 * width)),
      conv('conv3', plane(half, 2 * width), plane(quarter, 4 * width)),
      conv('conv4', plane(quarter, 4 * width), plane(quarter, 8 * width)),
      linear('fc', features, 1),
      linear('aux', features, classes),
    ],
  };
}

/** Multiply-adds, times two, of the products and convolutions in a step of the recipe. Every layer of G but none of the embedding's. */
export function acganFlops(problem: Extract<ImageGanCase, { op: 'acgan' }> | AcganScriptCase): number {
  const { op, batch, width } = problem;
  const { generator, discriminator } = acganLayers({ size: op === 'acgan' ? problem.size : ACGAN_SCRIPT.size, width });
  const total = (layers: readonly AcganLayer[]) => layers.reduce((sum, { flops }) => sum + flops, 0);
  const [g, d] = [total(generator), total(discriminator)];
  // Forward and back to the weights of all layers, to the input of all but the first. Forward and back through D to an image; both
  // ways through G, whose first layer has an input to learn: the embedding.
  const [updateD, throughD, updateG] = [2 * d + total(discriminator.slice(1)), 2 * d, 3 * g];
  const made = op === 'acgan' ? updateG : g + 2 * updateG;
  return batch * (made + 2 * updateD + throughD * (op === 'acgan' ? 1 : 2));
}

/** What a net makes of: noise in [−1, 1), and the classes that are asked for. */
export interface Asked {
  z: Float32Array;
  labels: Uint32Array;
}

export interface AcganStart {
  weights: { generator: Parameters; discriminator: Parameters };
  /** What the first steps ask of G, for D's update and for its own; ganvas draws the same. */
  asked: { forD: Asked; forG: Asked }[];
}

export function acganStart({ width, batch }: AcganScriptCase): AcganStart {
  const { size, latent, classes, seed } = ACGAN_SCRIPT;
  const { generator, discriminator } = acganLayers({ size, width });
  const random = new Rng(seed);
  const ask = (count: number): Asked => ({
    z: Float32Array.from({ length: count * latent }, () => 2 * random.uniform() - 1),
    labels: Uint32Array.from({ length: count }, () => random.integer(classes)),
  });
  const weights = random.fork(1);
  const embed = { shape: [classes, latent], values: weights.normals(classes * latent) };
  return {
    weights: {
      generator: { 'embed.weight': embed, ...parametersOf(generator, weights) },
      discriminator: parametersOf(discriminator, weights),
    },
    asked: Array.from({ length: COMPARED_STEPS }, () => ({ forD: ask(batch), forG: ask(2 * batch) })),
  };
}

/** So large that the nets' answers differ from image to image from the first step on: a wrong one is seen. */
const parametersOf = (layers: readonly AcganLayer[], rng: Rng): Parameters =>
  Object.fromEntries(
    layers.flatMap(({ name, shape, fanIn, outputs }) => [
      [`${name}.weight`, { shape, values: rng.normals(sizeOf(shape), 0, Math.sqrt(2 / fanIn)) }],
      [`${name}.bias`, { shape: [outputs], values: rng.normals(outputs, 0, 0.1) }],
    ]),
  );

/** Images of the first batch whose answers are compared before a step is timed. */
export const ACGAN_PROBED = 4;

/**
 * What engines are compared by: G's images, and D's probabilities of them, from the first weights. Then the losses of the last step, where
 * nothing is dropped; else zeros, for each engine drops features of its own (of a loss that is not finite NaN).
 */
export const acganReport = (
  { dropout }: Pick<AcganScriptCase, 'dropout'>,
  probed: readonly ArrayLike<number>[],
  losses: ArrayLike<number>,
): number[] => [
  ...probed.flatMap((values) => Array.from(values)),
  ...Array.from(losses, (loss) => (dropout === 0 ? loss : loss - loss)),
];
