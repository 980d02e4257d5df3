/**
 * Fixed linear maps along the rows and columns of an image, as two matrix products: exact, as fast as products are, and their own
 * gradients transposed. Interpolation and averaging differ in the matrix alone.
 */
import { checkShape, formatShape, ShapeError } from '../shape.ts';
import { tensor } from '../state.ts';
import type { Tensor } from '../tensor.ts';
import { type PerAxis, pair } from './conv-window.ts';
import { matmul } from './matmul.ts';
import { reshape, transpose } from './movement.ts';
import { throughF32 } from './through-f32.ts';

/** Fills row i of a matrix [to, from] with the weights of the inputs in output i. */
export type Weights = (from: number, to: number) => Float32Array;

function matrix(from: number, to: number, fill: (i: number, row: Float32Array) => void): Float32Array {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) fill(i, weights.subarray(i * from, (i + 1) * from));
  return weights;
}

/** The two inputs around an output's centre, the outermost repeated beyond the edge: PyTorch's align_corners=False. */
export const bilinear: Weights = (from, to) =>
  matrix(from, to, (i, row) => {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(at);
    row[low]! += 1 - (at - low);
    row[Math.min(from - 1, low + 1)]! += at - low;
  });

/** The input at ⌊i · from / to⌋, computed in f32 as PyTorch does. */
export const nearest: Weights = (from, to) =>
  matrix(from, to, (i, row) => {
    row[Math.min(from - 1, Math.floor(Math.fround(i * Math.fround(from / to))))] = 1;
  });

/** The mean of inputs ⌊i · from / to⌋ to ⌈(i + 1) · from / to⌉. */
export const averaging: Weights = (from, to) =>
  matrix(from, to, (i, row) => {
    const [start, end] = [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)];
    row.fill(1 / (end - start), start, end);
  });

/**
 * @param x [batch, height, width, channels]
 * @param size height and width of the result
 * @returns [batch, ...size, channels]; x itself where that is its size
 */
export function resample(op: string, x: Tensor, size: PerAxis, weights: Weights): Tensor {
  if (x.shape.length !== 4) throw new ShapeError(`${op}: x must have 4 axes, got x ${formatShape(x.shape)}`);
  const to = pair(size);
  checkShape(op, to);
  return throughF32(op, [x], (wide) => rows(columns(wide!, to[1], weights), to[0], weights));
}

function columns(x: Tensor, to: number, weights: Weights): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  if (width === to) return x;
  // Columns last, so that all rows are one tall matrix; a single channel has them there already.
  const grey = channels === 1;
  const turned = grey ? reshape(x, [batch, height, 1, width]) : transpose(x, [0, 1, 3, 2]);
  const y = matmul(turned, constant(weights, width, to, x), { transposeB: true });
  return grey ? reshape(y, [batch, height, to, 1]) : transpose(y, [0, 1, 3, 2]);
}

function rows(x: Tensor, to: number, weights: Weights): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  if (height === to) return x;
  const y = matmul(constant(weights, height, to, x), reshape(x, [batch, height, width * channels]));
  return reshape(y, [batch, to, width, channels]);
}

function constant(weights: Weights, from: number, to: number, { device }: Tensor): Tensor {
  const values = weights(from, to);
  return tensor(values, [to, from], { device }).remember(values);
}
