export type { AdversarialLoss } from './adversarial.ts';
export { type CrossEntropyOptions, minimax, nonSaturating } from './cross-entropy.ts';
export { featureMatching } from './feature-matching.ts';
export { type GradientPenalty, gradientPenalty, r1Penalty } from './gradient-penalty.ts';
export { hinge } from './hinge.ts';
export { leastSquares } from './least-squares.ts';
export { adversarialLoss, isCrossEntropy, LOSS_DEFAULTS, type LossName } from './named.ts';
export { wasserstein } from './wasserstein.ts';
