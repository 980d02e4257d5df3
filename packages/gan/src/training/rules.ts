/** From a run's configuration to the rules of its game and the optimisers of its players. */
import {
  adam,
  cosine,
  globalNorm,
  type Optimizer,
  rmsprop,
  type Schedule,
  type WeightAverage,
  weightClamp,
} from '@ganvas/autograd';
import { add, cast, greaterEqual, randomInteger, sub, type Tensor, where } from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { diffAugment } from '../data/diff-augment.ts';
import type { DataSource } from '../data/source.ts';
import { adversarialLoss, isCrossEntropy } from '../losses/index.ts';
import type { Discriminator } from '../models/nets.ts';
import type { Rules } from './round.ts';

/** @throws ConfigError where the rules do not go together, or not with the data */
export function checkRules(config: RunConfig, { example }: Pick<DataSource, 'example'>): void {
  adversarialLoss(config.loss, config);
  if (config.mismatched && config.model !== 'cgan' && config.model !== 'projection')
    throw new ConfigError(
      `mismatched: ${config.model}'s discriminator is told no labels; it is for cgan and projection`,
    );
  if (config.augment.length > 0 && example.length !== 3)
    throw new ConfigError('augment: expected data that are images, these are points; leave it out');
}

/** @param random generator state that penalties, augmentations and wrong labels draw from */
export function rulesOf(
  config: RunConfig,
  D: Discriminator,
  random: Tensor,
  { average, norms, classes }: { average: Pick<WeightAverage, 'update'> | null; norms: boolean; classes: number },
): Rules {
  const { augment, clamp } = config;
  const clampWeights = clamp > 0 ? weightClamp(Object.values(D.parameters), clamp) : null;
  const skip = config.onNonFinite === 'skip';
  return {
    loss: adversarialLoss(config.loss, config),
    ...(!isCrossEntropy(config.loss) && { answer: (logits: Tensor) => logits }),
    ...(augment.length > 0 && { augment: (x: Tensor) => diffAugment(x, augment, random) }),
    ...(config.gradientPenalty > 0 && { gradientPenalty: { weight: config.gradientPenalty, random } }),
    ...(config.featureMatching > 0 && { featureMatching: config.featureMatching }),
    ...(config.mismatched && { mislabel: (labels: Tensor) => otherLabels(labels, classes, random) }),
    ...(clampWeights && { clamp: clampWeights }),
    ...(average && { average }),
    ...((norms || skip) && { norms: globalNorm }),
    ...(skip && { skip }),
  };
}

/** For each label, u32, one of the other `classes − 1`, each as likely. */
function otherLabels(labels: Tensor, classes: number, random: Tensor): Tensor {
  const moved = add(add(cast(labels, 'f32'), 1), cast(randomInteger(random, labels.shape, classes - 1), 'f32'));
  return cast(where(greaterEqual(moved, classes), sub(moved, classes), moved), 'u32');
}

/** What R1 is multiplied by in the rounds that have it: γ/2, and as often as it is left out (lazy regularisation, Karras et al. 2020). */
export const r1Weight = ({ r1, r1Every }: RunConfig): number => (r1 / 2) * r1Every;

export function optimizerOf(
  { optimizer, betas, clipNorm }: RunConfig,
  lr: number,
  parameters: readonly Tensor[],
): Optimizer {
  const options = { lr, ...(clipNorm > 0 && { clipNorm }) };
  return optimizer === 'adam' ? adam(parameters, { ...options, betas }) : rmsprop(parameters, options);
}

/** Factor of both learning rates at a step of the run. */
export function scheduleOf({ schedule, steps }: Pick<RunConfig, 'schedule' | 'steps'>): Schedule {
  if (schedule === 'cosine') return cosine({ steps });
  if (schedule === 'linear') return (step) => Math.max(0, 1 - step / steps);
  return () => 1;
}
