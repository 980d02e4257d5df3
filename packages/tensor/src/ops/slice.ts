/**
 * Slices, and what lays a slice back. A slice is a view: strides and an offset. Its gradient is its transpose, `unslice`, whose
 * gradient is the slice again.
 */
import { contiguousStrides, operand, unsliceCandidate, wordOf } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import { checkShape, formatShape, normalizeAxes, type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { throughF32 } from './through-f32.ts';
import { refuseBytes, wordDType } from './words.ts';

/** Element k of a slice is, along each axis, element `start + k · step` of the whole. */
export interface SliceAttrs {
  starts: readonly number[];
  steps: readonly number[];
  /** Shape of the slice. */
  sizes: Shape;
}

export interface UnsliceAttrs extends Omit<SliceAttrs, 'sizes'> {
  /** Shape of the whole. */
  shape: Shape;
  /** What stands where the slice leaves a place open. */
  value: number;
}

export const sliceOps = {
  slice: {
    name: 'slice',
    infer: ([x], attrs) => {
      refuseBytes('slice', x!);
      checkWithin('slice', x!.shape, attrs);
      return [{ shape: attrs.sizes, dtype: x!.dtype }];
    },
    lower: ([x], { starts, steps }) => {
      const own = contiguousStrides(x!.shape);
      const strides = own.map((stride, axis) => stride * steps[axis]!);
      const offset = own.reduce((sum, stride, axis) => sum + stride * starts[axis]!, 0);
      return { kind: 'map', views: [{ strides, offset }], expr: operand(0) };
    },
  } satisfies Op<SliceAttrs>,

  unslice: {
    name: 'unslice',
    infer: ([x], { shape, starts, steps }) => {
      refuseBytes('unslice', x!);
      checkShape('unslice', shape);
      checkWithin('unslice', shape, { starts, steps, sizes: x!.shape });
      return [{ shape, dtype: x!.dtype }];
    },
    lower: ([x], { shape, starts, steps, value }) => {
      const word = wordOf(value, wordDType('unslice', x!));
      const spec = { shape, sizes: x!.shape, starts, steps, word };
      return { kind: 'kernels', candidates: () => [unsliceCandidate(spec)] };
    },
  } satisfies Op<UnsliceAttrs>,
};

function checkWithin(op: string, shape: Shape, { starts, steps, sizes }: SliceAttrs): void {
  const rank = shape.length;
  if ([starts, steps, sizes].some((list) => list.length !== rank)) {
    throw new ShapeError(
      `${op}: expected ${rank} starts, steps and sizes, one an axis of ${formatShape(shape)}, got ${starts.length}, ${steps.length} and ${sizes.length}`,
    );
  }
  sizes.forEach((size, axis) => {
    const [start, step] = [starts[axis]!, steps[axis]!];
    const ends = [start, start + (size - 1) * step];
    const whole = [start, step, size].every(Number.isInteger) && step !== 0 && size > 0;
    if (whole && ends.every((place) => place >= 0 && place < shape[axis]!)) return;
    throw new ShapeError(
      `${op}: ${size} elements from ${start} by ${step} are not within axis ${axis} of ${formatShape(shape)}`,
    );
  });
}

/** Along one axis, as Python's `start:end:step`: null is the default, negative places count from the end, `end` is left out. */
export type Range = readonly [start?: number | null, end?: number | null, step?: number | null] | null;

/**
 * `x[start:end:step, …]` with NumPy's meaning.
 * @param ranges one an axis, from the first; axes that are not named, or null, are taken whole. `[null, null, -1]` reverses,
 * and places beyond an axis mean its ends
 * @throws ShapeError where a range is empty (tensors have no axes of size 0), or there are more ranges than axes
 */
export function slice(x: Tensor, ranges: readonly Range[]): Tensor {
  if (ranges.length > x.shape.length)
    throw new ShapeError(`slice: ${ranges.length} ranges for the ${x.shape.length} axes of x ${formatShape(x.shape)}`);
  const parts = x.shape.map((size, axis) => resolve(x.shape, axis, size, ranges[axis] ?? []));
  return stridedSlice(x, {
    starts: parts.map((p) => p.start),
    steps: parts.map((p) => p.step),
    sizes: parts.map((p) => p.count),
  });
}

/** Python's `slice.indices`, and how many there are. */
function resolve(shape: Shape, axis: number, size: number, [from, to, by]: NonNullable<Range>) {
  const written = `[${[from, to, by].map((v) => v ?? '').join(':')}]`;
  const step = by ?? 1;
  if (![from ?? 0, to ?? 0, step].every(Number.isInteger) || step === 0) {
    throw new ShapeError(
      `slice: ${written} along axis ${axis}: expected whole numbers or null, and a step that is not 0`,
    );
  }
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const place = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, least), most);
  const start = from == null ? (step > 0 ? 0 : size - 1) : place(from);
  const end = to == null ? (step > 0 ? size : -1) : place(to);
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (count === 0)
    throw new ShapeError(
      `slice: ${written} takes nothing of axis ${axis} of x ${formatShape(shape)}, of ${size} elements`,
    );
  return { start, step, count };
}

/** The slice whose element k is, along each axis, element `starts + k · steps` of x: `sizes` elements of them, all within x. */
export function stridedSlice(x: Tensor, { starts, steps, sizes }: SliceAttrs): Tensor {
  const whole =
    sizes.length === x.shape.length && sizes.every((size, axis) => size === x.shape[axis] && steps[axis] === 1);
  if (whole && starts.every((s) => s === 0)) return x;
  return apply(sliceOps.slice, [x], { starts: [...starts], steps: [...steps], sizes: [...sizes] })[0]!;
}

/**
 * The transpose of `stridedSlice`: x laid into a tensor of `shape`, its element k at `starts + k · steps`, and `value` (default
 * 0) everywhere else. Steps of more than 1 leave gaps: zero insertion.
 */
export function unslice(
  x: Tensor,
  { shape, starts, steps, value = 0 }: Omit<UnsliceAttrs, 'value'> & { value?: number },
): Tensor {
  const attrs = { shape: [...shape], starts: [...starts], steps: [...steps], value };
  return throughF32('unslice', [x], (wide) => apply(sliceOps.unslice, [wide!], attrs)[0]!);
}

/** x with the order of elements along `axes` (default: all) reversed. */
export function flip(x: Tensor, axes?: number | readonly number[]): Tensor {
  const flipped = normalizeAxes('flip', axes, x.shape.length);
  const turn = (axis: number) => flipped.includes(axis) && x.shape[axis]! > 1;
  if (!x.shape.some((_, axis) => turn(axis))) return x;
  return stridedSlice(x, {
    starts: x.shape.map((size, axis) => (turn(axis) ? size - 1 : 0)),
    steps: x.shape.map((_, axis) => (turn(axis) ? -1 : 1)),
    sizes: x.shape,
  });
}

/** The part of x from `start` to before `end` along one axis. */
export const sliceAxis = (x: Tensor, axis: number, start: number, end: number): Tensor =>
  slice(
    x,
    x.shape.map((_, a) => (a === axis ? [start, end] : null)),
  );
