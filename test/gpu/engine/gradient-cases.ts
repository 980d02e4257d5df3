/** Each op's cases for its gradient: a function of f32 tensors, away from where it has none. */
import type { Rng } from '@ganvas/kernels-wgsl';
import * as ops from '@ganvas/tensor';
import {
  add,
  batchNorm,
  broadcastTo,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convTranspose2d,
  exp,
  fence,
  leakyRelu,
  log,
  log1p,
  logSoftmax,
  matmul,
  max,
  maximum,
  min,
  minimum,
  moments,
  mul,
  neg,
  type OpName,
  reciprocal,
  relu,
  reshape,
  rsqrt,
  sigmoid,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  where,
} from '@ganvas/tensor';
import { MOVEMENT_CASES } from './movement-cases.ts';
import { WINDOW_CASES } from './window-cases.ts';

/** A function of f32 tensors, and how to draw its inputs: shape and range of each. */
export interface Case {
  fn: (...inputs: Tensor[]) => Tensor;
  inputs: Input[];
}
export interface Input {
  shape: number[];
  draw: (rng: Rng) => number;
}

/** Any number of moderate size. */
const any = (...shape: number[]): Input => ({ shape, draw: (rng) => 2 * rng.uniform() - 1 });
/** Well above 0, for divisors, logarithms and roots. */
const positive = (...shape: number[]): Input => ({ shape, draw: (rng) => 0.7 + rng.uniform() });
/** At least 0.2 away from 0, where the op has a kink. */
const offZero = (...shape: number[]): Input => ({
  shape,
  draw: (rng) => (rng.below(2) ? 1 : -1) * (0.2 + rng.uniform()),
});
/** All at least 0.1 apart, so that no step changes which one is the largest. */
const apart = (...shape: number[]): Input => {
  const left: number[] = [];
  return {
    shape,
    draw: (rng) => {
      if (left.length === 0) left.push(...Array.from({ length: 16 }, (_, i) => (i - 8) / 8));
      return left.splice(rng.below(left.length), 1)[0]!;
    },
  };
};

const unary = (fn: (x: Tensor) => Tensor, draw = any): Case => ({ fn, inputs: [draw(2, 3)] });
/** Both operands broadcast: [2,3] with [3], and [2,1] with [2,3]. */
const binary = (fn: (x: Tensor, y: Tensor) => Tensor, drawX = any, drawY = any): Case[] => [
  { fn: fn as Case['fn'], inputs: [drawX(2, 3), drawY(3)] },
  { fn: fn as Case['fn'], inputs: [drawX(2, 1), drawY(1, 3)] },
];
/** x and y whose difference is never near 0. */
const contest = (fn: (x: Tensor, y: Tensor) => Tensor): Case[] => [
  { fn: (x, y) => fn(x!, y!), inputs: [{ ...apart(4) }, { shape: [1], draw: () => 0.0625 }] },
  { fn: (x, y) => fn(x!, add(y!, 3)), inputs: [any(2, 1), any(3)] },
];

const window = {
  stride: 2,
  padding: [
    [1, 0],
    [0, 1],
  ],
} as const;
const X = [1, 3, 3, 2];
const W = [2, 2, 2, 2];
const Y = [1, 2, 2, 2];
/** The same output from a dilated kernel. */
const spread = { ...window, dilation: [2, 1] } as const;
const SPREAD_X = [1, 4, 3, 2];
/** Two groups of one channel in and two out. */
const grouped = { ...window, groups: 2 };
const GROUPED_X = [1, 3, 3, 2];
const GROUPED_W = [2, 2, 1, 4];
const GROUPED_Y = [1, 2, 2, 4];

const TRANSPOSITIONS = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);
/** [..., 3, 2] · [..., 2, 1], each with batch axes of its own. */
const product = (flags: (typeof TRANSPOSITIONS)[number], batchA: number[], batchB: number[]): Case => ({
  fn: (a, b) => matmul(a!, b!, flags),
  inputs: [
    any(...batchA, ...(flags.transposeA ? [2, 3] : [3, 2])),
    any(...batchB, ...(flags.transposeB ? [1, 2] : [2, 1])),
  ],
});
const mask = () => tensor([1, 0, 1]);

export const CASES: { [N in OpName]?: Case | Case[] } = {
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(ops.div, any, positive),
  maximum: contest(maximum),
  minimum: contest(minimum),
  // x / y stays between two whole numbers.
  mod: binary((x, y) => mul(ops.mod(x, add(y, 1)), x), offZero, positive),
  pow: binary(ops.pow, positive, any),
  clamp: unary((x) => mul(ops.clamp(x, { min: -0.5625, max: 0.3125 }), x), apart),
  sin: unary(ops.sin),
  cos: unary(ops.cos),
  erf: unary(ops.erf),
  expm1: unary(ops.expm1),
  elu: unary((x) => ops.elu(x, 0.7), offZero),
  neg: unary(neg),
  abs: unary(ops.abs, offZero),
  exp: unary(exp),
  log: unary(log, positive),
  log1p: unary(log1p, positive),
  sqrt: unary(sqrt, positive),
  rsqrt: unary(rsqrt, positive),
  square: unary(square),
  erfinv: unary((x) => ops.erfinv(mul(x, 0.8))),
  reciprocal: unary(reciprocal, positive),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  relu: unary((x) => mul(relu(x), x), offZero),
  leakyRelu: [unary((x) => mul(leakyRelu(x, 0.2), x), offZero), unary((x) => mul(leakyRelu(x, -0.5), x), offZero)],
  where: { fn: (x, y) => where(mask(), mul(x!, y!), square(y!)), inputs: [any(2, 3), any(2, 1)] },
  reshape: unary((x) => square(reshape(x, [3, 2]))),
  broadcastTo: { fn: (x) => square(broadcastTo(x!, [2, 3, 2])), inputs: [any(3, 1)] },
  fence: unary((x) => square(fence(x))),
  transpose: { fn: (x) => square(transpose(x!, [1, 2, 0])), inputs: [any(2, 1, 3)] },
  ...MOVEMENT_CASES,
  ...WINDOW_CASES,
  sum: [unary((x) => square(sum(x, 0))), unary((x) => square(sum(x, [0, 1], { keepDims: true })))],
  // Over one axis of five, several axes, and ranges in which one element and two are 0.
  prod: [
    { fn: (x) => ops.prod(x!, 1), inputs: [offZero(2, 5)] },
    { fn: (x) => square(ops.prod(x!, [0, 2], { keepDims: true })), inputs: [any(2, 2, 3)] },
    { fn: (x) => ops.prod(mul(x!, tensor([0, 1, 1, 1])), 1), inputs: [any(2, 4)] },
    { fn: (x) => ops.prod(mul(x!, tensor([0, 1, 0])), 1), inputs: [any(2, 3)] },
  ],
  cumSum: [
    unary((x) => square(ops.cumSum(x, 0))),
    unary((x) => square(ops.cumSum(x, -1, { reverse: true, exclusive: true }))),
  ],
  max: [unary((x) => square(max(x, 1)), apart), unary((x) => square(max(x)), apart)],
  min: [unary((x) => square(min(x, 0)), apart), unary((x) => square(min(x, 1, { keepDims: true })), apart)],
  matmul: [
    ...TRANSPOSITIONS.map((flags) => product(flags, [], [])),
    product({ transposeA: false, transposeB: false }, [2], [2]),
    product({ transposeA: false, transposeB: true }, [2], []), // one tall product
    product({ transposeA: true, transposeB: false }, [2], []),
    product({ transposeA: true, transposeB: true }, [2, 1], [3]),
  ],
  conv2d: [
    { fn: (x, w) => conv2d(x!, w!, window), inputs: [any(...X), any(...W)] },
    { fn: (x, w) => conv2d(x!, w!, spread), inputs: [any(...SPREAD_X), any(...W)] },
    { fn: (x, w) => conv2d(x!, w!, grouped), inputs: [any(...GROUPED_X), any(...GROUPED_W)] },
  ],
  conv2dInputGrad: [
    { fn: (dy, w) => conv2dInputGrad(dy!, w!, X, window), inputs: [any(...Y), any(...W)] },
    { fn: (dy, w) => conv2dInputGrad(dy!, w!, SPREAD_X, spread), inputs: [any(...Y), any(...W)] },
    { fn: (dy, w) => conv2dInputGrad(dy!, w!, GROUPED_X, grouped), inputs: [any(...GROUPED_Y), any(...GROUPED_W)] },
    { fn: (x, w) => convTranspose2d(x!, w!, { stride: 2 }), inputs: [any(1, 2, 1, 1), any(2, 2, 2, 1)] },
    {
      fn: (x, w) => convTranspose2d(x!, w!, { stride: 2, dilation: [2, 1], groups: 2, outputPadding: [1, 0] }),
      inputs: [any(1, 2, 1, 2), any(2, 2, 1, 2)],
    },
  ],
  conv2dWeightGrad: [
    { fn: (x, dy) => conv2dWeightGrad(x!, dy!, W, window), inputs: [any(...X), any(...Y)] },
    { fn: (x, dy) => conv2dWeightGrad(x!, dy!, W, spread), inputs: [any(...SPREAD_X), any(...Y)] },
    { fn: (x, dy) => conv2dWeightGrad(x!, dy!, GROUPED_W, grouped), inputs: [any(...GROUPED_X), any(...GROUPED_Y)] },
  ],
  moments: [
    {
      fn: (x) => {
        const [mean, variance] = moments(x!);
        return add(square(mean), variance);
      },
      inputs: [any(4, 2)],
    },
    {
      fn: (x) => {
        const [mean, variance] = moments(x!, { separate: true });
        return add(square(mean), variance);
      },
      inputs: [any(2, 3, 2)],
    },
  ],
  batchNorm: [
    {
      fn: (x, gamma, beta) => {
        const { y, mean, variance } = batchNorm(x!, gamma!, beta!, { eps: 0.1 });
        return add(y, mul(mean, variance));
      },
      inputs: [any(5, 2), any(2), any(2)],
    },
    {
      fn: (x, gamma, beta) => {
        const { y, mean, variance } = batchNorm(x!, gamma!, beta!, { eps: 0.1, separate: true });
        return add(y, mul(mean, variance));
      },
      inputs: [any(2, 3, 2), any(2), any(2)],
    },
  ],
  split: [
    {
      fn: (x) => {
        const [a, b] = split(x!, 2, 1) as [Tensor, Tensor];
        return add(square(a), mul(a, b));
      },
      inputs: [any(2, 4)],
    },
    { fn: (x) => square(split(x!, [1, 3])[1]!), inputs: [any(4, 2)] },
  ],
  softmax: [unary((x) => mul(softmax(x), x)), unary((x) => square(softmax(x, 0)))],
  logSoftmax: [unary((x) => mul(logSoftmax(x), x)), unary((x) => square(logSoftmax(x, 0)))],
};
