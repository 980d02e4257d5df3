/**
 * Elementwise ops with NumPy's broadcasting. Each is one scalar op, or a small expression of them; the same expression is the
 * WGSL on the device and the float64 reference in the tests.
 */
import {
  broadcastView,
  constant,
  type Expr,
  operand,
  SCALAR_OPS,
  type ScalarOpName,
  applyScalar as s,
} from '@ganvas/kernels-wgsl';
import type { DType } from '../dtype.ts';
import { apply, type Op, type TensorSpec } from '../op.ts';
import { broadcastShapes, formatShape, ShapeError } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { fill } from './fill.ts';

export type Operand = Tensor | number;

/**
 * An elementwise op: how many operands, and its expression over them for given attributes. The result has the operands' dtype,
 * or `result`; a mask is f16 for f16 operands, f32 for all others.
 */
function elementwiseOp<A extends object>(
  name: string,
  arity: number,
  expr: (attrs: A) => Expr,
  result?: DType | 'mask',
): Op<A> {
  return {
    name,
    infer: (inputs) => {
      if (inputs.length !== arity) throw new ShapeError(`${name}: expected ${arity} operands, got ${inputs.length}`);
      const dtype = commonDtype(name, name === 'where' ? inputs.slice(1) : inputs);
      const own = result === 'mask' ? (dtype === 'f16' ? 'f16' : 'f32') : (result ?? dtype);
      return [{ shape: broadcastShapes(name, ...inputs.map((i) => i.shape)), dtype: own }];
    },
    lower: (inputs, attrs) => {
      const shape = broadcastShapes(name, ...inputs.map((i) => i.shape));
      return { kind: 'map', views: inputs.map((i) => broadcastView(i.shape, shape)), expr: expr(attrs) };
    },
  };
}

function commonDtype(name: string, inputs: readonly TensorSpec[]): DType {
  const { dtype } = inputs[0]!;
  const list = () => inputs.map((i) => `${i.dtype}${formatShape(i.shape)}`).join(' and ');
  if (dtype === 'u8') throw new ShapeError(`${name}: u8 data is read by gather only, got ${list()}`);
  if (inputs.some((i) => i.dtype !== dtype))
    throw new ShapeError(`${name}: operands have different dtypes, ${list()}; use cast`);
  return dtype;
}

type NoAttrs = Record<string, never>;

/** The op of one scalar function. */
function scalar(name: ScalarOpName, result?: DType | 'mask'): Op<NoAttrs> {
  const { arity } = SCALAR_OPS[name];
  const expr = s(name, ...Array.from({ length: arity }, (_, i) => operand(i)));
  return elementwiseOp(name, arity, () => expr, result);
}

/** log(1 + eˣ) = max(x, 0) + log1p(e^-|x|): exp never overflows, so it holds for logits of any size. */
const softplusExpr = s('add', s('relu', operand(0)), s('log1p', s('exp', s('neg', s('abs', operand(0))))));

export interface LeakyReluAttrs {
  slope: number;
}

export const elementwiseOps = {
  add: scalar('add'),
  sub: scalar('sub'),
  mul: scalar('mul'),
  div: scalar('div'),
  maximum: scalar('maximum'),
  minimum: scalar('minimum'),
  neg: scalar('neg'),
  abs: scalar('abs'),
  sign: scalar('sign'),
  exp: scalar('exp'),
  log: scalar('log'),
  log1p: scalar('log1p'),
  sqrt: scalar('sqrt'),
  rsqrt: scalar('rsqrt'),
  square: scalar('square'),
  reciprocal: scalar('reciprocal'),
  tanh: scalar('tanh'),
  sigmoid: scalar('sigmoid'),
  softplus: elementwiseOp<NoAttrs>('softplus', 1, () => softplusExpr),
  relu: scalar('relu'),
  leakyRelu: elementwiseOp<LeakyReluAttrs>('leakyRelu', 1, ({ slope }) =>
    s('where', s('greater', operand(0), constant(0)), operand(0), s('mul', operand(0), constant(slope))),
  ),
  greater: scalar('greater', 'mask'),
  greaterEqual: scalar('greaterEqual', 'mask'),
  less: scalar('less', 'mask'),
  lessEqual: scalar('lessEqual', 'mask'),
  equal: scalar('equal', 'mask'),
  finite: scalar('finite', 'mask'),
  where: scalar('where'),
  toF32: scalar('toF32', 'f32'),
  toF16: scalar('toF16', 'f16'),
  toU32: scalar('toU32', 'u32'),
  toI32: scalar('toI32', 'i32'),
};

/** Calls an elementwise op; numbers become constants of the tensors' dtype. */
function call(op: Op<NoAttrs>, ...operands: Operand[]): Tensor {
  const first = operands.find((o) => o instanceof Tensor);
  if (!first) throw new ShapeError(`${op.name}: expected at least one tensor among the operands`);
  const tensors = operands.map((o) => (o instanceof Tensor ? o : fill(op.name, [], o, first.dtype, first.device)));
  return apply(op, tensors, {})[0]!;
}

const ops = elementwiseOps;
const unary = (op: Op<NoAttrs>) => (x: Tensor) => call(op, x);
const binary = (op: Op<NoAttrs>) => (x: Operand, y: Operand) => call(op, x, y);

export const add = binary(ops.add);
export const sub = binary(ops.sub);
export const mul = binary(ops.mul);
export const div = binary(ops.div);
export const maximum = binary(ops.maximum);
export const minimum = binary(ops.minimum);
export const neg = unary(ops.neg);
export const abs = unary(ops.abs);
export const sign = unary(ops.sign);
export const exp = unary(ops.exp);
/** Natural logarithm. */
export const log = unary(ops.log);
/** log(1 + x), accurate for small x ≥ 0. */
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
/** 1 where x is a number, 0 where it is infinite or NaN. */
export const finite = unary(ops.finite);

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
