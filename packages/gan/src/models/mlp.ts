/**
 * Fully connected nets, the GAN of the first paper (Goodfellow et al. 2014): linear layers with an activation between them,
 * PyTorch's default initial values. With the defaults they make and judge points of the plane; with `hidden: [256, 512, 1024]`,
 * `out: 784` and `output: nn.tanh` they make images, whose rows the discriminator flattens itself.
 */
import { type Module, nn } from '@ganvas/autograd';
import type { Rng } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';

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

export interface MlpDiscriminatorOptions extends MlpOptions {
  /** Features of what it judges. Default 2. */
  inputs?: number;
  /** After each hidden layer. Default LeakyReLU 0.2. */
  activation?: Module;
}

/** z [batch, latent] → points [batch, out]. Layers `fc1`, `fc2`, …; parameters `fc1.weight` [latent, hidden₁] and so on. */
export function mlpGenerator(options: MlpGeneratorOptions): Module {
  const { latent = 2, hidden = HIDDEN, out = 2, activation = nn.relu, output } = options;
  const layers = dense([latent, ...hidden, out], activation, options);
  return nn.sequential(output ? { ...layers, output } : layers);
}

/** Points [batch, ...], of `inputs` features each → logits [batch, 1]: positive for real. */
export function mlpDiscriminator(options: MlpDiscriminatorOptions): Module {
  const { inputs = 2, hidden = HIDDEN, activation = nn.leakyRelu(0.2) } = options;
  return nn.sequential({ flatten: nn.flatten, ...dense([inputs, ...hidden, 1], activation, options) });
}

const HIDDEN = [32, 32] as const;

/** A linear layer from each size to the next, an activation between each two. */
function dense(
  sizes: readonly number[],
  activation: Module,
  { rng, device }: Pick<MlpOptions, 'rng' | 'device'>,
): Record<string, Module> {
  const layers: Record<string, Module> = {};
  for (let i = 1; i < sizes.length; i++) {
    if (i > 1) layers[`activation${i - 1}`] = activation;
    layers[`fc${i}`] = nn.linear(sizes[i - 1]!, sizes[i]!, { rng, device });
  }
  return layers;
}
