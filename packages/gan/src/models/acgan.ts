/**
 * ACGAN (Odena, Olah & Shlens 2017) as tfjs-examples' and Keras' `mnist_acgan` build it: the generator multiplies z with an embedding
 * of the class; the discriminator is not told the class but tells it, by a second head. Everything is theirs at 28×28 with width 32:
 * TensorFlow's 'same' padding, Glorot's truncated normal weights, zero biases, batch norm after ReLU, by Keras' defaults. (Their
 * discriminator ends in a sigmoid and a softmax, this one in logits; their running variance is the biased one.)
 */
import { type Module, nn } from '@ganvas/autograd';
import type { Rng } from '@ganvas/kernels-wgsl';
import { type Device, mul, reshape } from '@ganvas/tensor';
import { ConfigError } from '../config-error.ts';
import { labelsFor, tensorsOf } from './conditional.ts';
import { layeredDiscriminator } from './layered.ts';
import { minibatchLayer } from './minibatch.ts';
import type { Discriminator, Generator } from './nets.ts';
import { dropoutLayer, parametrizationOf, type RegulariserOptions } from './regularise.ts';

export interface AcganOptions {
  /** Height and width of an image: a multiple of 4, at least 20. Default 28. */
  size?: number;
  /** 1 grey, 3 RGB. Default 1. */
  channels?: number;
  /** Channels of the discriminator's first layer; of the others 2, 4 and 8 times as many, of the generator's 12, 6 and 3. Default 32. */
  width?: number;
  /** Length of z, and of a class's embedding. Default 100. */
  latent?: number;
  /** Default 10. */
  classes?: number;
  /** Source of the initial weights. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
}

export interface AcganDiscriminatorOptions extends Omit<AcganOptions, 'latent'>, RegulariserOptions {}

const DROPOUT = 0.3;

/** Glorot & Bengio's variance, beyond two standard deviations drawn again: tfjs' `glorotNormal`. */
const glorotNormal: nn.Initializer = (rng, size, fanIn, fanOut) => {
  const std = Math.sqrt(2 / (fanIn + fanOut));
  return Float32Array.from({ length: size }, () => {
    let x = rng.normal();
    while (Math.abs(x) > 2) x = rng.normal();
    return std * x;
  });
};

/**
 * Layers `embed`, `fc`, `up1` to `up3`, `bn1` and `bn2`: from 3×3 (at 28×28) to 7×7, and twice doubled.
 * @throws ConfigError for a size that these do not reach
 */
export function acganGenerator(options: AcganOptions): Generator {
  const { size = 28, channels = 1, width = 32, latent = 100, classes = 10, rng, device } = options;
  const base = checkedSize(size) / 4 - 4;
  const made = { rng, device, weightInit: glorotNormal, biasInit: nn.zeros };
  const norm = { rng, device, momentum: 0.01, eps: 1e-3 };
  const double = { ...made, kernel: 5, stride: 2, padding: [pads(1, 2), pads(1, 2)] } as const;
  const embed = nn.embedding(classes, latent, { rng, device, weightInit: glorotNormal });
  const body = nn.sequential({
    fc: nn.linear(latent, base * base * 12 * width, made),
    relu1: nn.relu,
    unflatten: nn.unflatten([base, base, 12 * width]),
    up1: nn.convTranspose2d(12 * width, 6 * width, { ...made, kernel: 5 }),
    relu2: nn.relu,
    bn1: nn.batchNorm2d(6 * width, norm),
    up2: nn.convTranspose2d(6 * width, 3 * width, double),
    relu3: nn.relu,
    bn2: nn.batchNorm2d(3 * width, norm),
    up3: nn.convTranspose2d(3 * width, channels, double),
    tanh: nn.tanh,
  });
  return {
    ...tensorsOf({ embed, ...body.layers }),
    latent,
    example: [size, size, channels],
    classes,
    forward(z, labels, mode) {
      const told = embed.forward(labelsFor('acgan’s generator', labels));
      return body.forward(mul(reshape(z, [-1, latent]), told), mode);
    },
  };
}

/** Layers `conv1` to `conv4`, `fc` for real or generated, and `aux` for the class. Dropout is 0.3 by default. */
export function acganDiscriminator(options: AcganDiscriminatorOptions): Discriminator {
  const { size = 28, channels = 1, width = 32, classes = 10, dropout = DROPOUT, rng, device } = options;
  const made = { rng, device, weightInit: glorotNormal, biasInit: nn.zeros, ...parametrizationOf(options) };
  const layers: Record<string, Module> = {};
  const sizes = [channels, width, 2 * width, 4 * width, 8 * width];
  for (let i = 1; i < sizes.length; i++) {
    const convolution = { ...made, kernel: 3, stride: i % 2 === 1 ? 2 : 1, padding: 'same' } as const;
    layers[`conv${i}`] = nn.conv2d(sizes[i - 1]!, sizes[i]!, convolution);
    layers[`leaky${i}`] = nn.leakyRelu(0.2);
    Object.assign(layers, dropoutLayer(i, { ...options, dropout }));
  }
  const seen = minibatchLayer((checkedSize(size) / 4) ** 2 * 8 * width, options);
  Object.assign(layers, { flatten: nn.flatten }, seen.layers, { fc: nn.linear(seen.features, 1, made) });
  const aux = nn.linear(seen.features, classes, made);
  const body = layeredDiscriminator(layers);
  return {
    ...tensorsOf({ ...layers, aux }),
    forward(x, _labels, mode) {
      const verdict = body.forward(x, null, mode);
      return { ...verdict, classLogits: aux.forward(verdict.features!, mode) };
    },
  };
}

const pads = (before: number, after: number) => [before, after] as const;

function checkedSize(size: number): number {
  if (size % 4 === 0 && size >= 20) return size;
  throw new ConfigError(`acgan: size must be a multiple of 4 of at least 20, got ${size}; use 28`);
}
