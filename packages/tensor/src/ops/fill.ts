/** A constant: no inputs, one value everywhere. Elementwise work that reads it carries the number in its WGSL. */
import { constant, roundToHalf } from '@ganvas/kernels-wgsl';
import type { DType } from '../dtype.ts';
import { apply, type Op } from '../op.ts';
import type { Device } from '../runtime/device.ts';
import { checkShape, type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

export interface FillAttrs {
  shape: Shape;
  value: number;
  dtype: DType;
}

export const fillOp: Op<FillAttrs> = {
  name: 'fill',
  lazy: true,
  infer: (_, { shape, dtype }) => [{ shape, dtype }],
  lower: (_, { value, dtype }) => ({
    kind: 'map',
    views: [],
    expr: constant(dtype === 'f16' ? roundToHalf(value) : value),
  }),
};

/** @param op who asks, for the errors */
export function fill(op: string, shape: Shape, value: number, dtype: DType, device?: Device): Tensor {
  checkShape(op, shape);
  if (dtype === 'u8') throw new ShapeError(`${op}: u8 data is read by gather only; make it with tensor(uint8Array)`);
  if (!isValueOf(dtype, value)) {
    const range =
      dtype === 'f32'
        ? 'finite numbers below 3.4e38'
        : dtype === 'f16'
          ? 'numbers of at most 65504'
          : `whole numbers from ${LEAST[dtype]}`;
    throw new ShapeError(`${op}: ${value} is no value of ${dtype} (expected ${range})`);
  }
  return apply(fillOp, [], { shape: [...shape], value, dtype }, device)[0]!;
}

const LEAST = { u32: 0, i32: -(2 ** 31) };

/** WGSL writes no infinity, no NaN and no rounding to a whole number. */
function isValueOf(dtype: Exclude<DType, 'u8'>, value: number): boolean {
  if (dtype === 'f16') return Number.isFinite(roundToHalf(value));
  if (dtype === 'f32') return Number.isFinite(Math.fround(value));
  return Number.isInteger(value) && value >= LEAST[dtype] && value < LEAST[dtype] + 2 ** 32;
}
