/**
 * cGAN with a projection discriminator (Miyato & Koyama 2018) on the bodies of a DCGAN: D(x, y) = ψ(φ(x)) + embed(y)·φ(x), and a
 * generator that is told the class by its batch norms. φ is DCGAN's flattened features, not their sum over the positions as in the
 * paper: its net sees the whole image at each position, and this shallow one a patch of it.
 */
import { nn } from '@ganvas/autograd';
import { add, oneHot, reshape, sum, where } from '@ganvas/tensor';
import { labelsFor, tensorsOf } from './conditional.ts';
import { conditionalBatchNorm2d } from './conditional-batch-norm.ts';
import {
  type DcganDiscriminatorOptions,
  type DcganOptions,
  discriminatorTrunk,
  generatorLayers,
  LATENT,
  layerOptions,
} from './dcgan.ts';
import { layeredDiscriminator } from './layered.ts';
import type { Discriminator, Generator } from './nets.ts';

export interface ProjectionOptions extends DcganOptions {
  classes: number;
}
export interface ProjectionDiscriminatorOptions extends Omit<DcganDiscriminatorOptions, 'pack'> {
  classes: number;
}

/** Parameters: DCGAN's, with `bn1.scale.weight` and `bn1.shift.weight` [classes, channels] where that has `bn1.weight` and `bn1.bias`. */
export function projectionGenerator({ classes, ...options }: ProjectionOptions): Generator {
  const { size, channels = 1, latent = LATENT } = options;
  const layers = generatorLayers(options, (features, norm) => conditionalBatchNorm2d(features, classes, norm));
  return {
    ...tensorsOf(layers),
    latent,
    example: [size, size, channels],
    classes,
    forward(z, labels, mode = 'train') {
      const told = labelsFor('the projection GAN’s generator', labels);
      return Object.values(layers).reduce((x, layer) => layer.forward(x, mode, told), reshape(z, [-1, latent]));
    },
  };
}

/** Parameters: DCGAN's (ψ is `fc`), and `projection.weight` [features, classes], whose columns are the classes' embeddings. */
export function projectionDiscriminator({ classes, ...options }: ProjectionDiscriminatorOptions): Discriminator {
  const { layers, features } = discriminatorTrunk(options);
  const fc = nn.linear(features, 1, layerOptions(options));
  const projection = nn.linear(features, classes, { ...layerOptions(options), bias: false });
  const body = layeredDiscriminator({ ...layers, fc });
  return {
    ...tensorsOf({ ...layers, fc, projection }),
    forward(x, labels, mode) {
      const told = oneHot(labelsFor('the projection discriminator', labels), classes);
      const verdict = body.forward(x, null, mode);
      const products = projection.forward(verdict.features!, mode);
      return { ...verdict, logits: add(verdict.logits, sum(where(told, products, 0), 1, { keepDims: true })) };
    },
  };
}
