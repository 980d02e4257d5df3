/**
 * How an operand is read while a kernel walks the elements of some shape: one stride per axis, in elements. Broadcasting is
 * a stride of 0, a transpose is a permutation of strides, a slice is an offset, an axis read backwards has a negative stride.
 */
export interface View {
  strides: readonly number[];
  offset: number;
}

/** Number of elements of a shape; 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Row-major strides: the last axis runs through memory. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Reads a contiguous tensor of shape `from` as if it had shape `to`: axes aligned at the right, size 1 repeated (NumPy's rule). */
export function broadcastView(from: readonly number[], to: readonly number[]): View {
  const own = contiguousStrides(from);
  const lead = to.length - from.length;
  return { strides: to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : own[axis - lead]!)), offset: 0 };
}

/** A walk over `dims` in row-major order, and each operand's strides along it. */
export interface Walk {
  dims: number[];
  /** `strides[operand][axis]`. */
  strides: number[][];
}

/**
 * The same walk with as few axes as possible: axes of size 1 vanish, and neighbours merge where every operand steps through
 * both as through one. A bias added to `[64, 14, 14, 128]` becomes a walk over `[12544, 128]` with strides `[0, 1]`.
 * `fence(axis)` true keeps `axis` apart from the one before it.
 */
export function collapse(
  dims: readonly number[],
  views: readonly View[],
  fence: (axis: number) => boolean = () => false,
): Walk {
  const walk: Walk = { dims: [], strides: views.map(() => []) };
  let fenced = false;
  dims.forEach((size, axis) => {
    fenced ||= fence(axis);
    if (size === 1) return;
    const last = walk.dims.length - 1;
    const merges = last >= 0 && !fenced && views.every((v, i) => walk.strides[i]![last] === v.strides[axis]! * size);
    fenced = false;
    if (merges) {
      walk.dims[last]! *= size;
      views.forEach((v, i) => {
        walk.strides[i]![last] = v.strides[axis]!;
      });
    } else {
      walk.dims.push(size);
      views.forEach((v, i) => {
        walk.strides[i]!.push(v.strides[axis]!);
      });
    }
  });
  return walk;
}
