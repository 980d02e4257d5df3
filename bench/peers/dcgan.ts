/** The DCGAN that every peer trains. */
import { nn } from '@ganvas/autograd';
import { LATENT } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import type { DcganCase } from '../cases.ts';
import { IMAGES, imageBytes } from '../image-gan.ts';
import { ADAM } from './inputs.ts';
import { COMPARED_STEPS, type GanRecipe, initialParameters, type Layer, type Networks, type Start } from './recipe.ts';

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

/** Seed, streams and data are those of the case in ganvas, so that its losses are expected. */
const SEED = 1;
const STREAM = { generator: 1, discriminator: 2, noise: 3 };

const START: Start = { weight: nn.normal(0, 0.02), bias: nn.zeros, scale: nn.normal(1, 0.02) };

export function dcganRecipe(problem: DcganCase): GanRecipe {
  const { size, batch } = problem;
  const layers = dcganLayers(problem);
  const seeds = new Rng(SEED);
  const noise = seeds.fork(STREAM.noise);
  return {
    ...{ layers, batch, latent: LATENT, lr: ADAM.lr },
    weights: {
      generator: initialParameters(layers.generator, seeds.fork(STREAM.generator), START),
      discriminator: initialParameters(layers.discriminator, seeds.fork(STREAM.discriminator), START),
    },
    noise: Array.from({ length: COMPARED_STEPS }, () => noise.normals(batch * LATENT)),
    shape: [batch, size, size, 1],
    real: [realImages(problem)],
    mixture: null,
  };
}

/** The batch that the case in ganvas gathers, resized as it resizes (bilinear, centres aligned). */
function realImages({ size, batch }: DcganCase): Float32Array {
  const { count, side } = IMAGES;
  const bytes = imageBytes();
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
        const row = (i: number) => (((n * 37) % count) * side + i) * side;
        const across = (i: number) => bytes[row(i) + x.low]! * (1 - x.share) + bytes[row(i) + x.high]! * x.share;
        real[next++] = (across(y.low) * (1 - y.share) + across(y.high) * y.share) / 127.5 - 1;
      }
  return real;
}
