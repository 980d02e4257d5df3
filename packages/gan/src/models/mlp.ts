/**
 * Fully connected nets, the GAN of the first paper (Goodfellow et al. 2014): linear layers with an activation between them,
 * PyTorch's default initial values. With the defaults they make and judge points of the plane; `mlpImageGenerator` makes images as
 * the usual scripts do (z 100 → 256 → 512 → 1024 → 784), whose rows the discriminator flattens itself.
 */
import { type Module, nn } from '@ganvas/autograd';
import { type Rng, sizeOf } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import { minibatchLayer } from './minibatch.ts';
import { dropoutLayer, type PackOptions, packLayer, parametrizationOf, type RegulariserOptions } from './regularise.ts';

interface MlpOptions {
  /** Features of each hidden layer, from the input on. Default [32, 32]. */
  hidden?: readonly number[];
  /** Source of the initial weights. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
}

export interface MlpGeneratorOptions extends MlpOptions {
  /** Length of z. Default 2. */
  latent?: number;
  /** Features of what it makes: a point's coordinates, an image's pixels. Default 2. */
  out?: number;
  /** After each hidden layer. Default ReLU. */
  activation?: Module;
  /** After the last layer. Default none: points may lie anywhere. */
  output?: Module;
}

export interface MlpDiscriminatorOptions extends MlpOptions, RegulariserOptions, PackOptions {
  /** Features of what it judges. Default 2. */
  inputs?: number;
  /** After each hidden layer. Default LeakyReLU 0.2. */
  activation?: Module;
}

export interface MlpImageOptions extends MlpOptions {
  /** Height, width and channels of an image. Default [28, 28, 1]. */
  example?: readonly number[];
  /** Length of z. Default 100. */
  latent?: number;
}

/** z [batch, latent] → points [batch, out]. Layers `fc1`, `fc2`, …; parameters `fc1.weight` [latent, hidden₁] and so on. */
export function mlpGenerator(options: MlpGeneratorOptions): Module {
  const { latent = 2, hidden = HIDDEN, out = 2, activation = nn.relu, output } = options;
  const layers = dense([latent, ...hidden, out], activation, options);
  return nn.sequential(output ? { ...layers, output } : layers);
}

/** z [batch, latent] → images [batch, ...example] in (−1, 1), through LeakyReLU 0.2 and tanh. Hidden layers by default 256, 512, 1024. */
export function mlpImageGenerator(options: MlpImageOptions): Module {
  const { example = [28, 28, 1], latent = 100, hidden = [256, 512, 1024], rng, device } = options;
  const output = nn.sequential({ tanh: nn.tanh, unflatten: nn.unflatten(example) });
  const sizes = { latent, hidden, out: sizeOf(example) };
  return mlpGenerator({ ...sizes, activation: nn.leakyRelu(0.2), output, rng, device });
}

/** Points [batch, inputs], or images of `inputs` values each → logits [batch, 1]: positive for real. */
export const mlpDiscriminator = (options: MlpDiscriminatorOptions): Module =>
  nn.sequential(mlpDiscriminatorLayers(options));

/** Its layers `fc1`, `fc2`, …, of which the last is the output's. */
export function mlpDiscriminatorLayers(options: MlpDiscriminatorOptions): Record<string, Module> {
  const { inputs = 2, hidden = HIDDEN, activation = nn.leakyRelu(0.2), pack = 1 } = options;
  return {
    ...packLayer(pack),
    flatten: nn.flatten,
    ...dense([pack * inputs, ...hidden, 1], activation, options),
  };
}

const HIDDEN = [32, 32] as const;

/** A linear layer from each size to the next, an activation between each two. */
function dense(sizes: readonly number[], activation: Module, options: RegulariserOptions): Record<string, Module> {
  const { rng, device } = options;
  const made = { rng, device, ...parametrizationOf(options) };
  const layers: Record<string, Module> = {};
  const last = sizes.length - 1;
  for (let i = 1; i < last; i++) {
    layers[`fc${i}`] = nn.linear(sizes[i - 1]!, sizes[i]!, made);
    layers[`activation${i}`] = activation;
    Object.assign(layers, dropoutLayer(i, options));
  }
  const seen = minibatchLayer(sizes[last - 1]!, options);
  return { ...layers, ...seen.layers, [`fc${last}`]: nn.linear(seen.features, sizes[last]!, made) };
}
