/** What stands around a tensor: a value, its mirror image, or its edge. */
import { formatShape, type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { concat } from './join.ts';
import { broadcastTo } from './movement.ts';
import { flip, sliceAxis, stridedSlice, unslice } from './slice.ts';

export interface PadOptions {
  /**
   * `constant` (default): `value`. `reflect`: the elements beside the edge, in reversed order, without the edge itself; at most
   * one less than there are. `replicate`: the edge, again and again.
   */
  mode?: 'constant' | 'reflect' | 'replicate';
  /** Default 0; may be infinite. */
  value?: number;
}

/** How many elements come before and after those of an axis; negative ones are cut off. A number is for both. */
export type PadWidth = number | readonly [before: number, after: number];

/**
 * x with elements added before and after those of its axes, or cut off.
 * @param widths one an axis, or one number for all: `[0, 1, [2, 0], 0]` adds a row above and below and two columns at the left of
 * an image [batch, height, width, channels]
 * @throws ShapeError where nothing is left of an axis, or it is too short to be reflected so far
 */
export function pad(
  x: Tensor,
  widths: number | readonly PadWidth[],
  { mode = 'constant', value = 0 }: PadOptions = {},
): Tensor {
  const sides = sidesOf(x.shape, widths);
  const kept = crop(x, sides);
  const added = sides.map(([before, after]) => [Math.max(before, 0), Math.max(after, 0)] as const);
  if (added.every(([before, after]) => before + after === 0)) return kept;
  if (mode === 'constant') {
    const shape = kept.shape.map((size, axis) => size + added[axis]![0] + added[axis]![1]);
    return unslice(kept, { shape, starts: added.map(([before]) => before), steps: shape.map(() => 1), value });
  }
  return added.reduce((padded, [before, after], axis) => {
    if (before + after === 0) return padded;
    const [left, right] = BORDERS[mode](padded, axis, before, after);
    return concat([...left, padded, ...right], axis);
  }, kept);
}

/** What comes before and after x along an axis: a tensor each, or none. */
type Border = (x: Tensor, axis: number, before: number, after: number) => [Tensor[], Tensor[]];

const BORDERS: Record<'reflect' | 'replicate', Border> = {
  reflect: (x, axis, before, after) => {
    const size = x.shape[axis]!;
    if (Math.max(before, after) >= size) {
      throw new ShapeError(
        `pad: ${before} and ${after} elements do not reflect in axis ${axis} of x ${formatShape(x.shape)}: at most ${size - 1} do`,
      );
    }
    return [
      before === 0 ? [] : [flip(sliceAxis(x, axis, 1, before + 1), axis)],
      after === 0 ? [] : [flip(sliceAxis(x, axis, size - 1 - after, size - 1), axis)],
    ];
  },
  replicate: (x, axis, before, after) => {
    const edge = (at: number, times: number) =>
      times === 0 ? [] : [broadcastTo(sliceAxis(x, axis, at, at + 1), x.shape.with(axis, times))];
    return [edge(0, before), edge(x.shape[axis]! - 1, after)];
  },
};

function sidesOf(shape: Shape, widths: number | readonly PadWidth[]): [number, number][] {
  const list = typeof widths === 'number' ? shape.map(() => widths) : widths;
  const sides = list.map((w): [number, number] => (typeof w === 'number' ? [w, w] : [w[0], w[1]]));
  if (sides.length !== shape.length || !sides.flat().every(Number.isInteger)) {
    throw new ShapeError(
      `pad: expected one number, or a number or a pair for each of the ${shape.length} axes of x ${formatShape(shape)}, all whole, got ${JSON.stringify(widths)}`,
    );
  }
  return sides;
}

function crop(x: Tensor, sides: readonly [number, number][]): Tensor {
  const starts = sides.map(([before]) => Math.max(-before, 0));
  const sizes = x.shape.map((size, axis) => size - starts[axis]! - Math.max(-sides[axis]![1], 0));
  if (sizes.some((size) => size < 1)) {
    throw new ShapeError(`pad: ${JSON.stringify(sides)} leaves nothing of x ${formatShape(x.shape)}`);
  }
  return stridedSlice(x, { starts, steps: starts.map(() => 1), sizes });
}
