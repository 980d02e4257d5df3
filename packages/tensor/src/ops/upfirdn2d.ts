/**
 * Upsample, filter, downsample: how StyleGAN (Karras et al. 2019, 2020) changes resolutions without aliasing. All of it is
 * convolution, channel by channel, with one fixed filter.
 */
import { formatShape, ShapeError } from '../shape.ts';
import { tensor } from '../state.ts';
import type { Tensor } from '../tensor.ts';
import { conv2d, conv2dInputGrad } from './conv.ts';
import { type Conv2dOptions, type PerAxis, pair, type Window } from './conv-window.ts';
import { broadcastTo } from './movement.ts';
import { pad } from './pad.ts';
import { slice } from './slice.ts';

/** A row of taps, for both axes (their outer product is the filter), or the whole filter, row by row. */
export type Filter = readonly number[] | readonly (readonly number[])[];

export interface UpfirdnOptions {
  /** Pixels of the output for one of the input, all but the first of them 0 before the filter. Default 1. */
  up?: PerAxis;
  /** Every how manyth pixel of the filtered image is kept, from the first. Default 1. */
  down?: PerAxis;
  /** Zeros around the upsampled image: one number, [y, x], or [[top, bottom], [left, right]]; negative numbers crop. Default 0. */
  padding?: Exclude<Conv2dOptions['padding'], string>;
}

/**
 * Zero insertion, padding, convolution with a filter (turned around, as convolutions are and `conv2d` is not), every `down`th
 * pixel. The filter is used as it is: give its taps the sum 1, or up² where zeros were inserted, to keep the brightness.
 * @param x [batch, height, width, channels]
 * @returns [batch, ⌊(height · up + padding − kh) / down⌋ + 1, …, channels]
 */
export function upfirdn2d(x: Tensor, filter: Filter, options: UpfirdnOptions = {}): Tensor {
  if (x.shape.length !== 4) throw new ShapeError(`upfirdn2d: x must have 4 axes, got x ${formatShape(x.shape)}`);
  const [up, down] = [factors('up', options.up), factors('down', options.down)];
  const [vertical, horizontal] = pair((options.padding ?? 0) as PerAxis);
  const padding = [pair(vertical), pair(horizontal)] as const;
  if (!padding.flat().every(Number.isInteger))
    throw new ShapeError(`upfirdn2d: padding must be whole numbers, got ${JSON.stringify(options.padding)}`);
  const taps = tapsOf(filter);
  const filtered = ([0, 1] as const).map(
    (axis) => x.shape[axis + 1]! * up[axis] + padding[axis][0] + padding[axis][1] - taps.size[axis] + 1,
  );
  if (filtered.some((d) => d < 1)) {
    throw new ShapeError(
      `upfirdn2d: the ${taps.size.join('×')} filter is larger than the padded image (x ${formatShape(x.shape)}, up ${formatShape(up)}, padding ${JSON.stringify(padding)})`,
    );
  }
  const groups = x.shape[3]!;
  const plain = up[0] * up[1] === 1 && padding.flat().every((n) => n >= 0);
  if (plain) return conv2d(x, depthwise(x, taps, true), { stride: down, padding, groups });
  // Zeros inserted, and every place where filter and image meet: a transposed convolution is just that, and ends kh − 1 pixels
  // beyond the image. What the padding does not ask for is cut off there; of the zeros that it wants beyond, none is computed.
  const cut = eachSide(padding, (p, axis) => Math.max(0, taps.size[axis] - 1 - p));
  const beyond = eachSide(padding, (p, axis) => Math.max(0, p + 1 - taps.size[axis]));
  const met = filtered.map((d, axis) => d - beyond[axis]![0] - beyond[axis]![1]);
  if (met.some((d) => d < 1)) {
    throw new ShapeError(
      `upfirdn2d: padding ${JSON.stringify(padding)} leaves nothing but zeros of x ${formatShape(x.shape)}`,
    );
  }
  const shape = [x.shape[0]!, ...met, groups];
  const image = conv2dInputGrad(x, depthwise(x, taps, false), shape, { stride: up, padding: cut, groups });
  return slice(pad(image, [0, ...beyond, 0]), [null, [null, null, down[0]], [null, null, down[1]]]);
}

/** A separable low pass that keeps the size: each pixel becomes the mean of its neighbours, weighted by `taps` (any sum but 0). */
export function blur(x: Tensor, taps: readonly number[] = [1, 3, 3, 1]): Tensor {
  const total = taps.reduce((a, b) => a + b, 0);
  const sides = [Math.floor(taps.length / 2), Math.floor((taps.length - 1) / 2)] as const;
  return upfirdn2d(
    x,
    taps.map((t) => t / total),
    { padding: [sides, sides] },
  );
}

function factors(name: string, given: PerAxis = 1): readonly [number, number] {
  const both = pair(given);
  if (both.every((n) => Number.isInteger(n) && n >= 1)) return both;
  throw new ShapeError(`upfirdn2d: ${name} must be whole numbers of at least 1, got ${JSON.stringify(given)}`);
}

const eachSide = (
  [[top, bottom], [left, right]]: Window['padding'],
  fn: (p: number, axis: 0 | 1) => number,
): Window['padding'] => [
  [fn(top, 0), fn(bottom, 0)],
  [fn(left, 1), fn(right, 1)],
];

interface Taps {
  size: readonly [number, number];
  values: number[];
}

function tapsOf(filter: Filter): Taps {
  const rows = filter.map((row) => (typeof row === 'number' ? filter.map((t) => (t as number) * row) : row));
  const width = rows[0]?.length ?? 0;
  const values = rows.flat();
  if (width > 0 && values.length === rows.length * width && values.every(Number.isFinite))
    return { size: [rows.length, width], values };
  throw new ShapeError(
    `upfirdn2d: the filter must be a row of numbers or rows of equal length, got ${JSON.stringify(filter)}`,
  );
}

/** The filter for every channel, [kh, kw, 1, channels]. */
function depthwise(x: Tensor, { size, values }: Taps, turned: boolean): Tensor {
  const own = Float32Array.from(turned ? values.toReversed() : values);
  const one = tensor(own, [...size, 1, 1], { device: x.device, dtype: x.dtype });
  return broadcastTo(one, [...size, 1, x.shape[3]!]);
}
