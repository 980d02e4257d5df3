/** What a generator and a discriminator are to the game, whatever they are made of. */
import type { Mode, Module } from '@ganvas/autograd';
import { reshape, type Tensor } from '@ganvas/tensor';

interface Net {
  /** What its optimiser changes, by PyTorch's names. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** State that is saved but not trained. */
  readonly buffers: Readonly<Record<string, Tensor>>;
}

export interface Generator extends Net {
  /** Length of z. */
  readonly latent: number;
  /** Shape of what it makes: [height, width, channels] of an image, [2] of a point. */
  readonly example: readonly number[];
  /** Classes that it is told, 0 where it is told none. */
  readonly classes: number;
  /**
   * @param z [batch, latent]
   * @param labels u32 [batch], each below `classes`; null where `classes` is 0
   * @returns examples [batch, ...example], pixels in (−1, 1)
   */
  forward(z: Tensor, labels: Tensor | null, mode?: Mode): Tensor;
}

/** What a discriminator says of a batch. */
export interface Verdict {
  /** `[batch, 1]`: positive for real. With packing, a row a pack. */
  logits: Tensor;
  /** `[batch, features]`: what the last layer sees, for feature matching; null where a net does not show it. */
  features: Tensor | null;
  /** `[batch, classes]`: which class, of a discriminator that tells classes itself (ACGAN); else null. */
  classLogits: Tensor | null;
}

export interface Discriminator extends Net {
  /**
   * @param x [batch, ...example]
   * @param labels u32 [batch], of a discriminator that is told the classes; else null
   */
  forward(x: Tensor, labels: Tensor | null, mode?: Mode): Verdict;
}

/** A module as a generator that is told no classes. */
export const unconditionalGenerator = (
  module: Module,
  { latent, example }: Pick<Generator, 'latent' | 'example'>,
): Generator => ({
  parameters: module.parameters,
  buffers: module.buffers,
  latent,
  example,
  classes: 0,
  forward: (z, _labels, mode) => module.forward(reshape(z, [-1, latent]), mode),
});

/** A module that gives logits [batch, 1] as a discriminator that is told nothing and tells nothing else. */
export const plainDiscriminator = (module: Module): Discriminator => ({
  parameters: module.parameters,
  buffers: module.buffers,
  forward: (x, _labels, mode) => ({ logits: module.forward(x, mode), features: null, classLogits: null }),
});
