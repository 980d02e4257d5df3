/** Initial values, drawn on the host: the same seed gives the same weights on every adapter. */
import type { Rng } from '@ganvas/kernels-wgsl';

/** Fills `size` values; `fanIn` is the number of inputs that one output sums. */
export type Initializer = (rng: Rng, size: number, fanIn: number) => Float32Array;

/** N(mean, std²). */
export const normal =
  (mean: number, std: number): Initializer =>
  (rng, size) =>
    rng.normals(size, mean, std);

/** U(−1/√fanIn, 1/√fanIn), PyTorch's default for linear and convolution layers. */
export const uniformFanIn: Initializer = (rng, size, fanIn) => {
  const bound = 1 / Math.sqrt(fanIn);
  return Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * bound);
};

export const zeros: Initializer = (_, size) => new Float32Array(size);
export const ones: Initializer = (_, size) => new Float32Array(size).fill(1);
