/** Weights that are computed from what is trained, anew at each call: the parametrizations of a layer. */
import type { Rng } from '@ganvas/kernels-wgsl';
import { type Device, mul, type Tensor } from '@ganvas/tensor';
import { type Initializer, normal } from './init.ts';
import type { Mode } from './module.ts';

/** The trained weight of a layer, and what a parametrization may want to know of it. */
export interface TrainedWeight {
  /** A state tensor; its last axis is the outputs', but a transposed convolution's [kh, kw, outputs, inputs]. */
  weight: Tensor;
  /** What it begins with. */
  values: Float32Array;
  /** The axis of the outputs. */
  outputAxis: number;
  /** Number of inputs that one output sums. */
  fanIn: number;
  rng: Rng;
  device?: Device | undefined;
}

/** What the layer then consists of. */
export interface Parametrized {
  parameters: Record<string, Tensor>;
  buffers: Record<string, Tensor>;
  /** The weight that the layer works with in this call. */
  weight(mode: Mode): Tensor;
}

export interface Parametrization {
  /** Initial values of the trained weight, where the layer is not given any. */
  weightInit?: Initializer;
  attach(trained: TrainedWeight): Parametrized;
}

/** The weight itself. */
export const plainWeight: Parametrization = {
  attach: ({ weight }) => ({ parameters: { weight }, buffers: {}, weight: () => weight }),
};

/**
 * Equalised learning rate (Karras et al. 2018, "Progressive growing of GANs"): the trained weight is N(0, 1), and the layer works
 * with gain/√fanIn times it. Adam's steps are then of the same relative size in all layers.
 * @param gain default √2, He's for a ReLU
 */
export const weightScaling = (gain = Math.SQRT2): Parametrization => ({
  weightInit: normal(0, 1),
  attach: ({ weight, fanIn }) => ({
    parameters: { weight },
    buffers: {},
    weight: () => mul(weight, gain / Math.sqrt(fanIn)),
  }),
});
