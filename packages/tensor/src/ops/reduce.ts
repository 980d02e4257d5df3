/** Reductions over any axes. Elementwise work on the input runs inside the reduction's loads, work on the result at its store. */
import { contiguousStrides, MOST_SUMS, operand, type ReduceOp, reduceCandidates, sizeOf } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import { formatShape, normalizeAxes, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { mul, notEqual } from './elementwise.ts';
import { throughF32 } from './through-f32.ts';

export interface ReduceAttrs {
  /** Sorted, non-negative. */
  axes: readonly number[];
  keepDims: boolean;
}

function reduction(op: ReduceOp): Op<ReduceAttrs> {
  return {
    name: op,
    infer: ([x], { axes, keepDims }) => {
      if (x!.dtype !== 'f32') throw new ShapeError(`${op}: expected f32, got ${x!.dtype}${formatShape(x!.shape)}`);
      const shape = x!.shape.flatMap((d, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [d]));
      return [{ shape, dtype: 'f32' }];
    },
    lower: ([x], { axes }) => {
      const { shape } = x!;
      const outputs = sizeOf(shape) / sizeOf(axes.map((axis) => shape[axis]!));
      return {
        kind: 'kernels',
        columns: outputs,
        ...(op === 'sum' && { merging: { key: `sum ${shape} over ${axes}`, most: MOST_SUMS } }),
        prologue: { shape, views: [{ strides: contiguousStrides(shape), offset: 0 }], exprs: [operand(0)] },
        candidates: ({ adapter, epilogue, prologue }) =>
          reduceCandidates({ op, shape, axes: [...axes], ...prologue! }, epilogue, adapter),
      };
    },
  };
}

export const reduceOps = {
  sum: reduction('sum'),
  prod: reduction('prod'),
  max: reduction('max'),
  min: reduction('min'),
};

export interface ReduceOptions {
  /** Keep reduced axes with size 1. Default false. */
  keepDims?: boolean;
}

export type Axes = number | readonly number[];

const reducer =
  (op: Op<ReduceAttrs>) =>
  (x: Tensor, axes?: Axes, { keepDims = false }: ReduceOptions = {}): Tensor => {
    const attrs = { axes: normalizeAxes(op.name, axes, x.shape.length), keepDims };
    return throughF32(op.name, [x], (wide) => apply(op, [wide!], attrs)[0]!);
  };

/** Sum over `axes` (default: all of them). */
export const sum = reducer(reduceOps.sum);
/** Product over `axes` (default: all of them). */
export const prod = reducer(reduceOps.prod);
/** Largest element over `axes` (default: all). */
export const max = reducer(reduceOps.max);
/** Smallest element over `axes` (default: all). */
export const min = reducer(reduceOps.min);

/** Arithmetic mean over `axes` (default: all). */
export function mean(x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor {
  return throughF32('mean', [x], (wide) => {
    const total = sum(wide!, axes, options);
    return mul(total, total.size / x.size);
  });
}

/** 1 where every element over `axes` (default: all) is not 0, else 0: a mask. */
export const all = (x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor => min(notEqual(x, 0), axes, options);

/** 1 where some element over `axes` (default: all) is not 0, else 0: a mask. */
export const any = (x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor => max(notEqual(x, 0), axes, options);
