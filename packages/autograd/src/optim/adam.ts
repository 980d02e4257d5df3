/** Adam and AdamW over many tensors in one dispatch. */
import { adamUpdate, type Tensor } from '@ganvas/tensor';
import { checkAtLeast, type Optimizer, type OptimizerOptions, optimizer } from './optimizer.ts';

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the averages of g and g². Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Added to √v̂. Default 1e-8. */
  eps?: number;
  /** `adam`: L2 penalty added to the gradient, default 0. `adamw`: share of p, times lr, that a step takes away, default 0.01. */
  weightDecay?: number;
}

/** Averages of g and of g². */
type Moments = 'exp_avg' | 'exp_avg_sq';

/**
 * Adam (Kingma & Ba 2015) with PyTorch's meaning of every hyper-parameter; default lr 1e-3. The parameters move into ranges of
 * one buffer, as do the gradients inside a captured step, so that an update is one dispatch (clipping takes some of its own).
 * @param parameters f32 state tensors, each in one optimiser only
 */
export const adam = (parameters: readonly Tensor[], options: AdamOptions = {}): Optimizer<Moments> =>
  adamLike('adam', parameters, options);

/** AdamW (Loshchilov & Hutter 2019): p ← (1 − lr · weightDecay) p, then Adam's step, which does not see the decay. */
export const adamw = (parameters: readonly Tensor[], options: AdamOptions = {}): Optimizer<Moments> =>
  adamLike('adamw', parameters, { weightDecay: 0.01, ...options });

function adamLike(name: 'adam' | 'adamw', parameters: readonly Tensor[], options: AdamOptions): Optimizer<Moments> {
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
  checkAtLeast(name, { eps, weightDecay }, 0);
  const constants = {
    beta1: betas[0],
    beta2: betas[1],
    eps,
    weightDecay,
    ...(name === 'adamw' && { decoupled: true }),
  };
  return optimizer(
    name,
    parameters,
    { ...options, lr },
    { exp_avg: true, exp_avg_sq: true },
    (p, { exp_avg: m, exp_avg_sq: v }, { g, divisor, proceed }, hyper) =>
      adamUpdate(p, m, v, g, hyper, constants, { scale: divisor, proceed }),
  );
}
