/**
 * Initial values, drawn on the host: the same seed gives the same weights on every adapter. Names, gains and fans are those of
 * torch.nn.init.
 */
import type { Rng } from '@ganvas/kernels-wgsl';

/**
 * Fills `size` values. `fanIn` is the number of inputs that one output sums, so a weight is a matrix [fanIn, size / fanIn];
 * `fanOut` is the number of outputs that one input reaches. A convolution's kernel counts in both.
 */
export type Initializer = (rng: Rng, size: number, fanIn: number, fanOut: number) => Float32Array;

/** U(low, high). */
export const uniform =
  (low = 0, high = 1): Initializer =>
  (rng, size) =>
    Float32Array.from({ length: size }, () => low + (high - low) * rng.uniform());

/** N(mean, std²). */
export const normal =
  (mean = 0, std = 1): Initializer =>
  (rng, size) =>
    rng.normals(size, mean, std);

export const constant =
  (value: number): Initializer =>
  (_, size) =>
    new Float32Array(size).fill(value);
export const zeros: Initializer = constant(0);
export const ones: Initializer = constant(1);

/** U(−1/√fanIn, 1/√fanIn), PyTorch's default for linear and convolution layers. */
export const uniformFanIn: Initializer = (rng, size, fanIn) => {
  const bound = 1 / Math.sqrt(fanIn);
  return Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * bound);
};

export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/**
 * By how much a layer's values must be larger so that they keep their size through the nonlinearity after it.
 * @param slope of a leaky ReLU; default 0.01
 */
export function gain(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + slope ** 2));
    case 'selu':
      return 3 / 4;
    default:
      return 1;
  }
}

/** Both: U(±√3·std) has the standard deviation std. */
const uniformOf = (std: number): Initializer => uniform(-Math.sqrt(3) * std, Math.sqrt(3) * std);
const normalOf = (std: number): Initializer => normal(0, std);

/** std = gain · √(2 / (fanIn + fanOut)): values forward and gradients backward keep their size (Glorot & Bengio 2010). */
const xavier =
  (of: (std: number) => Initializer) =>
  (gain = 1): Initializer =>
  (rng, size, fanIn, fanOut) =>
    of(gain * Math.sqrt(2 / (fanIn + fanOut)))(rng, size, fanIn, fanOut);
export const xavierUniform = xavier(uniformOf);
export const xavierNormal = xavier(normalOf);

export interface KaimingOptions {
  /** Which of the two keeps its size: values forward (`fanIn`, default) or gradients backward (`fanOut`). */
  mode?: 'fanIn' | 'fanOut';
  /** What follows the layer. Default `leakyRelu`, as PyTorch. */
  nonlinearity?: Nonlinearity;
  /** Of a leaky ReLU. Default 0, as PyTorch: then it is a ReLU. */
  slope?: number;
}

/** std = gain / √fan (He et al. 2015). */
const kaiming =
  (of: (std: number) => Initializer) =>
  ({ mode = 'fanIn', nonlinearity = 'leakyRelu', slope = 0 }: KaimingOptions = {}): Initializer =>
  (rng, size, fanIn, fanOut) => {
    const std = gain(nonlinearity, slope) / Math.sqrt(mode === 'fanIn' ? fanIn : fanOut);
    return of(std)(rng, size, fanIn, fanOut);
  };
export const kaimingUniform = kaiming(uniformOf);
export const kaimingNormal = kaiming(normalOf);
