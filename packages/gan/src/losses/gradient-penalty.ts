/** Penalties on the slope of D at its examples. They are differentiated once more by the step that they are part of. */
import { grad } from '@ganvas/autograd';
import {
  add,
  detach,
  mean,
  mul,
  randomUniform,
  reshape,
  ShapeError,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@ganvas/tensor';

/** Added to ‖∇‖² under the root, which has no derivative at 0: a slope of 0 is taken for 10⁻⁶, and nothing flows through it. */
const TINY = 1e-12;

export interface GradientPenalty {
  /** Mean of (‖∇‖ − 1)², a scalar; the weight λ is the caller's, 10 in the paper. */
  penalty: Tensor;
  /** Mean of ‖∇‖, a scalar: near 1 once the critic has settled. */
  slope: Tensor;
}

/**
 * WGAN-GP (Gulrajani et al. 2017): the slope of the critic should be 1 between real and generated examples, at
 * x̂ = ε x + (1 − ε) G(z) with an ε of its own from [0, 1) for each example.
 *
 * The critic must answer each example (each pack of examples that lie behind one another) by itself: batch norm mixes them, and
 * the gradient of one answer is then spread over the batch.
 * @param critic examples [batch, ...example] → its answers, [batch, 1]
 * @param real [batch, ...example]; no gradient flows into it, nor into `fake`
 * @param fake as many, of the same shape
 * @param generator made by `randomGenerator`; it advances by `batch`
 * @throws ShapeError where `real` and `fake` differ in shape
 */
export function gradientPenalty(
  critic: (x: Tensor) => Tensor,
  real: Tensor,
  fake: Tensor,
  generator: Tensor,
): GradientPenalty {
  if (real.shape.join() !== fake.shape.join())
    throw new ShapeError(
      `gradientPenalty: expected as many real and generated examples, of one shape, got [${real.shape}] and [${fake.shape}]`,
    );
  const [batch, ...example] = real.shape as [number, ...number[]];
  const share = randomUniform(generator, [batch, ...example.map(() => 1)]);
  const from = detach(fake);
  const between = add(from, mul(sub(detach(real), from), share));
  const answers = critic(between);
  const [gradient] = grad(sum(answers), [between]);
  const slopes = sqrt(add(sum(square(reshape(gradient, [answers.size, -1])), 1), TINY));
  return { penalty: mean(square(sub(slopes, 1))), slope: mean(slopes) };
}

/**
 * R1 (Mescheder, Geiger & Nowozin 2018): the mean of ‖∇D(x)‖² at real examples. The paper's penalty is γ/2 times that, γ = 10; the
 * factor is the caller's, and so is the number of steps that lazy regularisation (Karras et al. 2020) makes up for.
 * @param logits [batch, 1], what D answers `real`; with packing a row a pack
 * @param real the very tensor that D was given
 * @returns a scalar
 */
export function r1Penalty(logits: Tensor, real: Tensor): Tensor {
  const [gradient] = grad(sum(logits), [real]);
  return mul(sum(square(gradient)), 1 / logits.size);
}
