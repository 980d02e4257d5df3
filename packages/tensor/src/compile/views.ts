/** Composition of views: reading through a view what was itself read through a view. */
import { contiguousStrides, type View } from '@ganvas/kernels-wgsl';
import type { Shape } from '../shape.ts';

/** True where the view reads a contiguous tensor of the walk's own size in its own order. */
export function isIdentity(view: View, shape: Shape): boolean {
  const own = contiguousStrides(shape);
  return view.offset === 0 && shape.every((size, axis) => size === 1 || view.strides[axis] === own[axis]);
}

/**
 * A consumer walks `outerShape` and reads a tensor T through `outer`; T (contiguous, produced over `innerShape`) was itself computed
 * from a tensor read through `inner`. Returns the view through which the consumer reads that tensor directly, or null where
 * strides cannot express it (a reshape between a transposed read and its consumer, say).
 */
export function composeViews(outer: View, outerShape: Shape, inner: View, innerShape: Shape): View | null {
  if (isIdentity(inner, innerShape)) return outer;
  if (inner.strides.every((s, axis) => s === 0 || innerShape[axis] === 1)) {
    return { strides: outerShape.map(() => 0), offset: inner.offset };
  }
  const own = contiguousStrides(innerShape);
  let offset = inner.offset;
  let rest = outer.offset;
  // Along each axis of T, the first and the last coordinate that the consumer meets.
  const first: number[] = [];
  own.forEach((step, axis) => {
    const start = Math.floor(rest / step);
    first.push(start);
    offset += start * inner.strides[axis]!;
    rest %= step;
  });
  const last = [...first];
  const strides: number[] = [];
  for (const [axis, size] of outerShape.entries()) {
    const step = outer.strides[axis]!;
    if (size === 1 || step === 0) {
      strides.push(0);
      continue;
    }
    // A step along one axis of T; of the others it is too many, or no whole number.
    const match = own.findIndex((s, b) => step % s === 0 && Math.abs(step / s) * (size - 1) < innerShape[b]!);
    if (match < 0) return null;
    const jump = step / own[match]!;
    const end = jump > 0 ? last : first;
    end[match]! += jump * (size - 1);
    strides.push(jump * inner.strides[match]!);
  }
  // Beyond an axis lies the next row of T, which was computed from another place.
  const stays = own.every((_, b) => first[b]! >= 0 && last[b]! < innerShape[b]!);
  return stays ? { strides, offset } : null;
}
