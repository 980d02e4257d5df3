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

export const LATENT = 100;

/** How often the image is halved, and the size at which that ends. */
function pyramid(size: number): { levels: number; base: number } {
  if (size === 28) return { levels: 2, base: 7 };
  const levels = Math.log2(size) - 2;
  if (!Number.isInteger(levels) || levels < 2)
    throw new Error(`dcgan: size must be 28 or a power of two ≥ 16, got ${size}`);
  return { levels, base: 4 };
}

const halve = { kernel: 4, stride: 2, padding: 1 };
const weightInit = nn.normal(0, 0.02);

/** z [batch, latent] → images [batch, size, size, channels] in (−1, 1). */
export function generator({ size, width, channels = 1, latent = LATENT, rng, device }: DcganOptions): Module {
  const { levels, base } = pyramid(size);
  const scale = { weightInit: nn.normal(1, 0.02), rng, device };
  const hidden = { ...halve, rng, device, weightInit, bias: false };
  const top = width * 2 ** (levels - 1);
  const layers: Record<string, Module> = {
    fc: nn.linear(latent, base * base * top, { rng, device, weightInit, bias: false }),
    unflatten: nn.unflatten([base, base, top]),
    bn1: nn.batchNorm2d(top, scale),
    relu1: nn.relu,
  };
  for (let level = 1; level < levels; level++) {
    const from = top / 2 ** (level - 1);
    layers[`up${level}`] = nn.convTranspose2d(from, from / 2, hidden);
    layers[`bn${level + 1}`] = nn.batchNorm2d(from / 2, scale);
    layers[`relu${level + 1}`] = nn.relu;
  }
  layers[`up${levels}`] = nn.convTranspose2d(width, channels, { ...hidden, bias: true, biasInit: nn.zeros });
  layers.tanh = nn.tanh;
  return nn.sequential(layers);
}

/** Images [batch, size, size, channels] → logits [batch, 1]: positive for real. */
export function discriminator({ size, width, channels = 1, rng, device }: DcganOptions): Module {
  const { levels, base } = pyramid(size);
  const outer = { rng, device, weightInit, biasInit: nn.zeros };
  const layers: Record<string, Module> = {
    conv1: nn.conv2d(channels, width, { ...halve, ...outer }),
    leaky1: nn.leakyRelu(0.2),
  };
  for (let level = 2; level <= levels; level++) {
    const to = width * 2 ** (level - 1);
    layers[`conv${level}`] = nn.conv2d(to / 2, to, { ...halve, ...outer, bias: false });
    layers[`bn${level}`] = nn.batchNorm2d(to, { weightInit: nn.normal(1, 0.02), rng, device });
    layers[`leaky${level}`] = nn.leakyRelu(0.2);
  }
  layers.flatten = nn.flatten;
  layers.fc = nn.linear(base * base * width * 2 ** (levels - 1), 1, outer);
  return nn.sequential(layers);
}
