/** Adam over many tensors in one dispatch. */
import {
  adamUpdate,
  add,
  assign,
  keep,
  mul,
  pack,
  packStates,
  state,
  type Tensor,
  tensor,
  unpackStates,
} from '@ganvas/tensor';
import { type LossScale, lossScaler } from './loss-scale.ts';

export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  lr?: number;
  /** Decay of the averages of g and g². Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Added to √v̂. Default 1e-8. */
  eps?: number;
  /** L2 penalty added to the gradient. Default 0. */
  weightDecay?: number;
  /**
   * What the loss is multiplied by, so that gradients in f16 do not underflow: a number, or `dynamic` to let it follow what the
   * gradients can bear (see `DynamicLossScale`). Take the gradient of `scaleLoss(loss)`. Default: no scaling.
   */
  lossScale?: LossScale;
}

export interface Optimizer {
  /** The loss times the loss scale, whose gradients `step` expects; without a scale the loss itself. */
  scaleLoss(loss: Tensor): Tensor;
  /** Changes the parameters by one update; `gradients[i]` belongs to parameter i. */
  step(gradients: readonly Tensor[]): void;
  /** What must be saved to go on exactly. PyTorch's names; the moments one tensor a parameter, in their order. */
  readonly state: {
    readonly exp_avg: readonly Tensor[];
    readonly exp_avg_sq: readonly Tensor[];
    /** [number of updates so far, learning rate] */
    readonly hyper: readonly [Tensor];
    /** Where the loss is scaled: the scale, and if that is dynamic the number of updates since it changed. */
    readonly loss_scale?: readonly Tensor[];
  };
  /** The learning rate from the next step on; it is data, so a captured step follows it. */
  setLearningRate(lr: number): Promise<void>;
}

/**
 * Adam (Kingma & Ba 2015) with PyTorch's meaning of every hyper-parameter. The parameters move into ranges of one buffer, as
 * do the gradients inside a captured step, so that an update is one dispatch.
 * @param parameters f32 state tensors, each in one optimiser only
 */
export function adam(parameters: readonly Tensor[], options: AdamOptions = {}): Optimizer {
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, lossScale } = options;
  const p = packStates(parameters);
  const zeros = () => state(new Float32Array(p.size), [p.size], { device: p.device });
  const m = zeros();
  const v = zeros();
  const hyper = state([0, lr], [2], { device: p.device });
  const oneStep = keep(tensor([1, 0], [2], { device: p.device }));
  const scaler = lossScale === undefined ? null : lossScaler(lossScale, p.device);
  const constants = { beta1: betas[0], beta2: betas[1], eps, weightDecay };
  return {
    scaleLoss: (loss) => (scaler ? mul(loss, scaler.scale) : loss),
    step(gradients) {
      if (!scaler) {
        assign(hyper, add(hyper, oneStep));
        adamUpdate(p, m, v, pack(gradients), hyper, constants);
        return;
      }
      const g = pack(gradients);
      const proceed = scaler.check(g);
      assign(hyper, add(hyper, proceed ? mul(oneStep, proceed) : oneStep));
      adamUpdate(p, m, v, g, hyper, constants, { scale: scaler.scale, proceed });
      if (proceed) scaler.follow(proceed);
    },
    state: {
      exp_avg: unpackStates(m, parameters),
      exp_avg_sq: unpackStates(v, parameters),
      hyper: [hyper],
      ...(scaler && { loss_scale: scaler.state }),
    },
    async setLearningRate(value) {
      const [t] = await hyper.data();
      hyper.write(Float32Array.of(t!, value));
    },
  };
}
