/**
 * Elementwise ops with NumPy's broadcasting: arithmetic, comparisons, choice, and the activations that are a scalar op of their own.
 * The expression of each is the WGSL on the device and the float64 reference in the tests.
 */
import { constant, operand, applyScalar as s } from '@ganvas/kernels-wgsl';
import { apply } from '../op.ts';
import { ShapeError } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { binary, call, composed, elementwiseOp, type Operand, ofFloats, scalar, unary } from './elementwise-op.ts';
import { fill } from './fill.ts';

export type { Operand } from './elementwise-op.ts';

const [x, y] = [operand(0), operand(1)];

/** log(1 + eˣ) = max(x, 0) + log1p(e^-|x|): exp never overflows, so it holds for logits of any size. */
const softplusExpr = s('add', s('relu', x), s('log1p', s('exp', s('neg', s('abs', x)))));

/**
 * WGSL's pow wants x ≥ 0, and may answer a number for NaN. A negative x has powers where y is whole, and those of odd y are
 * negative; all x⁰ and 1^y are 1.
 */
const zero = constant(0);
const base = s('where', s('equal', s('floor', y), y), s('abs', x), x);
const isOne = s('add', s('equal', y, zero), s('equal', base, constant(1)));
const inDomain = s('mul', s('equal', base, s('abs', base)), s('equal', y, y));
const magnitude = s('where', isOne, constant(1), s('where', inDomain, s('pow', base, y), s('add', s('sqrt', base), y)));
const odd = s('equal', s('rem', s('abs', y), constant(2)), constant(1));
const powExpr = s('where', s('mul', odd, s('less', x, zero)), s('neg', magnitude), magnitude);

/** Division's remainder has the sign of x; where that is not y's, one y more. */
const remainder = s('rem', x, y);
const astray = s('mul', s('notEqual', remainder, zero), s('notEqual', s('less', remainder, zero), s('less', y, zero)));
const modExpr = s('where', astray, s('add', remainder, y), remainder);

export interface LeakyReluAttrs {
  slope: number;
}
export interface ClampAttrs {
  min?: number;
  max?: number;
}

export const elementwiseOps = {
  add: scalar('add'),
  sub: scalar('sub'),
  mul: scalar('mul'),
  div: scalar('div'),
  mod: composed('mod', 2, modExpr),
  pow: ofFloats(composed('pow', 2, powExpr)),
  maximum: scalar('maximum'),
  minimum: scalar('minimum'),
  neg: scalar('neg'),
  abs: scalar('abs'),
  sign: scalar('sign'),
  floor: ofFloats(scalar('floor')),
  ceil: ofFloats(scalar('ceil')),
  round: ofFloats(scalar('round')),
  clamp: elementwiseOp<ClampAttrs>('clamp', 1, ({ min, max }) => {
    const above = min === undefined ? x : s('maximum', x, constant(min));
    return max === undefined ? above : s('minimum', above, constant(max));
  }),
  exp: scalar('exp'),
  expm1: ofFloats(scalar('expm1')),
  log: scalar('log'),
  log1p: scalar('log1p'),
  sqrt: scalar('sqrt'),
  rsqrt: scalar('rsqrt'),
  square: scalar('square'),
  reciprocal: scalar('reciprocal'),
  tanh: scalar('tanh'),
  sigmoid: scalar('sigmoid'),
  softplus: composed('softplus', 1, softplusExpr),
  relu: scalar('relu'),
  leakyRelu: elementwiseOp<LeakyReluAttrs>('leakyRelu', 1, ({ slope }) =>
    s('where', s('greater', x, zero), x, s('mul', x, constant(slope))),
  ),
  greater: scalar('greater', 'mask'),
  greaterEqual: scalar('greaterEqual', 'mask'),
  less: scalar('less', 'mask'),
  lessEqual: scalar('lessEqual', 'mask'),
  equal: scalar('equal', 'mask'),
  notEqual: scalar('notEqual', 'mask'),
  where: scalar('where'),
  toF32: scalar('toF32', 'f32'),
  toF16: scalar('toF16', 'f16'),
  toU32: scalar('toU32', 'u32'),
  toI32: scalar('toI32', 'i32'),
};

const ops = elementwiseOps;

export const add = binary(ops.add);
export const sub = binary(ops.sub);
export const mul = binary(ops.mul);
export const div = binary(ops.div);
/**
 * x - y·⌊x / y⌋: the remainder with the sign of the divisor, as torch.remainder; of whole numbers too. Where x / y rounds up to a
 * whole number, the answer is y's side of 0 but may be off by an ulp of x.
 */
export const mod = binary(ops.mod);
/** The larger; NaN where either is NaN. */
export const maximum = binary(ops.maximum);
/** The smaller; NaN where either is NaN. */
export const minimum = binary(ops.minimum);
export const neg = unary(ops.neg);
export const abs = unary(ops.abs);
export const sign = unary(ops.sign);
export const floor = unary(ops.floor);
export const ceil = unary(ops.ceil);
/** To the nearest whole number, ties to the even one. */
export const round = unary(ops.round);
export const exp = unary(ops.exp);
/** eˣ - 1, accurate for small x. */
export const expm1 = unary(ops.expm1);
/** Natural logarithm. */
export const log = unary(ops.log);
/** log(1 + x), accurate for small x. */
export const log1p = unary(ops.log1p);
export const sqrt = unary(ops.sqrt);
/** 1 / √x. */
export const rsqrt = unary(ops.rsqrt);
export const square = unary(ops.square);
export const reciprocal = unary(ops.reciprocal);
export const tanh = unary(ops.tanh);
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = unary(ops.sigmoid);
/** log(1 + eˣ), safe for x of any size. */
export const softplus = unary(ops.softplus);
/** max(x, 0). */
export const relu = unary(ops.relu);
/** x where x > 0, slope · x elsewhere. Default slope 0.01, as in PyTorch; DCGAN uses 0.2. */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => apply(ops.leakyRelu, [x], { slope })[0]!;
/** Comparisons answer 1 or 0, in f16 for f16 operands, else in f32. */
export const greater = binary(ops.greater);
export const greaterEqual = binary(ops.greaterEqual);
export const less = binary(ops.less);
export const lessEqual = binary(ops.lessEqual);
export const equal = binary(ops.equal);
export const notEqual = binary(ops.notEqual);

/**
 * xʸ with PyTorch's meaning at 0, at infinities and for negative x: a number where y is whole, NaN elsewhere. The numbers -1, ½, 2
 * and 3 as y are a reciprocal, a root and products: exact, and cheaper.
 */
export function pow(x: Operand, y: Operand): Tensor {
  const known = x instanceof Tensor && typeof y === 'number' ? POWERS.get(y) : undefined;
  return known ? known(x as Tensor) : call(ops.pow, x, y);
}
const POWERS = new Map<number, (x: Tensor) => Tensor>([
  [-1, reciprocal],
  [0.5, sqrt],
  [2, square],
  [3, (x) => mul(square(x), x)],
]);

/**
 * x, but not below `min` and not above `max`; where min > max it is max.
 * @throws ShapeError where neither is given, or one is no finite number
 */
export function clamp(x: Tensor, bounds: { min?: number; max?: number }): Tensor {
  const given = Object.values(bounds).filter((bound) => bound !== undefined);
  if (given.length === 0 || !given.every((bound) => Number.isFinite(Math.fround(bound))))
    throw new ShapeError(`clamp: expected min, max or both, finite; got ${bounds.min} and ${bounds.max}`);
  return apply(ops.clamp, [x], bounds)[0]!;
}

/** x where `mask` is not 0, y elsewhere. */
export function where(mask: Tensor, x: Operand, y: Operand): Tensor {
  const dtype = x instanceof Tensor ? x.dtype : y instanceof Tensor ? y.dtype : 'f32';
  const [a, b] = [x, y].map((o) => (o instanceof Tensor ? o : fill('where', [], o, dtype, mask.device)));
  return apply(ops.where, [mask, a!, b!], {})[0]!;
}

/** The same values in another dtype; f32 to an integer truncates towards zero, to f16 it rounds to the nearest. */
export function cast(x: Tensor, dtype: 'f32' | 'f16' | 'u32' | 'i32'): Tensor {
  if (x.dtype === dtype) return x;
  return call({ f32: ops.toF32, f16: ops.toF16, u32: ops.toU32, i32: ops.toI32 }[dtype], x);
}
