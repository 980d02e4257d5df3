/** What is known of images for sequences [batch, length, channels]: images of one row. Errors speak of that row. */
import { formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { conv2d, convTranspose2d } from './conv.ts';
import { type Conv2dOptions, type PerAxis, pair } from './conv-window.ts';
import { reshape } from './movement.ts';
import { adaptiveAvgPool2d, avgPool2d, maxPool2d } from './pool.ts';

/** As `Conv2dOptions`, for one axis. */
export interface Conv1dOptions {
  /** Step of the window. Default 1. */
  stride?: number;
  /** Zeros around the input: one number, [before, after], 'same' or 'valid'. Default 0. */
  padding?: number | readonly [number, number] | 'same' | 'valid';
  /** Elements of the input from one tap of the kernel to the next. Default 1. */
  dilation?: number;
  /** Equal parts of the channels. Default 1. */
  groups?: number;
}

export interface ConvTranspose1dOptions extends Omit<Conv1dOptions, 'padding'> {
  /** So much is cut off the output: one number, or [before, after]. Default 0. */
  padding?: number | readonly [number, number];
  /** Elements added at the output's end, less than the stride. Default 0. */
  outputPadding?: number;
}

type Padding = Conv1dOptions['padding'];
/** [before, after] of the row, nothing above and below it. */
const sides = (padding: PerAxis = 0) => [[0, 0], pair(padding)] as const;
const besides = (padding: Padding) => (typeof padding === 'string' ? padding : sides(padding));

const alongRow = ({ stride = 1, padding, dilation = 1, groups = 1 }: Conv1dOptions): Conv2dOptions => ({
  stride: [1, stride],
  padding: besides(padding),
  dilation: [1, dilation],
  groups,
});

/** `fn` of x as a row of an image. */
function onRow(op: string, x: Tensor, fn: (row: Tensor) => Tensor): Tensor {
  if (x.shape.length !== 3) throw new ShapeError(`${op}: x must have 3 axes, got x ${formatShape(x.shape)}`);
  const [batch, length, channels] = x.shape as [number, number, number];
  const y = fn(reshape(x, [batch, 1, length, channels]));
  return reshape(y, [batch, ...y.shape.slice(2)]);
}

function asKernel(op: string, w: Tensor): Tensor {
  if (w.shape.length !== 3) throw new ShapeError(`${op}: w must have 3 axes, got w ${formatShape(w.shape)}`);
  return reshape(w, [1, ...w.shape]);
}

/**
 * Cross-correlation along a sequence: y[n, o, co] = Σ x[n, o·stride − padding + k·dilation, ci] · w[k, ci, co].
 * @param x [batch, length, cin]
 * @param w [kernel, cin / groups, cout]
 * @returns [batch, ⌊(length + padding − (kernel − 1) · dilation − 1) / stride⌋ + 1, cout]
 */
export const conv1d = (x: Tensor, w: Tensor, options: Conv1dOptions = {}): Tensor =>
  onRow('conv1d', x, (row) => conv2d(row, asKernel('conv1d', w), alongRow(options)));

/**
 * The input gradient of a `conv1d` with the same weights.
 * @param x [batch, length, cin]
 * @param w [kernel, cout / groups, cin]
 * @returns [batch, (length − 1) · stride − padding + (kernel − 1) · dilation + 1 + outputPadding, cout]
 */
export function convTranspose1d(x: Tensor, w: Tensor, options: ConvTranspose1dOptions = {}): Tensor {
  const { outputPadding = 0, padding, ...rest } = options;
  const along = { ...alongRow(rest), padding: sides(padding), outputPadding: [0, outputPadding] as const };
  return onRow('convTranspose1d', x, (row) => convTranspose2d(row, asKernel('convTranspose1d', w), along));
}

export interface Pool1dOptions {
  /** Step of the window. Default: the kernel. */
  stride?: number;
  /** Around the input, at most half the window: one number, or [before, after]. Default 0. */
  padding?: Padding;
}

const poolRow = (kernel: number, { stride = kernel, padding }: Pool1dOptions) =>
  ({ stride: [1, stride], padding: besides(padding) }) as const;

/** `maxPool2d` of sequences: x [batch, length, channels]. */
export const maxPool1d = (
  x: Tensor,
  kernel: number,
  { dilation = 1, ...options }: Pool1dOptions & { dilation?: number } = {},
): Tensor =>
  onRow('maxPool1d', x, (row) => maxPool2d(row, [1, kernel], { ...poolRow(kernel, options), dilation: [1, dilation] }));

/** `avgPool2d` of sequences: x [batch, length, channels]. */
export const avgPool1d = (
  x: Tensor,
  kernel: number,
  { countIncludePad, ...options }: Pool1dOptions & { countIncludePad?: boolean } = {},
): Tensor =>
  onRow('avgPool1d', x, (row) => avgPool2d(row, [1, kernel], { ...poolRow(kernel, options), countIncludePad }));

/** `adaptiveAvgPool2d` of sequences: x [batch, length, channels] to [batch, size, channels]. */
export const adaptiveAvgPool1d = (x: Tensor, size: number): Tensor =>
  onRow('adaptiveAvgPool1d', x, (row) => adaptiveAvgPool2d(row, [1, size]));
