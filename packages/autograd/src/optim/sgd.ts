/** Stochastic gradient descent, with PyTorch's meaning of every hyper-parameter. */
import { add, greater, mul, sub, type Tensor } from '@ganvas/tensor';
import { checkAtLeast, elementwise, type Optimizer, type OptimizerOptions, optimizer } from './optimizer.ts';

export interface SgdOptions extends OptimizerOptions {
  /** How much of the last direction stays. Default 0. */
  momentum?: number;
  /** How much of the gradient is kept out of the direction, from the second update on. Default 0. */
  dampening?: number;
  /** Look ahead along the momentum (Sutskever et al. 2013). Default false. */
  nesterov?: boolean;
  /** L2 penalty: this times the parameter is added to its gradient. Default 0. */
  weightDecay?: number;
}

/**
 * g ← g + weightDecay · p;  b ← momentum · b + (1 − dampening) · g, and b = g at first;  d = b, or g + momentum · b by Nesterov;
 * p ← p − lr · d. Default lr 1e-3.
 * @throws RangeError for an option below 0, or Nesterov without momentum or with dampening
 */
export function sgd(parameters: readonly Tensor[], options: SgdOptions = {}): Optimizer<'momentum_buffer'> {
  const { lr = 1e-3, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = options;
  checkAtLeast('sgd', { momentum, weightDecay }, 0);
  if (nesterov && (momentum === 0 || dampening !== 0))
    throw new RangeError(
      `sgd: nesterov: expected a momentum above 0 and no dampening, got ${momentum} and ${dampening}; set momentum, 0.9 say`,
    );
  const rule = elementwise<'momentum_buffer'>(({ p, g, momentum_buffer: buffer }, { t, lr: rate }) => {
    const gradient = weightDecay ? add(g, mul(p, weightDecay)) : g;
    if (!momentum) return { p: sub(p, mul(gradient, rate)) };
    const fresh = dampening ? mul(gradient, sub(1, mul(greater(t, 1), dampening))) : gradient;
    const direction = add(mul(buffer, momentum), fresh);
    const ahead = nesterov ? add(gradient, mul(direction, momentum)) : direction;
    return { momentum_buffer: direction, p: sub(p, mul(ahead, rate)) };
  });
  return optimizer('sgd', parameters, { ...options, lr }, { momentum_buffer: momentum > 0 }, rule);
}
