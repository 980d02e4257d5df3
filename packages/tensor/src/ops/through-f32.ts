/** f16 in memory, f32 in kernels: an op that has no kernel for f16 operands computes on their f32 values. */

import { formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { cast } from './elementwise.ts';

/**
 * `compute` on f32 operands; where they are f16 they are widened, and its result is rounded to f16.
 * @throws ShapeError where some are f16 and others not
 */
export function throughF32(
  op: string,
  operands: readonly Tensor[],
  compute: (...operands: readonly Tensor[]) => Tensor,
): Tensor {
  const half = operands.filter((t) => t.dtype === 'f16');
  if (half.length === 0) return compute(...operands);
  if (half.length < operands.length) {
    const got = operands.map((t) => `${t.dtype}${formatShape(t.shape)}`).join(' and ');
    throw new ShapeError(`${op}: operands have different dtypes, ${got}; use cast`);
  }
  return cast(compute(...operands.map((t) => cast(t, 'f32'))), 'f16');
}
