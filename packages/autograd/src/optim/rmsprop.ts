/** RMSprop, with PyTorch's meaning of every hyper-parameter. */
import { add, div, mul, relu, sqrt, square, sub, type Tensor } from '@ganvas/tensor';
import { checkAtLeast, elementwise, type Optimizer, type OptimizerOptions, optimizer } from './optimizer.ts';

export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the average of g². Default 0.99. */
  alpha?: number;
  /** Added to the root. Default 1e-8. */
  eps?: number;
  /** How much of the last direction stays. Default 0. */
  momentum?: number;
  /** Divide by the deviation of g, not by its root mean square. Default false. */
  centered?: boolean;
  /** L2 penalty: this times the parameter is added to its gradient. Default 0. */
  weightDecay?: number;
}

/**
 * g ← g + weightDecay · p;  v ← α v + (1 − α) g²;  d = g / (√v + eps), or where centered, with a ← α a + (1 − α) g,
 * d = g / (√(v − a²) + eps);  b ← momentum · b + d;  p ← p − lr · b. Default lr 1e-2.
 * Source: Hinton, lecture 6e (2012); centered: Graves 2013.
 * @throws RangeError for an option below 0, or an alpha of 1 or above
 */
export function rmsprop(
  parameters: readonly Tensor[],
  options: RmspropOptions = {},
): Optimizer<'square_avg' | 'grad_avg' | 'momentum_buffer'> {
  const { lr = 1e-2, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false, weightDecay = 0 } = options;
  checkAtLeast('rmsprop', { alpha, eps, momentum, weightDecay }, 0);
  if (alpha >= 1) throw new RangeError(`rmsprop: alpha: expected a number below 1, got ${alpha}`);
  const follow = (average: Tensor, x: Tensor) => add(mul(average, alpha), mul(x, 1 - alpha));
  const moments = { square_avg: true, grad_avg: centered, momentum_buffer: momentum > 0 };
  const rule = elementwise<keyof typeof moments>((now, { lr: rate }) => {
    const { p, g } = now;
    const gradient = weightDecay ? add(g, mul(p, weightDecay)) : g;
    const square_avg = follow(now.square_avg, square(gradient));
    const grad_avg = centered ? follow(now.grad_avg, gradient) : null;
    // A variance that rounding took below 0 has no root.
    const variance = grad_avg ? relu(sub(square_avg, square(grad_avg))) : square_avg;
    const scaled = div(gradient, add(sqrt(variance), eps));
    const momentum_buffer = momentum ? add(mul(now.momentum_buffer, momentum), scaled) : null;
    return {
      square_avg,
      ...(grad_avg && { grad_avg }),
      ...(momentum_buffer && { momentum_buffer }),
      p: sub(p, mul(momentum_buffer ?? scaled, rate)),
    };
  });
  return optimizer('rmsprop', parameters, { ...options, lr }, moments, rule);
}
