/** What a run is, from its first step to its last: the schema of configuration files, saved whole in the run's folder. */
import { z } from 'zod';

export const MODEL_NAMES = ['mlp', 'dcgan', 'cgan', 'acgan', 'projection'] as const;
export const LOSS_NAMES = ['non-saturating', 'minimax', 'lsgan', 'wgan', 'wgan-gp', 'hinge'] as const;
export const NORM_NAMES = ['batch', 'instance', 'layer', 'none'] as const;
export const MINIBATCH_NAMES = ['none', 'discrimination', 'stddev'] as const;
export const AUGMENTATIONS = ['color', 'translation', 'cutout'] as const;
export const SCHEDULES = ['constant', 'linear', 'cosine'] as const;

const whole = (least: number) => z.int().min(least);
const share = z.number().min(0).max(1);

export const configSchema = z.strictObject({
  model: z.enum(MODEL_NAMES).describe('which networks play'),
  data: z
    .string()
    .min(1)
    .describe('mnist, stacked-mnist, ring, grid, an IDX file (images[:labels]), or a folder of images'),

  steps: whole(1).describe('updates of the generator, from the start of the run'),
  batch: whole(2).describe('examples in a batch'),
  seed: whole(0).describe('seed of weights, noise and order of the data'),

  size: whole(4).describe('height and width of an image: 28, or a power of two from 16'),
  channels: z.union([z.literal(1), z.literal(3)]).describe('1 grey, 3 RGB'),
  width: whole(1).describe('channels of the layer next to the image'),
  latent: whole(1).describe('length of z'),
  hidden: z
    .array(whole(1))
    .min(1)
    .describe('mlp: features of the generator’s hidden layers, the discriminator’s in reverse'),
  embedding: whole(1).describe('cgan: features of a label’s embedding'),
  dropout: share.describe('share of the discriminator’s hidden features that a step drops'),
  norm: z.enum(NORM_NAMES).describe('normalization in the discriminator'),
  spectralNorm: z.boolean().describe('spectral normalization of the discriminator’s layers'),
  minibatch: z.enum(MINIBATCH_NAMES).describe('what the discriminator sees of its batch as a whole'),
  pack: whole(1).describe('examples that the discriminator judges together (PacGAN)'),

  loss: z.enum(LOSS_NAMES).describe('what the players minimise'),
  labelSmoothing: share
    .lt(1)
    .describe('non-saturating, minimax: what the target of real images is below 1 (one-sided)'),
  gradientPenalty: z.number().min(0).describe('weight λ of the gradient penalty (WGAN-GP)'),
  r1: z.number().min(0).describe('weight γ of the R1 penalty'),
  r1Every: whole(1).describe('steps from one R1 penalty to the next (lazy regularisation)'),
  clamp: z.number().min(0).describe('limit of the critic’s weights (WGAN), 0 for none'),
  mismatched: z
    .boolean()
    .describe('the discriminator learns that real examples under wrong labels are wrong, too (GAN-CLS)'),
  featureMatching: z.number().min(0).describe('weight of feature matching in the generator’s loss'),
  augment: z.array(z.enum(AUGMENTATIONS)).describe('DiffAugment: what is done to what the discriminator sees'),

  optimizer: z.enum(['adam', 'rmsprop']).describe('of both players'),
  lrG: z.number().positive().describe('learning rate of the generator'),
  lrD: z.number().positive().describe('learning rate of the discriminator'),
  betas: z.tuple([share, share]).describe('Adam’s decays'),
  schedule: z.enum(SCHEDULES).describe('how the learning rates change to the end: linear and cosine fall to 0'),
  clipNorm: z.number().min(0).describe('limit of a gradient’s norm, 0 for none'),
  nCritic: whole(1).describe('updates of the discriminator for one of the generator'),
  ema: z.number().min(0).lt(1).describe('decay of the average of the generator’s weights, 0 for none'),
  onNonFinite: z.enum(['stop', 'skip']).describe('what is done where a loss or gradient is not finite'),
});

export type RunConfig = z.infer<typeof configSchema>;
