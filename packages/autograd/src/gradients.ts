/**
 * The calculus: one rule an op. A rule answers, for each input, the product of the upstream gradient with the op's Jacobian —
 * written in public ops, so that it can be differentiated again. Gradients are wrapped in functions, so that only those
 * that are asked for are computed. Where an input was broadcast, the walk sums the answer back to its shape.
 *
 * Notation: g is the upstream gradient (one an output), x and y the first and second input, out the op's output.
 */
import {
  add,
  broadcastTo,
  concat,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  cos,
  cumSum,
  div,
  equal,
  exp,
  expandDims,
  floor,
  foldWindows,
  gatherAt,
  greater,
  greaterEqual,
  log,
  matmul,
  mul,
  neg,
  OPS,
  type OpName,
  pow,
  reshape,
  rsqrt,
  scatterSum,
  sigmoid,
  sign,
  sin,
  sliceAxis,
  square,
  stridedSlice,
  sub,
  sum,
  type Tensor,
  transpose,
  unslice,
  where,
} from '@ganvas/tensor';
import { firstLargest } from './first-largest.ts';
import { productOfOthers } from './product-of-others.ts';

/** What a rule sees of the op call that it differentiates. */
export interface Call<A = object> {
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  attrs: A;
}

/** One upstream gradient an output (zeros where nothing came), one answer an input; null where the op is constant in it. */
export type Rule<A = object> = (g: readonly Tensor[], call: Call<A>) => readonly ((() => Tensor) | null)[];

/**
 * `constant`: the derivative is 0 wherever it exists. `cast`: the gradient is cast back, and none goes to an integer. `refuses`:
 * differentiating through this op is an error.
 */
export type Entry<A = object> = Rule<A> | 'constant' | 'cast' | 'refuses';

type AttrsOf<N extends OpName> = (typeof OPS)[N] extends { infer(inputs: never, attrs: infer A): unknown }
  ? A extends object
    ? A
    : object
  : object;

type Table = { [N in OpName]: Entry<AttrsOf<N>> };

const unary =
  (rule: (g: Tensor, x: Tensor, out: Tensor) => Tensor): Rule =>
  ([g], { inputs: [x], outputs: [out] }) => [() => rule(g!, x!, out!)];
const binary =
  (dx: (g: Tensor, x: Tensor, y: Tensor) => Tensor, dy: (g: Tensor, x: Tensor, y: Tensor) => Tensor): Rule =>
  ([g], { inputs: [x, y] }) => [() => dx(g!, x!, y!), () => dy(g!, x!, y!)];

/** 1 where x wins, ½ at a tie. */
const wins = (x: Tensor, y: Tensor): Tensor => add(greater(x, y), mul(equal(x, y), 0.5));

/** Where out equals an extreme, shared equally among ties. */
const extreme: Rule<{ axes: readonly number[] }> = ([g], { inputs: [x], outputs: [out], attrs: { axes } }) => {
  const kept = x!.shape.map((d, axis) => (axes.includes(axis) ? 1 : d));
  return [
    () => {
      const mask = equal(x!, reshape(out!, kept));
      return mul(mask, div(reshape(g!, kept), sum(mask, axes, { keepDims: true })));
    },
  ];
};

export const GRADIENTS: Table = {
  // ── elementwise ──────────────────────────────────────────────────────────────────────────────────────────────────────
  add: binary(
    (g) => g,
    (g) => g,
  ),
  sub: binary(
    (g) => g,
    (g) => neg(g),
  ),
  mul: binary(
    (g, _, y) => mul(g, y),
    (g, x) => mul(g, x),
  ),
  div: binary(
    (g, _, y) => div(g, y),
    (g, x, y) => neg(div(mul(g, x), square(y))), // d(x/y)/dy = -x/y²
  ),
  maximum: binary(
    (g, x, y) => mul(g, wins(x, y)),
    (g, x, y) => mul(g, wins(y, x)),
  ),
  minimum: binary(
    (g, x, y) => mul(g, wins(y, x)),
    (g, x, y) => mul(g, wins(x, y)),
  ),
  neg: unary((g) => neg(g)),
  abs: unary((g, x) => mul(g, sign(x))),
  // x mod y = x - y·⌊x/y⌋, whose ⌊x/y⌋ is constant wherever it has a derivative
  mod: binary(
    (g) => g,
    (g, x, y) => neg(mul(g, floor(div(x, y)))),
  ),
  // y·x^(y-1), and 0 for y = 0 at any x; ln x · x^y, and 0 at x = 0, where x^y stays 0 (y > 0)
  pow: ([g], { inputs: [x, y], outputs: [out] }) => [
    () => mul(g!, where(equal(y!, 0), 0, mul(y!, pow(x!, sub(y!, 1))))),
    () => mul(g!, where(mul(equal(x!, 0), greaterEqual(y!, 0)), 0, mul(out!, log(x!)))),
  ],
  clamp: unary((g, x, out) => where(equal(x, out), g, 0)), // 1 between the bounds, and on them
  sin: unary((g, x) => mul(g, cos(x))),
  cos: unary((g, x) => neg(mul(g, sin(x)))),
  erf: unary((g, x) => mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))), // 2/√π e^(-x²)
  erfinv: unary((g, _, out) => mul(g, mul(exp(square(out)), Math.sqrt(Math.PI) / 2))), // √π/2 e^(y²)
  exp: unary((g, _, out) => mul(g, out)),
  expm1: unary((g, _, out) => mul(g, add(out, 1))),
  log: unary((g, x) => div(g, x)),
  log1p: unary((g, x) => div(g, add(x, 1))),
  sqrt: unary((g, _, out) => div(g, mul(out, 2))), // 1 / (2√x)
  rsqrt: unary((g, _, out) => mul(g, mul(mul(square(out), out), -0.5))), // -½ x^(-3/2)
  square: unary((g, x) => mul(g, mul(x, 2))),
  reciprocal: unary((g, _, out) => neg(mul(g, square(out)))), // -1/x²
  tanh: unary((g, _, out) => mul(g, sub(1, square(out)))), // 1 - tanh²
  sigmoid: unary((g, _, out) => mul(g, mul(out, sub(1, out)))), // σ(1 - σ)
  softplus: unary((g, x) => mul(g, sigmoid(x))),
  // The sign of the output is that of the input: the input need not be kept in memory.
  relu: unary((g, _, out) => mul(g, greater(out, 0))),
  leakyRelu: ([g], { inputs: [x], outputs: [out], attrs: { slope } }) => [
    () => where(greater(slope > 0 ? out! : x!, 0), g!, mul(g!, slope)),
  ],
  elu: ([g], { inputs: [x], outputs: [out], attrs: { alpha } }) => [
    () => where(greater(x!, 0), g!, mul(g!, add(out!, alpha))), // αeˣ = out + α
  ],
  where: ([g], { inputs: [mask] }) => [null, () => where(mask!, g!, 0), () => where(mask!, 0, g!)],
  sign: 'constant',
  greater: 'constant',
  greaterEqual: 'constant',
  less: 'constant',
  lessEqual: 'constant',
  equal: 'constant',
  notEqual: 'constant',
  logicalAnd: 'constant',
  logicalOr: 'constant',
  logicalXor: 'constant',
  logicalNot: 'constant',
  isNaN: 'constant',
  isFinite: 'constant',
  floor: 'constant',
  ceil: 'constant',
  round: 'constant',
  toF32: 'cast',
  toF16: 'cast',
  toU32: 'constant',
  toI32: 'constant',

  // ── movement ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  reshape: unary((g, x) => reshape(g, x.shape)),
  broadcastTo: unary((g) => g), // the walk sums over what was repeated
  transpose: ([g], { attrs: { permutation } }) => [
    () =>
      transpose(
        g!,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  fence: unary((g) => g),
  // A slice and its transpose are each other's gradients, and so are a gather and the sums that bring it back.
  slice: ([g], { inputs: [x], attrs }) => [() => unslice(g!, { ...attrs, shape: x!.shape })],
  unslice: ([g], { inputs: [x], attrs }) => [() => stridedSlice(g!, { ...attrs, sizes: x!.shape })],
  concat: ([g], { inputs, attrs: { axis } }) =>
    inputs.map(({ shape }, part) => () => {
      const start = inputs.slice(0, part).reduce((sum, before) => sum + before.shape[axis]!, 0);
      return sliceAxis(g!, axis, start, start + shape[axis]!);
    }),
  split: (g, { attrs: { axis } }) => [() => concat(g, axis)],
  gather: ([g], { inputs: [x, indices], attrs }) => [
    () => scatterSum(g!, indices!, { ...attrs, size: x!.shape[attrs.axis]! }),
    null,
  ],
  scatterAdd: ([g], { inputs: [, indices], attrs: { axis, each } }) => [
    () => gatherAt(g!, indices!, { axis, each }),
    null,
  ],
  linspace: 'constant',
  detach: 'constant',
  fill: 'constant',

  // ── reductions ───────────────────────────────────────────────────────────────────────────────────────────────────────
  sum: ([g], { inputs: [x], attrs: { axes } }) => [
    () =>
      broadcastTo(
        reshape(
          g!,
          x!.shape.map((d, axis) => (axes.includes(axis) ? 1 : d)),
        ),
        x!.shape,
      ),
  ],
  // The product of all others, which is right where some of them are 0, and has derivatives of its own.
  prod: ([g], { inputs: [x], attrs: { axes } }) => [
    () =>
      mul(
        reshape(
          g!,
          x!.shape.map((d, axis) => (axes.includes(axis) ? 1 : d)),
        ),
        productOfOthers(x!, axes),
      ),
  ],
  max: extreme,
  min: extreme,

  // yⱼ = Σ xᵢ over i ≤ j: each xᵢ is in all sums from its own on.
  cumSum: ([g], { attrs }) => [() => cumSum(g!, attrs.axis, { ...attrs, reverse: !attrs.reverse })],

  // ── linear algebra ───────────────────────────────────────────────────────────────────────────────────────────────────
  // C = A·B: dA = dC·Bᵀ, dB = Aᵀ·dC; a transposed operand gets the transpose of that. A batch that was broadcast is
  // summed by the walk.
  matmul: ([g], { inputs: [a, b], attrs: { transposeA: ta, transposeB: tb } }) => [
    () => (ta ? matmul(b!, g!, { transposeA: tb, transposeB: true }) : matmul(g!, b!, { transposeB: !tb })),
    () => (tb ? matmul(g!, a!, { transposeA: true, transposeB: ta }) : matmul(a!, g!, { transposeA: !ta })),
  ],

  // ── convolution ──────────────────────────────────────────────────────────────────────────────────────────────────────
  // For all x, w, dy:  ⟨conv2d(x, w), dy⟩ = ⟨x, inputGrad(dy, w)⟩ = ⟨w, weightGrad(x, dy)⟩.  Each of the three is linear in
  // both of its inputs, so its gradients are the other two, whichever of x, w, dy is replaced by the upstream gradient.
  conv2d: ([g], { inputs: [x, w], attrs }) => [
    () => conv2dInputGrad(g!, w!, x!.shape, attrs),
    () => conv2dWeightGrad(x!, g!, w!.shape, attrs),
  ],
  conv2dInputGrad: ([g], { inputs: [dy, w], attrs }) => [
    () => conv2d(g!, w!, attrs),
    () => conv2dWeightGrad(g!, dy!, w!.shape, attrs),
  ],
  conv2dWeightGrad: ([g], { inputs: [x, dy], attrs }) => [
    () => conv2dInputGrad(dy!, g!, x!.shape, attrs),
    () => conv2d(x!, g!, attrs),
  ],
  windows: ([g], { inputs: [x], attrs }) => [() => foldWindows(g!, x!.shape, attrs)],
  // A window's gradient goes to the first of its largest elements.
  maxPool2d: ([g], { inputs: [x], outputs: [y], attrs }) => [
    () => foldWindows(mul(firstLargest(x!, y!, attrs), expandDims(g!, [3, 4])), x!.shape, attrs),
  ],

  // ── normalization ────────────────────────────────────────────────────────────────────────────────────────────────────
  // mean = Σx/n, variance = Σ(x - mean)²/n
  moments: ([gMean, gVariance], { inputs: [x], outputs: [mean] }) => [
    () => momentsGradient(x!, mean!, gMean!, gVariance!),
  ],
  // y = γ·x̂ + β with x̂ = (x - mean)/σ: the mean and σ move with x, which takes from g its mean and its projection on x̂.
  // Separate batches have a row of dGamma and dBeta each, which the walk sums.
  batchNorm: ([g, gMean, gVariance], { inputs: [x, gamma], outputs: [, mean, variance], attrs: { eps, separate } }) => {
    const first = separate ? 1 : 0;
    const axes = x!.shape.slice(first, -1).map((_, axis) => first + axis);
    const overBatch = (t: Tensor) => sum(t, axes, { keepDims: separate });
    const perChannel = mean!.size / x!.size;
    const inverse = rsqrt(add(variance!, eps)); // 1/σ
    const normalized = mul(sub(x!, mean!), inverse); // x̂
    const dBeta = overBatch(g!);
    const dGamma = overBatch(mul(g!, normalized));
    return [
      () => {
        const centred = sub(sub(g!, mul(dBeta, perChannel)), mul(normalized, mul(dGamma, perChannel)));
        const throughY = mul(centred, mul(gamma!, inverse));
        if (isZero(gMean!) && isZero(gVariance!)) return throughY;
        return add(throughY, momentsGradient(x!, mean!, gMean!, gVariance!));
      },
      () => dGamma,
      () => dBeta,
    ];
  },

  // y = softmax(x): each logit raises its own value and, through the sum, lowers all of them.
  softmax: ([g], { outputs: [y], attrs: { axis } }) => [
    () => mul(y!, sub(g!, sum(mul(g!, y!), axis, { keepDims: true }))),
  ],
  logSoftmax: ([g], { outputs: [y], attrs: { axis } }) => [
    () => sub(g!, mul(exp(y!), sum(g!, axis, { keepDims: true }))),
  ],

  // ── no derivatives ───────────────────────────────────────────────────────────────────────────────────────────────────
  integer: 'constant',
  uniform: 'refuses',
  normal: 'refuses',
  advance: 'refuses',
  gatherBatch: 'refuses',
  assign: 'refuses',
  adam: 'refuses',
  pack: 'refuses',
};

function momentsGradient(x: Tensor, mean: Tensor, gMean: Tensor, gVariance: Tensor): Tensor {
  const perChannel = mean.size / x.size;
  const spread = mul(mul(sub(x, mean), 2), gVariance);
  return mul(add(spread, gMean), perChannel);
}

/** True for the constant that stands for "no gradient came this way". */
const isZero = (t: Tensor): boolean =>
  t.node?.op === (OPS.fill as object) && (t.node.attrs as { value: number }).value === 0;
