/** One round of the game: an update of the discriminator, then one of the generator. Tensor code, to be captured as a whole. */
import { grad, nn, type Optimizer, type WeightAverage } from '@ganvas/autograd';
import { add, detach, isFinite as finite, mean, mul, sigmoid, type Tensor } from '@ganvas/tensor';
import type { Examples } from '../data/source.ts';
import { type AdversarialLoss, featureMatching, gradientPenalty, nonSaturating, r1Penalty } from '../losses/index.ts';
import type { Discriminator, Generator, Verdict } from '../models/nets.ts';
import { judgeTogether } from './together.ts';

export interface Players {
  G: Generator;
  D: Discriminator;
  optimizerG: Optimizer;
  optimizerD: Optimizer;
}

/** What is played for. All of it may be left out: then it is the recipe of PyTorch's DCGAN example. */
export interface Rules {
  /** Default `nonSaturating()`. */
  loss?: AdversarialLoss;
  /** What D's logits are reported as. Default: probabilities, which the losses that are cross entropies make of them. */
  answer?: (logits: Tensor) => Tensor;
  /** What D sees of an example, real or generated. Default: the example. */
  augment?: (x: Tensor) => Tensor;
  /** Weight λ of the gradient penalty between real and generated examples, and the generator state that it draws from. */
  gradientPenalty?: { weight: number; random: Tensor };
  /** What mean ‖∇D‖² at the real examples is multiplied by: γ/2, times the steps between two penalties. */
  r1?: number;
  /**
   * Draws labels u32 [batch], each another than the one that it is given: what D should find wrong of a real example as it does of
   * a generated one (GAN-CLS, Reed et al. 2016).
   */
  mislabel?: (labels: Tensor) => Tensor;
  /** Weight of feature matching, which takes the place of the adversarial loss in G's. */
  featureMatching?: number;
  /** After D's update: the clamp of the WGAN. */
  clamp?: () => void;
  /** Follows G's weights, after G's update. */
  average?: Pick<WeightAverage, 'update'>;
  /** Report the norms of the gradients as `gradD` and `gradG`. */
  norms?: (gradients: readonly Tensor[]) => Tensor;
  /** Leave the weights as they are where the loss or a gradient is not finite, and report it as `skipped`. */
  skip?: boolean;
}

/** Scalars by name. */
export type Report = Record<string, Tensor>;

/**
 * @param real what D should answer 1 to
 * @param z noise [batch, latent]
 * @param labels u32 [batch], what G is told to make; null where it is told nothing
 * @returns `lossD`, `lossG`, the means `dReal` and `dFake` of D's answers before its update, and what the rules add
 */
export function playRound(
  players: Players,
  real: Examples,
  z: Tensor,
  labels: Tensor | null = null,
  rules: Rules = {},
): Report {
  const fake = { x: players.G.forward(z, labels), labels };
  const { verdict, report } = updateDiscriminator(players, real, fake, rules);
  // The same examples, past the discriminator as it is now.
  return { ...report, ...updateGenerator(players, verdict, fake, rules) };
}

/** An update of D alone, towards `real` and away from what G makes of `z`: one of those that a critic has more of. */
export function playCritic(players: Players, real: Examples, z: Tensor, labels: Tensor | null, rules: Rules): Report {
  return updateDiscriminator(players, real, { x: players.G.forward(z, labels), labels }, rules).report;
}

/**
 * Real and generated examples are each a batch of its own, which batch norm sees apart, and go through D together. A penalty on the
 * slope at the real ones would have to go back through all of them: then each goes by itself.
 */
function updateDiscriminator(
  { D, optimizerD }: Players,
  real: Examples,
  fake: Examples,
  rules: Rules,
): { verdict: Verdict; report: Report } {
  const { loss = nonSaturating(), augment = same, answer = sigmoid, clamp, mislabel } = rules;
  const seen = augment(real.x);
  const made = augment(detach(fake.x));
  const batches: Examples[] = [
    { x: seen, labels: real.labels },
    { x: made, labels: fake.labels },
    ...(mislabel && real.labels ? [{ x: seen, labels: mislabel(real.labels) }] : []),
  ];
  const alike = batches.every(({ x }) => x.shape[0] === seen.shape[0]);
  const verdicts = alike && !rules.r1 ? judgeTogether(D, batches) : batches.map((b) => D.forward(b.x, b.labels));
  const [onReal, onFake, onWrong] = verdicts as [Verdict, Verdict, Verdict?];
  const lossD = loss.discriminator(onReal.logits, onFake.logits);
  const report: Report = { lossD, dReal: mean(answer(onReal.logits)), dFake: mean(answer(onFake.logits)) };

  let total = withClasses(withClasses(lossD, onReal, real.labels), onFake, fake.labels);
  if (onWrong) total = mul(add(total, loss.discriminator(onReal.logits, onWrong.logits)), 0.5);
  if (rules.gradientPenalty) {
    const { weight, random } = rules.gradientPenalty;
    const critic = (x: Tensor) => D.forward(x, real.labels).logits;
    const { penalty, slope } = gradientPenalty(critic, seen, made, random);
    total = add(total, mul(penalty, weight));
    report.slope = slope;
  }
  if (rules.r1) {
    const penalty = r1Penalty(onReal.logits, seen);
    total = add(total, mul(penalty, rules.r1));
    report.r1 = penalty;
  }
  update('D', optimizerD, total, D, rules, report);
  clamp?.();
  return { verdict: onReal, report };
}

function updateGenerator({ G, D, optimizerG }: Players, onReal: Verdict, fake: Examples, rules: Rules): Report {
  const { loss = nonSaturating(), augment = same, average } = rules;
  const verdict = D.forward(augment(fake.x), fake.labels);
  const lossG = rules.featureMatching
    ? mul(featureMatching(detach(onReal.features!), verdict.features!), rules.featureMatching)
    : loss.generator(verdict.logits);
  const report: Report = { lossG };
  update('G', optimizerG, withClasses(lossG, verdict, fake.labels), G, rules, report);
  average?.update();
  return report;
}

const same = (x: Tensor): Tensor => x;

/** The loss of an auxiliary classifier (Odena et al. 2017): D and G alike want the class to be told. */
const withClasses = (loss: Tensor, { classLogits }: Verdict, labels: Tensor | null): Tensor =>
  classLogits && labels ? add(loss, nn.softmaxCrossEntropy(classLogits, labels)) : loss;

function update(
  player: 'D' | 'G',
  optimizer: Optimizer,
  loss: Tensor,
  net: Generator | Discriminator,
  { norms, skip }: Rules,
  report: Report,
): void {
  const gradients = grad(loss, Object.values(net.parameters));
  const norm = norms?.(gradients);
  if (norm) report[`grad${player}`] = norm;
  if (!skip || !norm) {
    optimizer.step(gradients);
    return;
  }
  // A norm that is finite has nothing in it that is not.
  const sound = mul(finite(loss), finite(norm));
  report[`sound${player}`] = sound;
  optimizer.step(gradients, sound);
}
