/**
 * Layers that show a discriminator its batch as a whole, so that it can tell many alike from many: against collapse of the
 * generator. Both take features [batch, features] and put more behind them.
 */
import { customGradient, type Module, nn } from '@ganvas/autograd';
import type { Rng } from '@ganvas/kernels-wgsl';
import {
  abs,
  add,
  broadcastTo,
  concat,
  type Device,
  exp,
  expandDims,
  matmul,
  mean,
  mul,
  neg,
  reshape,
  ShapeError,
  sign,
  sqrt,
  square,
  state,
  sub,
  sum,
  type Tensor,
  transpose,
} from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';

export interface MinibatchDiscriminationOptions {
  /** Number of distances that are measured. Default 32; the authors' code has 100. */
  kernels?: number;
  /** Numbers of which each is a distance. Default 5, as in the authors' code. */
  dims?: number;
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
}

const KERNELS = 32;

/**
 * Minibatch discrimination (Salimans et al. 2016): features [batch, features] → [batch, features + kernels]. With M = x·T, example i
 * gets Σⱼ exp(−‖Mᵢₖ − Mⱼₖ‖₁) over all others j, for each kernel k. The parameter is `T` [features, kernels, dims], initially
 * N(0, 1/features). Takes batch² · kernels · dims differences.
 */
export function minibatchDiscrimination(features: number, options: MinibatchDiscriminationOptions): Module {
  const { kernels = KERNELS, dims = 5, rng, device } = options;
  const columns = kernels * dims;
  const values = rng.normals(features * columns, 0, 1 / Math.sqrt(features));
  const T = state(values, [features, kernels, dims], { device });
  return {
    type: 'MinibatchDiscrimination',
    parameters: { T },
    buffers: {},
    forward: (x, mode) => {
      const batches = nn.batchesIn(mode);
      const batch = x.shape[0]! / batches;
      // Kernels innermost: four of them are one load of all that follows.
      const M = matmul(x, reshape(transpose(T, [0, 2, 1]), [features, columns]));
      const closeness = closenessWithin(reshape(M, [batches, batch, dims, kernels]));
      // 1 is how close an example is to itself.
      return concat([x, sub(reshape(closeness, [batches * batch, kernels]), 1)], 1);
    },
  };
}

/** Of M [batches, batch, dims, kernels]: Mᵢ − Mⱼ, and exp(−‖Mᵢ − Mⱼ‖₁), for each two of a batch. */
function pairs(M: Tensor): { difference: Tensor; closeness: Tensor } {
  const difference = sub(expandDims(M, 2), expandDims(M, 1)); // [batches, batch, batch, dims, kernels]
  return { difference, closeness: exp(neg(sum(abs(difference), 3))) };
}

/**
 * Each example's closeness to all of its batch, [batches, batch, kernels]. Mᵢ counts in its own sum and in those of the others, in
 * the same way: its gradient is −Σⱼ (gᵢ + gⱼ) · exp(−‖Mᵢ − Mⱼ‖₁) · sign(Mᵢ − Mⱼ), one walk over all pairs where the chain rule takes two.
 */
const closenessWithin = customGradient(
  (M: Tensor) => sum(pairs(M).closeness, 2),
  (g, { inputs: [M] }) => {
    const { difference, closeness } = pairs(M);
    const both = mul(closeness, add(expandDims(g, 2), expandDims(g, 1)));
    return [neg(sum(mul(sign(difference), expandDims(both, 3)), 2))];
  },
);

export interface MinibatchStddevOptions {
  /** Neighbours in the batch that are compared, a divisor of it. Default the whole batch; Karras et al. take 4. */
  group?: number;
  /** Added to the variance. Default 1e-8. */
  eps?: number;
}

/**
 * Minibatch standard deviation (Karras et al. 2018): features [batch, features] → [batch, features + 1]. The new one is the standard
 * deviation of each feature over the group, averaged over the features: the same for all of a group.
 * @throws ShapeError, from `forward`, for a group that does not divide the batch
 */
export const minibatchStddev = ({ group, eps = 1e-8 }: MinibatchStddevOptions = {}): Module =>
  nn.fn((x, mode) => {
    const [examples, features] = x.shape as [number, number];
    const batch = examples / nn.batchesIn(mode);
    const size = group ?? batch;
    if (batch % size !== 0)
      throw new ShapeError(`minibatchStddev: groups of ${size} do not divide a batch of ${batch}; use a divisor`);
    const grouped = reshape(x, [examples / size, size, features]);
    const variance = mean(square(sub(grouped, mean(grouped, 1, { keepDims: true }))), 1, { keepDims: true });
    const deviation = mean(sqrt(add(variance, eps)), 2, { keepDims: true });
    return concat([x, reshape(broadcastTo(deviation, [examples / size, size, 1]), [examples, 1])], 1);
  }, 'MinibatchStddev');

/** The layer that a configuration names, and how many features leave it. */
export function minibatchLayer(
  features: number,
  { minibatch = 'none', ...options }: { minibatch?: RunConfig['minibatch'] } & MinibatchDiscriminationOptions,
): { layers: Record<string, Module>; features: number } {
  if (minibatch === 'none') return { layers: {}, features };
  if (minibatch === 'stddev') return { layers: { minibatch: minibatchStddev() }, features: features + 1 };
  const { kernels = KERNELS } = options;
  return { layers: { minibatch: minibatchDiscrimination(features, options) }, features: features + kernels };
}
