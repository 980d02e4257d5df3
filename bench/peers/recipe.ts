/**
 * What a GAN is to the peers: ganvas's architecture as lists of layers, and where its first steps start. An engine writes
 * `forward` over the list with its own ops.
 */
import type { Initializer } from '@ganvas/autograd';
import type { Mixture } from '@ganvas/gan';
import type { Rng } from '@ganvas/kernels-wgsl';

export type Layer =
  | { op: 'linear'; name: string; from: number; to: number; bias: boolean }
  /** 4×4, stride 2, padding 1; `height` is that of the input. */
  | { op: 'conv2d' | 'convTranspose2d'; name: string; from: number; to: number; height: number; bias: boolean }
  | { op: 'batchNorm'; name: string; channels: number }
  | { op: 'unflatten'; height: number; channels: number }
  | { op: 'flatten'; height: number; channels: number }
  | { op: 'relu' | 'leakyRelu' | 'tanh' };

/** Of LeakyReLU, below zero. */
export const SLOPE = 0.2;

export interface Networks {
  generator: Layer[];
  discriminator: Layer[];
}

export interface Parameter {
  shape: number[];
  values: Float32Array;
}

/** Weights by ganvas's names (`conv1.weight`), in its layouts: HWIO, of a transposed convolution [kh, kw, to, from]. */
export type Parameters = Record<string, Parameter>;

export interface GanRecipe {
  layers: Networks;
  weights: { generator: Parameters; discriminator: Parameters };
  batch: number;
  /** Length of z. */
  latent: number;
  /** Learning rate of both Adams. */
  lr: number;
  /** [batch, latent] for each of the first steps, those that can be compared; later ones draw their own. */
  noise: Float32Array[];
  /** Of a batch of real data: [batch, size, size, 1], or [batch, 2] for points. */
  shape: number[];
  /** Real data of the first steps. */
  real: Float32Array[];
  /** What later steps draw points from; null where they take the last of `real` again. */
  mixture: Mixture | null;
}

/** Two, since the first step's losses say nothing of G's update. */
export const COMPARED_STEPS = 2;

/** How the weights of a net begin. */
export interface Start {
  weight: Initializer;
  bias: Initializer;
  /** Scales of batch norm; its shifts are 0. */
  scale: Initializer;
}

/** Drawn layer by layer, as ganvas draws them. */
export function initialParameters(layers: readonly Layer[], rng: Rng, start: Start): Parameters {
  const parameters: Parameters = {};
  const add = (name: string, shape: number[], init: Initializer, fanIn: number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    parameters[name] = { shape, values: init(rng, size, fanIn, size / (shape.at(-2) ?? 1)) };
  };
  for (const layer of layers) {
    if (layer.op === 'batchNorm') {
      const { name, channels } = layer;
      add(`${name}.weight`, [channels], start.scale, channels);
      parameters[`${name}.bias`] = { shape: [channels], values: new Float32Array(channels) };
    } else if ('name' in layer) {
      const { name, from, to } = layer;
      const shape = { linear: [from, to], conv2d: [4, 4, from, to], convTranspose2d: [4, 4, to, from] }[layer.op];
      const fanIn = { linear: from, conv2d: 16 * from, convTranspose2d: 16 * to }[layer.op];
      add(`${name}.weight`, shape, start.weight, fanIn);
      if (layer.bias) add(`${name}.bias`, [to], start.bias, fanIn);
    }
  }
  return parameters;
}
