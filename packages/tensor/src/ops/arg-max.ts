/** Where the largest and the smallest element stands. */
import { formatShape, normalizeAxes, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { add, cast, equal, less, sub, where } from './elementwise.ts';
import { isNaN as nan } from './logic.ts';
import { reshape } from './movement.ts';
import { arange } from './range.ts';
import { type Axes, max, min, type ReduceOptions } from './reduce.ts';

/** Whole numbers that f32, in which the places are compared, tells apart. */
const MOST_PLACES = 2 ** 24;

const first =
  (op: string, extreme: typeof max) =>
  (x: Tensor, axes?: Axes, { keepDims = false }: ReduceOptions = {}): Tensor => {
    const { shape, dtype, device } = x;
    if (dtype !== 'f32' && dtype !== 'f16')
      throw new ShapeError(`${op}: expected f32 or f16, got ${dtype}${formatShape(shape)}`);
    const over = normalizeAxes(op, axes, shape.length);
    const count = over.reduce((product, axis) => product * shape[axis]!, 1);
    if (count > MOST_PLACES)
      throw new ShapeError(
        `${op}: ${count} elements to choose from, expected at most ${MOST_PLACES} (x ${formatShape(shape)})`,
      );
    const wide = cast(x, 'f32');
    const place = reshape(
      arange(0, count, 1, { device }),
      shape.map((d, axis) => (over.includes(axis) ? d : 1)),
    );
    // A NaN comes before all others: its place counts from -count.
    const winner = equal(wide, extreme(wide, over, { keepDims: true }));
    const candidates = where(nan(wide), sub(place, count), where(winner, place, count));
    const found = min(candidates, over, { keepDims });
    return cast(where(less(found, 0), add(found, count), found), 'i32');
  };

/**
 * The place of the largest element over `axes` (default: all), the first of equals, i32; over several axes it counts through them in
 * row-major order. A NaN is larger than all numbers, as in PyTorch.
 */
export const argMax = first('argMax', max);

/** The place of the smallest element over `axes`, likewise; a NaN is smaller than all numbers. */
export const argMin = first('argMin', min);
