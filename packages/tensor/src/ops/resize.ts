/** Images [batch, height, width, channels] at another size, as PyTorch's `interpolate` computes them. */
import { formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { bilinear, nearest, resample } from './along-axis.ts';
import { type PerAxis, pair } from './conv-window.ts';
import { broadcastTo, reshape } from './movement.ts';

/**
 * Each pixel interpolated between the four around it, pixels' centres aligned (PyTorch's align_corners=False); no antialiasing
 * where the image shrinks.
 * @param x [batch, height, width, channels]
 * @param size height and width of the result
 * @returns [batch, ...size, channels]; x itself where that is its size
 */
export const resizeBilinear = (x: Tensor, size: PerAxis): Tensor => resample('resizeBilinear', x, size, bilinear);

/**
 * Each pixel a copy of x[⌊i · height / oh⌋, ⌊j · width / ow⌋]. Values must be finite unless the sizes are multiples.
 * @param x [batch, height, width, channels]
 * @param size height and width of the result
 */
export function resizeNearest(x: Tensor, size: PerAxis): Tensor {
  const [height, width] = imageSize('resizeNearest', x);
  const [oh, ow] = pair(size);
  const whole = oh % height === 0 && ow % width === 0;
  return whole ? upsampleNearest(x, [oh / height, ow / width]) : resample('resizeNearest', x, size, nearest);
}

/**
 * Each pixel repeated: `factor` rows and columns for one. No arithmetic, and fused into what reads it.
 * @param x [batch, height, width, channels]
 */
export function upsampleNearest(x: Tensor, factor: PerAxis): Tensor {
  const [height, width] = imageSize('upsampleNearest', x);
  const [down, across] = factors('upsampleNearest', factor);
  const [batch, , , channels] = x.shape as [number, number, number, number];
  const apart = reshape(x, [batch, height, 1, width, 1, channels]);
  const repeated = broadcastTo(apart, [batch, height, down, width, across, channels]);
  return reshape(repeated, [batch, height * down, width * across, channels]);
}

/** `resizeBilinear` to `factor` times the size. */
export function upsampleBilinear(x: Tensor, factor: PerAxis): Tensor {
  const [height, width] = imageSize('upsampleBilinear', x);
  const [down, across] = factors('upsampleBilinear', factor);
  return resample('upsampleBilinear', x, [height * down, width * across], bilinear);
}

function imageSize(op: string, { shape }: Tensor): [number, number] {
  if (shape.length !== 4) throw new ShapeError(`${op}: x must have 4 axes, got x ${formatShape(shape)}`);
  return [shape[1]!, shape[2]!];
}

function factors(op: string, factor: PerAxis): readonly [number, number] {
  const both = pair(factor);
  if (both.every((n) => Number.isInteger(n) && n >= 1)) return both;
  throw new ShapeError(
    `${op}: factor must be whole numbers of at least 1, got ${JSON.stringify(factor)}; resize to any size`,
  );
}
