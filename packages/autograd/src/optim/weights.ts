/** What is done to weights between updates: their moving average, and the clamp of the WGAN. One dispatch for all of them. */
import {
  add,
  assign,
  div,
  maximum,
  minimum,
  mul,
  packStates,
  state,
  sub,
  type Tensor,
  tidy,
  unpackStates,
} from '@ganvas/tensor';
import { checkAtLeast } from './optimizer.ts';

export interface WeightAverageOptions {
  /** How much of the average stays at an update. Default 0.999. */
  decay?: number;
  /** Begin with a smaller decay, (1 + n) / (10 + n) at update n = 1, 2, …, until that reaches `decay`. Default true. */
  warmup?: boolean;
}

export interface WeightAverage {
  /** One update, after the optimiser's. Works inside `capture`. */
  update(): void;
  /** Exchanges the weights and their averages: before an evaluation by the averages, and again after it. */
  swap(): void;
  /** What must be saved to go on exactly. torch_ema's names: the averages, shaped and ordered as the weights; the number of updates. */
  readonly state: { readonly shadow_params: readonly Tensor[]; readonly num_updates: readonly [Tensor] };
}

/**
 * Exponential moving average of weights (Polyak & Juditsky 1992; with warm-up as torch_ema): a ← a + (1 − d)(w − a), from a = w.
 * @param weights f32 state tensors, all parameters of an optimiser in its order, or none of an optimiser's (running statistics, say)
 * @throws RangeError for a decay outside [0, 1); ShapeError for a selection of an optimiser's parameters
 */
export function weightAverage(
  weights: readonly Tensor[],
  { decay = 0.999, warmup = true }: WeightAverageOptions = {},
): WeightAverage {
  checkAtLeast('weightAverage', { decay }, 0);
  if (decay >= 1) throw new RangeError(`weightAverage: decay: expected a number below 1, got ${decay}`);
  const w = packStates(weights);
  const { device, size } = w;
  const average = state(new Float32Array(size), [size], { device });
  assign(average, w);
  const updates = state(0, [], { device });
  return {
    update() {
      assign(updates, add(updates, 1));
      // 1 − (1 + n) / (10 + n) = 9 / (10 + n): no digits are lost in a difference.
      const share = warmup ? maximum(div(9, add(updates, 10)), 1 - decay) : 1 - decay;
      assign(average, add(average, mul(sub(w, average), share)));
    },
    swap() {
      tidy(() => {
        const before = mul(w, 1);
        assign(w, average);
        assign(average, before);
      });
    },
    state: { shadow_params: unpackStates(average, weights), num_updates: [updates] },
  };
}

/**
 * The clamp of the WGAN (Arjovsky et al. 2017): w ← min(max(w, −limit), limit).
 * @param weights as for `weightAverage`
 * @param limit above 0; the paper's is 0.01
 * @returns to be called after the optimiser's step
 */
export function weightClamp(weights: readonly Tensor[], limit: number): () => void {
  checkAtLeast('weightClamp', { limit }, Number.MIN_VALUE);
  const w = packStates(weights);
  return () => assign(w, minimum(maximum(w, -limit), limit));
}
