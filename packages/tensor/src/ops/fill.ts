/** A constant: no inputs, one value everywhere. Elementwise work that reads it carries the number in its WGSL. */
import { constant } from '@ganvas/kernels-wgsl';
import type { DType } from '../dtype.ts';
import { apply, type Op } from '../op.ts';
import type { Device } from '../runtime/device.ts';
import { checkShape, type Shape } from '../shape.ts';
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
  lower: (_, { value }) => ({ kind: 'map', views: [], expr: constant(value) }),
};

export function fill(shape: Shape, value: number, dtype: DType, device?: Device): Tensor {
  checkShape('full', shape);
  return apply(fillOp, [], { shape: [...shape], value, dtype }, device)[0]!;
}
