/** The adversarial losses by the names of a run's configuration, each with the settings that its paper trains it with. */
import type { RunConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import type { AdversarialLoss } from './adversarial.ts';
import { type CrossEntropyOptions, minimax, nonSaturating } from './cross-entropy.ts';
import { hinge } from './hinge.ts';
import { leastSquares } from './least-squares.ts';
import { wasserstein } from './wasserstein.ts';

export type LossName = RunConfig['loss'];

const LOSSES: Record<LossName, (options: CrossEntropyOptions) => AdversarialLoss> = {
  'non-saturating': nonSaturating,
  minimax,
  lsgan: leastSquares,
  wgan: wasserstein,
  'wgan-gp': wasserstein,
  hinge,
};

/** Losses that are cross entropies: what D answers is the logit of a probability, and its target can be smoothed. */
export const isCrossEntropy = (name: LossName): boolean => name === 'non-saturating' || name === 'minimax';

/** @throws ConfigError for label smoothing of a loss that has no labels; RangeError for a smoothing outside [0, 1) */
export function adversarialLoss(name: LossName, options: CrossEntropyOptions = {}): AdversarialLoss {
  if (options.labelSmoothing && !isCrossEntropy(name))
    throw new ConfigError(
      `labelSmoothing: expected 0 with the loss ${name}, which has no labels, got ${options.labelSmoothing}; it is for non-saturating and minimax`,
    );
  return LOSSES[name](options);
}

/** Radford, Metz & Chintala 2015; the first paper has maxout nets and no such settings. */
const DCGAN: Partial<RunConfig> = { optimizer: 'adam', lrG: 2e-4, lrD: 2e-4, betas: [0.5, 0.999], nCritic: 1 };

/** What a run has where neither its user nor its preset says otherwise. */
export const LOSS_DEFAULTS: Readonly<Record<LossName, Readonly<Partial<RunConfig>>>> = {
  'non-saturating': DCGAN,
  minimax: DCGAN,
  // Mao et al. 2017, section 4: Adam with β₁ 0.5 on nets like DCGAN's.
  lsgan: DCGAN,
  // Arjovsky et al. 2017, algorithm 1. With momentum, as in Adam, its critic became unstable. The clamp is what bounds
  // its slope, so batch norm may stay.
  wgan: { optimizer: 'rmsprop', lrG: 5e-5, lrD: 5e-5, nCritic: 5, clamp: 0.01 },
  // Gulrajani et al. 2017, algorithm 1. No batch norm in the critic: the penalty is on the gradient of each answer by its own example,
  // and batch norm makes an answer depend on all of them; layer norm takes its place (section 4).
  'wgan-gp': {
    optimizer: 'adam',
    lrG: 1e-4,
    lrD: 1e-4,
    betas: [0, 0.9],
    nCritic: 5,
    gradientPenalty: 10,
    norm: 'layer',
  },
  // Miyato et al. 2018: the setting of their ResNets. Spectral norm is all the normalization that D has.
  hinge: { optimizer: 'adam', lrG: 2e-4, lrD: 2e-4, betas: [0, 0.9], nCritic: 5, spectralNorm: true, norm: 'none' },
};
