/** What is compared: ways to train a GAN of digits within the arithmetic of the quick preset, and of points of the plane. */
import type { RunConfig } from '@ganvas/gan';

export interface Recipe {
  name: string;
  /** What differs from `COMMON`. */
  settings: Partial<RunConfig>;
}

/** A narrow DCGAN, as a software adapter trains it in a minute. The average of the weights is judged, and the weights beside it. */
export const COMMON: Partial<RunConfig> = {
  ...{ model: 'dcgan', data: 'mnist', steps: 1000, batch: 64, width: 16, ema: 0.999 },
  ...{ lrG: 3e-3, lrD: 3e-3, schedule: 'constant', nCritic: 1 },
};

/** The DCGAN on MNIST: 1,000 updates of G each, but for critics that are updated five times for each, which get 400. */
export const DIGIT_RECIPES: readonly Recipe[] = [
  { name: 'learning rate 3e-3', settings: {} },
  { name: 'learning rate 1e-3', settings: { lrG: 1e-3, lrD: 1e-3 } },
  { name: 'learning rate 2e-4 (the paper’s)', settings: { lrG: 2e-4, lrD: 2e-4 } },
  { name: 'TTUR, D faster: 1.5e-3, 4e-3', settings: { lrG: 1.5e-3, lrD: 4e-3 } },
  { name: 'linear decay to 0', settings: { schedule: 'linear' } },
  { name: 'label smoothing 0.1', settings: { labelSmoothing: 0.1 } },
  { name: 'dropout 0.3 in D', settings: { dropout: 0.3 } },
  { name: 'R1, γ = 1, every 16 steps', settings: { r1: 1 } },
  { name: 'LSGAN', settings: { loss: 'lsgan' } },
  { name: 'hinge + spectral norm, 1e-3', settings: { loss: 'hinge', lrG: 1e-3, lrD: 1e-3 } },
  {
    name: 'WGAN-GP, 5 critic updates, 1e-3',
    settings: { loss: 'wgan-gp', nCritic: 5, lrG: 1e-3, lrD: 1e-3, steps: 400 },
  },
  { name: 'minibatch discrimination', settings: { minibatch: 'discrimination' } },
  { name: 'minibatch discrimination + R1', settings: { minibatch: 'discrimination', r1: 1 } },
  { name: 'minibatch standard deviation', settings: { minibatch: 'stddev' } },
  { name: 'feature matching', settings: { featureMatching: 1 } },
  { name: 'PacGAN, packs of 2', settings: { pack: 2 } },
];

/** What the GANs of points have in common, beside their preset. */
export const COMMON_OF_POINTS: Partial<RunConfig> = { model: 'mlp', steps: 4000, ema: 0.999 };

/** The fully connected GAN on mixtures of Gaussians. */
export const POINT_RECIPES: readonly Recipe[] = [
  { name: 'plain', settings: {} },
  { name: 'packs of 2', settings: { pack: 2 } },
  { name: 'minibatch discrimination', settings: { minibatch: 'discrimination' } },
];
