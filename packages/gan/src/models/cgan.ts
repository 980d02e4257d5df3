/**
 * Conditional GAN (Mirza & Osindero 2014) on the body of a DCGAN: both nets are told the class. The generator sees an embedding of
 * the label beside z; the discriminator an image plane beside the channels, which a dense layer makes of an embedding of its own.
 */
import { nn } from '@ganvas/autograd';
import { concat, reshape } from '@ganvas/tensor';
import { labelsFor, tensorsOf } from './conditional.ts';
import { type DcganDiscriminatorOptions, type DcganOptions, discriminatorLayers, generator, LATENT } from './dcgan.ts';
import { layeredDiscriminator } from './layered.ts';
import type { Discriminator, Generator } from './nets.ts';
import { parametrizationOf } from './regularise.ts';

interface ClassOptions {
  classes: number;
  /** Features of a label's embedding. Default 50. */
  embedding?: number;
}
export interface CganOptions extends DcganOptions, ClassOptions {}
export interface CganDiscriminatorOptions extends Omit<DcganDiscriminatorOptions, 'pack'>, ClassOptions {}

const EMBEDDING = 50;

/**
 * The generator's table begins as small as all other weights of a DCGAN: beside an embedding from N(0, 1) the generator never
 * learns what z is for, and every class collapses to one picture.
 */
const weightInit = nn.normal(0, 0.02);

/** Parameters: `embed.weight` [classes, embedding], and those of DCGAN's generator, whose `fc` takes z and then the embedding. */
export function cganGenerator({ classes, embedding = EMBEDDING, ...options }: CganOptions): Generator {
  const { size, channels = 1, latent = LATENT, rng, device } = options;
  const embed = nn.embedding(classes, embedding, { rng, device, weightInit });
  const body = generator({ ...options, latent: latent + embedding });
  return {
    ...tensorsOf({ embed, ...body.layers }),
    latent,
    example: [size, size, channels],
    classes,
    forward(z, labels, mode) {
      const told = embed.forward(labelsFor('cgan’s generator', labels));
      return body.forward(concat([reshape(z, [-1, latent]), told], 1), mode);
    },
  };
}

/**
 * Parameters: `embed.weight` [classes, embedding], `plane.weight` [embedding, size · size] and `plane.bias`, and those of DCGAN's
 * discriminator, whose `conv1` takes the image and then the plane.
 */
export function cganDiscriminator({
  classes,
  embedding = EMBEDDING,
  ...options
}: CganDiscriminatorOptions): Discriminator {
  const { size, channels = 1, rng, device } = options;
  const embed = nn.embedding(classes, embedding, { rng, device });
  const plane = nn.linear(embedding, size * size, { rng, device, ...parametrizationOf(options) });
  const layers = discriminatorLayers({ ...options, channels: channels + 1 });
  const body = layeredDiscriminator(layers);
  return {
    ...tensorsOf({ embed, plane, ...layers }),
    forward(x, labels, mode) {
      const told = plane.forward(embed.forward(labelsFor('cgan’s discriminator', labels)), mode);
      return body.forward(concat([x, reshape(told, [-1, size, size, 1])], 3), null, mode);
    },
  };
}
