/** Channels into pixels and back: upsampling without arithmetic (Shi et al. 2016, sub-pixel convolution). */
import { formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { reshape, transpose } from './movement.ts';

/**
 * Each pixel's channels become a square of `factor` × `factor` pixels: y[n, h·r + i, w·r + j, c] = x[n, h, w, c·r² + i·r + j].
 * The channels are in PyTorch's order (TensorFlow's depth_to_space has (i·r + j)·C + c instead), so that y is PyTorch's in NHWC.
 * @param x [batch, height, width, channels · factor²]
 * @returns [batch, height · factor, width · factor, channels]
 */
export function pixelShuffle(x: Tensor, factor: number): Tensor {
  const [batch, height, width, channels] = image('pixelShuffle', x, factor);
  const squares = factor * factor;
  if (channels % squares !== 0) {
    throw new ShapeError(
      `pixelShuffle: the ${channels} channels must be a multiple of ${squares} for factor ${factor} (x ${formatShape(x.shape)})`,
    );
  }
  const rest = channels / squares;
  const split = reshape(x, [batch, height, width, rest, factor, factor]);
  return reshape(transpose(split, [0, 1, 4, 2, 5, 3]), [batch, height * factor, width * factor, rest]);
}

/**
 * The inverse of `pixelShuffle`: squares of pixels become channels.
 * @param x [batch, height · factor, width · factor, channels]
 * @returns [batch, height, width, channels · factor²]
 */
export function pixelUnshuffle(x: Tensor, factor: number): Tensor {
  const [batch, height, width, channels] = image('pixelUnshuffle', x, factor);
  if (height % factor !== 0 || width % factor !== 0) {
    throw new ShapeError(
      `pixelUnshuffle: height and width must be multiples of factor ${factor} (x ${formatShape(x.shape)})`,
    );
  }
  const [rows, columns] = [height / factor, width / factor];
  const split = reshape(x, [batch, rows, factor, columns, factor, channels]);
  return reshape(transpose(split, [0, 1, 3, 5, 2, 4]), [batch, rows, columns, channels * factor * factor]);
}

function image(op: string, { shape }: Tensor, factor: number): [number, number, number, number] {
  if (shape.length !== 4) throw new ShapeError(`${op}: x must have 4 axes, got x ${formatShape(shape)}`);
  if (!Number.isInteger(factor) || factor < 1)
    throw new ShapeError(`${op}: factor must be a whole number of at least 1, got ${factor}`);
  return shape as [number, number, number, number];
}
