/**
 * DCGAN (Radford, Metz & Chintala 2015) with the recipe of PyTorch's example: N(0, 0.02) weights, N(1, 0.02) batch-norm scales,
 * ReLU in the generator, LeakyReLU 0.2 in the discriminator, no batch norm on the generator's last and the discriminator's
 * first and last layer.
 *
 * One architecture for all sizes: the image shrinks by strided 4×4 convolutions to a base of 7×7 (for 28) or 4×4 (for powers of
 * two), channels doubling each time; the generator is its mirror. `width` is the channel count next to the image.
 */
import { type Module, nn } from '@ganvas/autograd';
import type { Rng } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { minibatchLayer } from './minibatch.ts';
import { dropoutLayer, type PackOptions, packLayer, parametrizationOf, type RegulariserOptions } from './regularise.ts';

export interface DcganOptions {
  /** Height and width of an image: 28, or a power of two ≥ 16. */
  size: number;
  /** Channels of the layer next to the image: ngf and ndf of PyTorch's example. */
  width: number;
  /** 1 grey, 3 RGB. Default 1. */
  channels?: number;
  /** Length of z. Default 100. */
  latent?: number;
  /** Source of the initial weights. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
}

export interface DcganDiscriminatorOptions extends DcganOptions, RegulariserOptions, PackOptions {
  /**
   * Normalization of all layers but the first and the last: over the batch (default; called `bn2`, …), or within each example
   * (called `norm2`, …), `instance` by channel, `layer` over all of it. All but `none` learn a scale and a shift a channel.
   */
  norm?: RunConfig['norm'];
}

export const LATENT = 100;

/** How often the image is halved, and the size at which that ends. */
function pyramid(size: number): { levels: number; base: number } {
  if (size === 28) return { levels: 2, base: 7 };
  const levels = Math.log2(size) - 2;
  if (!Number.isInteger(levels) || levels < 2)
    throw new ConfigError(`dcgan: size must be 28 or a power of two ≥ 16, got ${size}`);
  return { levels, base: 4 };
}

const halve = { kernel: 4, stride: 2, padding: 1 };
const weightInit = nn.normal(0, 0.02);
const scaleInit = nn.normal(1, 0.02);

/** z [batch, latent] → images [batch, size, size, channels] in (−1, 1). */
export const generator = (options: DcganOptions): Module =>
  nn.sequential(generatorLayers(options, (channels, norm) => nn.batchNorm2d(channels, norm)));

/** The same with any normalization of so many channels. */
export function generatorLayers<Norm>(
  { size, width, channels = 1, latent = LATENT, rng, device }: DcganOptions,
  normOf: (channels: number, options: { weightInit: nn.Initializer; rng: Rng; device?: Device }) => Norm,
): Record<string, Module | Norm> {
  const { levels, base } = pyramid(size);
  const norm = (channels: number) => normOf(channels, { weightInit: scaleInit, rng, device });
  const hidden = { ...halve, rng, device, weightInit, bias: false };
  const top = width * 2 ** (levels - 1);
  const layers: Record<string, Module | Norm> = {
    fc: nn.linear(latent, base * base * top, { rng, device, weightInit, bias: false }),
    unflatten: nn.unflatten([base, base, top]),
    bn1: norm(top),
    relu1: nn.relu,
  };
  for (let level = 1; level < levels; level++) {
    const from = top / 2 ** (level - 1);
    layers[`up${level}`] = nn.convTranspose2d(from, from / 2, hidden);
    layers[`bn${level + 1}`] = norm(from / 2);
    layers[`relu${level + 1}`] = nn.relu;
  }
  layers[`up${levels}`] = nn.convTranspose2d(width, channels, { ...hidden, bias: true, biasInit: nn.zeros });
  layers.tanh = nn.tanh;
  return layers;
}

/** Images [batch, size, size, channels] → logits [batch, 1]: positive for real. */
export const discriminator = (options: DcganDiscriminatorOptions): Module =>
  nn.sequential(discriminatorLayers(options));

/** Its layers, of which the last is `fc`. */
export function discriminatorLayers(options: DcganDiscriminatorOptions): Record<string, Module> {
  const { layers, features } = discriminatorTrunk(options);
  return { ...layers, fc: nn.linear(features, 1, layerOptions(options)) };
}

/** How the layers of a discriminator are made, but for their sizes. */
export const layerOptions = (options: RegulariserOptions): nn.LayerOptions => ({
  ...{ rng: options.rng, device: options.device, weightInit, biasInit: nn.zeros },
  ...parametrizationOf(options),
});

/** All but the last layer: images → [batch, features]. */
export function discriminatorTrunk(options: DcganDiscriminatorOptions): {
  layers: Record<string, Module>;
  features: number;
} {
  const { size, width, channels = 1, norm = 'batch', pack = 1 } = options;
  const { levels, base } = pyramid(size);
  const convolution = { ...halve, ...layerOptions(options) };
  const layers: Record<string, Module> = {
    ...packLayer(pack),
    conv1: nn.conv2d(pack * channels, width, convolution),
    leaky1: nn.leakyRelu(0.2),
    ...dropoutLayer(1, options),
  };
  for (let level = 2; level <= levels; level++) {
    const to = width * 2 ** (level - 1);
    layers[`conv${level}`] = nn.conv2d(to / 2, to, { ...convolution, bias: norm === 'none' });
    Object.assign(layers, normLayer(level, to, options));
    layers[`leaky${level}`] = nn.leakyRelu(0.2);
    Object.assign(layers, dropoutLayer(level, options));
  }
  const seen = minibatchLayer(base * base * width * 2 ** (levels - 1), options);
  return { layers: { ...layers, flatten: nn.flatten, ...seen.layers }, features: seen.features };
}

function normLayer(level: number, channels: number, options: DcganDiscriminatorOptions): Record<string, Module> {
  const { norm = 'batch', rng, device } = options;
  switch (norm) {
    case 'batch':
      return { [`bn${level}`]: nn.batchNorm2d(channels, { weightInit: scaleInit, rng, device }) };
    case 'instance':
      return { [`norm${level}`]: nn.instanceNorm2d(channels, { device, affine: true }) };
    case 'layer': // with a scale and a shift a channel, as the code of Gulrajani et al. 2017 has it
      return { [`norm${level}`]: nn.groupNorm(1, channels, { device }) };
    case 'none':
      return {};
  }
}
