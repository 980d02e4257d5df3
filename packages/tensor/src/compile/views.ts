/** Composition of views: reading through a view what was itself read through a view. */
import { contiguousStrides, sizeOf, type View } from '@ganvas/kernels-wgsl';
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
  const along = throughStrides(outer, outerShape, inner, innerShape);
  return along ?? (isIdentity(outer, outerShape) ? reshapeView(inner, innerShape, outerShape) : null);
}

/** Each axis of the walk as steps along one axis of T. */
function throughStrides(outer: View, outerShape: Shape, inner: View, innerShape: Shape): View | null {
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

/**
 * The same walk in the same order over another shape of the same size: the view over `to` that meets what `view` meets over `from`.
 * Null where strides cannot express it: an axis of `to` that begins within one axis of `from` and ends in the next, which does not
 * follow it in memory.
 */
export function reshapeView(view: View, from: Shape, to: Shape): View | null {
  if (sizeOf(from) !== sizeOf(to)) return null;
  const runs = contiguousRuns(view, from);
  const strides = to.map(() => 0);
  let run = runs.pop();
  for (let axis = to.length - 1; axis >= 0; axis--) {
    if (to[axis] === 1) continue;
    if (!run || run.size % to[axis]! !== 0) return null;
    strides[axis] = run.stride;
    run = run.size === to[axis] ? runs.pop() : { size: run.size / to[axis]!, stride: run.stride * to[axis]! };
  }
  return run ? null : { strides, offset: view.offset };
}

/** Axes joined where a step along one is a whole walk along the next. */
function contiguousRuns({ strides }: View, shape: Shape): { size: number; stride: number }[] {
  const runs: { size: number; stride: number }[] = [];
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const stride = strides[axis]!;
    const before = runs.at(-1);
    if (before && before.stride === size * stride) runs.splice(-1, 1, { size: before.size * size, stride });
    else runs.push({ size, stride });
  }
  return runs;
}
