/** What an elementwise op is: one scalar op, or a small expression of them, over operands that broadcast as NumPy's do. */
import {
  broadcastView,
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
export type NoAttrs = Record<string, never>;

/**
 * An elementwise op: how many operands, and its expression over them for given attributes. The result has the operands' dtype,
 * or `result`; a mask is f16 for f16 operands, f32 for all others.
 */
export function elementwiseOp<A extends object>(
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

/** The op of one scalar function. */
export function scalar(name: ScalarOpName, result?: DType | 'mask'): Op<NoAttrs> {
  const { arity } = SCALAR_OPS[name];
  const expr = s(name, ...Array.from({ length: arity }, (_, i) => operand(i)));
  return elementwiseOp(name, arity, () => expr, result);
}

/** An op that is the same for all calls, and no scalar function alone. */
export const composed = (name: string, arity: number, expr: Expr, result?: 'mask'): Op<NoAttrs> =>
  elementwiseOp(name, arity, () => expr, result);

/** As `op`, for numbers that have a fraction: whole numbers are refused. */
export const ofFloats = <A extends object>(op: Op<A>): Op<A> => ({
  ...op,
  infer: (inputs, attrs) => {
    const other = inputs.find((i) => i.dtype !== 'f32' && i.dtype !== 'f16');
    if (other) throw new ShapeError(`${op.name}: expected f32 or f16, got ${other.dtype}${formatShape(other.shape)}`);
    return op.infer(inputs, attrs);
  },
});

/** Calls an elementwise op; numbers become constants of the tensors' dtype. */
export function call(op: Op<NoAttrs>, ...operands: Operand[]): Tensor {
  const first = operands.find((o) => o instanceof Tensor);
  if (!first) throw new ShapeError(`${op.name}: expected at least one tensor among the operands`);
  const tensors = operands.map((o) => (o instanceof Tensor ? o : fill(op.name, [], o, first.dtype, first.device)));
  return apply(op, tensors, {})[0]!;
}

export const unary = (op: Op<NoAttrs>) => (x: Tensor) => call(op, x);
export const binary = (op: Op<NoAttrs>) => (x: Operand, y: Operand) => call(op, x, y);
