/** Adam over many tensors in one dispatch. */
import {
  adamUpdate,
  add,
  assign,
  keep,
  pack,
  packStates,
  state,
  type Tensor,
  tensor,
  unpackStates,
} from '@ganvas/tensor';

export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  lr?: number;
  /** Decay of the averages of g and g². Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Added to √v̂. Default 1e-8. */
  eps?: number;
  /** L2 penalty added to the gradient. Default 0. */
  weightDecay?: number;
}

export interface Optimizer {
  /** Changes the parameters by one update; `gradients[i]` belongs to parameter i. */
  step(gradients: readonly Tensor[]): void;
  /** What must be saved to go on exactly. PyTorch's names; the moments one tensor a parameter, in their order. */
  readonly state: {
    readonly exp_avg: readonly Tensor[];
    readonly exp_avg_sq: readonly Tensor[];
    /** [number of updates so far, learning rate] */
    readonly hyper: readonly [Tensor];
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
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
  const p = packStates(parameters);
  const zeros = () => state(new Float32Array(p.size), [p.size], { device: p.device });
  const m = zeros();
  const v = zeros();
  const hyper = state([0, lr], [2], { device: p.device });
  const oneStep = keep(tensor([1, 0], [2], { device: p.device }));
  return {
    step(gradients) {
      assign(hyper, add(hyper, oneStep));
      adamUpdate(p, m, v, pack(gradients), hyper, { beta1: betas[0], beta2: betas[1], eps, weightDecay });
    },
    state: { exp_avg: unpackStates(m, parameters), exp_avg_sq: unpackStates(v, parameters), hyper: [hyper] },
    async setLearningRate(value) {
      const [t] = await hyper.data();
      hyper.write(Float32Array.of(t!, value));
    },
  };
}
