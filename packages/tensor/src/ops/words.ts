/** Which dtypes may be moved about: those whose elements are words of memory, or halves of one. */
import type { TensorSpec } from '../op.ts';
import { formatShape, ShapeError } from '../shape.ts';

/** Throws for a data set of bytes, of which four are one word. */
export function refuseBytes(op: string, { dtype, shape }: TensorSpec): void {
  if (dtype === 'u8') throw new ShapeError(`${op}: u8 data is read by gatherBatch only, got u8${formatShape(shape)}`);
}

/** The dtype of a tensor whose elements are words of 32 bits, as the kernels that move words want it. */
export function wordDType(op: string, { dtype, shape }: TensorSpec): 'f32' | 'u32' | 'i32' {
  if (dtype === 'f32' || dtype === 'u32' || dtype === 'i32') return dtype;
  throw new ShapeError(`${op}: expected f32, u32 or i32, got ${dtype}${formatShape(shape)}; use cast`);
}
