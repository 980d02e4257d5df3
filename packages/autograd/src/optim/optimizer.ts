/** What all optimisers share: parameters in ranges of one buffer, a learning rate that is data, loss scaling and clipping. */
import {
  add,
  assign,
  div,
  keep,
  maximum,
  minimum,
  mul,
  pack,
  packStates,
  reshape,
  ShapeError,
  slice,
  state,
  Tensor,
  tensor,
  unpackStates,
  where,
} from '@ganvas/tensor';
import { packedNorm } from './global-norm.ts';
import { type LossScale, lossScaler } from './loss-scale.ts';

export interface OptimizerOptions {
  /** Learning rate. Each optimiser's default is PyTorch's. */
  lr?: number;
  /** Each gradient is cut to [−clipValue, clipValue]. Default: as it is. */
  clipValue?: number;
  /** Gradients become g · min(1, clipNorm / (‖g‖ + 1e-6)), the norm being that of all of them together. Default: as they are. */
  clipNorm?: number;
  /**
   * What the loss is multiplied by, so that gradients in f16 do not underflow: a number, or `dynamic` to let it follow what the
   * gradients can bear (see `DynamicLossScale`). Take the gradient of `scaleLoss(loss)`. Default: no scaling.
   */
  lossScale?: LossScale;
}

/** `M`: names of the moments that it keeps. */
export interface Optimizer<M extends string = string> {
  /** The loss times the loss scale, whose gradients `step` expects; without a scale the loss itself. */
  scaleLoss(loss: Tensor): Tensor;
  /**
   * Changes the parameters by one update; `gradients[i]` belongs to parameter i.
   * @param proceed a scalar, 1 or 0: where it is 0, parameters, moments and the number of updates stay as they are, whatever the
   * gradients. A dynamic loss scale still falls where they are not finite. Default: 1
   * @throws ShapeError where `proceed` is no scalar
   */
  step(gradients: readonly Tensor[], proceed?: Tensor): void;
  /** What must be saved to go on exactly. PyTorch's names; each moment one tensor a parameter, in their order, none where it is not kept. */
  readonly state: OptimizerState & Readonly<Record<M, readonly Tensor[]>>;
  /** The learning rate from the next step on, in order with the submitted work; it is data, so a captured step follows it. */
  setLearningRate(lr: number): void;
}

export type OptimizerState = {
  /** [number of updates so far, learning rate] */
  readonly hyper: readonly [Tensor];
  /** Where the loss is scaled: the scale, and if that is dynamic the number of updates since it changed. */
  readonly loss_scale: readonly Tensor[];
};

/** The packed gradients of one update. */
export interface Gradient {
  /** f32, laid out as the parameters. */
  g: Tensor;
  /** A scalar that `g` is still to be divided by, for loss scale and clipping; null for 1. */
  divisor: Tensor | null;
  /** A scalar; where it is 0 nothing may change. Null for 1. */
  proceed: Tensor | null;
}

/** Changes the packed parameters and moments in place. `hyper` f32 [2]: the number t of this update, from 1, and the learning rate. */
export type Update<M extends string> = (p: Tensor, moments: Record<M, Tensor>, g: Gradient, hyper: Tensor) => void;

/**
 * @param name the optimiser's, for messages
 * @param parameters f32 state tensors, each in one optimiser only; they move into ranges of one buffer
 * @param moments which moments are kept; they begin at 0
 */
export function optimizer<M extends string>(
  name: string,
  parameters: readonly Tensor[],
  options: OptimizerOptions & { lr: number },
  moments: Readonly<Record<M, boolean>>,
  update: Update<M>,
): Optimizer<M> {
  const { lr, clipValue, clipNorm, lossScale } = options;
  checkAtLeast(name, { lr }, 0);
  checkAtLeast(name, { clipValue: clipValue ?? 1, clipNorm: clipNorm ?? 1 }, Number.MIN_VALUE);
  const p = packStates(parameters);
  const { device, size } = p;
  const kept = (Object.keys(moments) as M[]).filter((moment) => moments[moment]);
  const packed = byName(kept, () => state(new Float32Array(size), [size], { device }));
  const hyper = state([0, lr], [2], { device });
  const rate = rateOf(hyper);
  const oneStep = keep(tensor([1, 0], [2], { device }));
  const scaler = lossScale === undefined ? null : lossScaler(name, lossScale, device);
  return {
    scaleLoss: (loss) => (scaler ? mul(loss, scaler.scale) : loss),
    step(gradients, proceed) {
      const wanted = proceed ? asScalar(name, proceed) : null;
      const raw = pack(gradients);
      const finite = scaler?.check(raw) ?? null;
      const both = finite && wanted ? mul(finite, wanted) : (finite ?? wanted);
      assign(hyper, add(hyper, both ? mul(oneStep, both) : oneStep));
      update(p, packed, { ...clipped(raw, scaler?.scale ?? null, clipValue, clipNorm), proceed: both }, hyper);
      if (finite) scaler!.follow(finite, wanted ?? 1);
    },
    state: {
      ...byName(Object.keys(moments) as M[], (m) => (moments[m] ? unpackStates(packed[m], parameters) : [])),
      hyper: [hyper],
      loss_scale: scaler?.state ?? [],
    },
    setLearningRate: (value) => rate.write(Float32Array.of(value)),
  };
}

/** What becomes of p and the moments, elementwise: their next values from the present ones. */
export type Rule<M extends string> = (
  now: Record<M, Tensor> & { p: Tensor; g: Tensor },
  hyper: { t: Tensor; lr: Tensor },
) => { p: Tensor } & { [N in M]?: Tensor };

/** An update by public ops. They walk the same buffers, so the compiler makes one dispatch of it. */
export const elementwise =
  <M extends string>(rule: Rule<M>): Update<M> =>
  (p, moments, { g, divisor, proceed }, hyper) => {
    const now = { ...moments, p, g: divisor ? div(g, divisor) : g };
    const next = rule(now, { t: slice(hyper, [[0, 1]]), lr: slice(hyper, [[1, 2]]) });
    for (const [name, value] of Object.entries(next) as [M | 'p', Tensor][])
      assign(now[name], proceed ? where(proceed, value, now[name]) : value);
  };

/** g / scale, clipped first by value and then by norm; what is the same for all elements is left to the divisor. */
function clipped(g: Tensor, scale: Tensor | null, value = 0, norm = 0): Omit<Gradient, 'proceed'> {
  const unscaled = scale ? div(g, scale) : g;
  const [cut, rest] = value ? [maximum(minimum(unscaled, value), -value), null] : [g, scale];
  if (!norm) return { g: cut, divisor: rest };
  const length = packedNorm(value ? cut : unscaled);
  const excess = maximum(div(add(length, 1e-6), norm), 1);
  return { g: cut, divisor: rest ? mul(rest, excess) : excess };
}

function asScalar(name: string, proceed: Tensor): Tensor {
  if (proceed.size === 1) return reshape(proceed, []);
  throw new ShapeError(`${name}: step: proceed: expected a scalar, got [${proceed.shape}]; reduce it, by min say`);
}

/** The second number of `hyper`, by itself: to be written from the host. */
function rateOf(hyper: Tensor): Tensor {
  const view = new Tensor(hyper.device, { shape: [], dtype: 'f32' }).place(hyper.storage!, hyper.offset + 4);
  view.isState = true;
  return view;
}

const byName = <M extends string, T>(names: readonly M[], make: (name: M) => T): Record<M, T> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<M, T>;

/** @throws RangeError, in the optimiser's name, for an option that is no number from `least` on */
export function checkAtLeast(name: string, options: Record<string, number>, least: number): void {
  for (const [option, value] of Object.entries(options)) {
    if (!(value >= least && Number.isFinite(value)))
      throw new RangeError(`${name}: ${option}: expected a number ${least ? 'above' : 'of at least'} 0, got ${value}`);
  }
}
