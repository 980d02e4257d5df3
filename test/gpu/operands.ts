/** Operands of random views, for the kernels that read through views. */
import { contiguousStrides, type MapOperand, type Rng, sizeOf, type WgslScalar } from '@ganvas/kernels-wgsl';
import type { TypedArray } from './rig.ts';

/** A contiguous operand of this shape. */
export function whole(shape: readonly number[], type: WgslScalar = 'f32'): MapOperand {
  return { type, size: sizeOf(shape), strides: contiguousStrides(shape), offset: 0 };
}

/** An operand that is whole, broadcast along some axes, transposed, or a slice of something larger. */
export function anyOperand(shape: readonly number[], rng: Rng, type: WgslScalar = 'f32'): MapOperand {
  const kind = rng.below(4);
  if (kind === 0) return whole(shape, type);
  if (kind === 1) {
    const own = shape.map((d) => (rng.below(2) === 0 ? 1 : d));
    const strides = contiguousStrides(own).map((s, axis) => (own[axis] === 1 ? 0 : s));
    return { type, size: sizeOf(own), strides, offset: 0 };
  }
  if (kind === 2) {
    const order = shape.map((_, axis) => axis).sort(() => rng.uniform() - 0.5);
    const own = contiguousStrides(order.map((axis) => shape[axis]!));
    return { type, size: sizeOf(shape), strides: shape.map((_, axis) => own[order.indexOf(axis)]!), offset: 0 };
  }
  const around = shape.map((d) => d + 4 * rng.below(2) + rng.below(2));
  const strides = contiguousStrides(around);
  const offset = strides.reduce((sum, s, axis) => sum + s * rng.below(around[axis]! - shape[axis]! + 1), 0);
  return { type, size: sizeOf(around), strides, offset };
}

/** Values for an operand: normals, or whole numbers below 1000. */
export function valuesOf({ type, size }: MapOperand, rng: Rng): TypedArray {
  if (type === 'f32') return rng.normals(size);
  const whole = Array.from({ length: size }, () => rng.below(1000));
  return type === 'u32' ? Uint32Array.from(whole) : Int32Array.from(whole);
}
