/** Where a convolution's windows lie: what users write about them, normalised, and the geometry that follows from it. */
import { type Conv2dShape, sizeOf } from '@ganvas/kernels-wgsl';
import { formatShape, type Shape, ShapeError } from '../shape.ts';

/** One number for both axes, or [y, x]. */
export type PerAxis = number | readonly [number, number];
type Sides = readonly [readonly [number, number], readonly [number, number]];

export interface Conv2dOptions {
  /** Step of the window. Default 1. */
  stride?: PerAxis;
  /**
   * Zeros around the input: one number, [y, x], or [[top, bottom], [left, right]]. Default 0, which is 'valid'. 'same' is
   * TensorFlow's rule (PyTorch's where the stride is 1): as many as make the output ⌈size / stride⌉, an odd one at the end.
   */
  padding?: PerAxis | Sides | 'same' | 'valid';
  /** Pixels of the input from one tap of the kernel to the next. Default 1. */
  dilation?: PerAxis;
  /** Equal parts of the channels: part g of the output's sees part g of the input's alone. Default 1; cin is depthwise. */
  groups?: number;
}

/** The options normalised: [y, x] and [[top, bottom], [left, right]]; dilation and groups where they are not 1. */
export interface Window {
  stride: readonly [number, number];
  padding: Sides;
  dilation?: readonly [number, number];
  groups?: number;
}

/** One number for both axes, or the two. */
export const pair = (p: PerAxis): readonly [number, number] => (typeof p === 'number' ? [p, p] : p);

/**
 * @param x shape of the convolution's input, @param w of its weights
 * @throws ShapeError for numbers that are not whole or too small
 */
export function windowOf(op: string, options: Conv2dOptions, x: Shape, w: Shape): Window {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const check = (name: string, given: unknown, numbers: readonly number[], least: number) => {
    if (numbers.every((n) => Number.isInteger(n) && n >= least)) return;
    throw new ShapeError(`${op}: ${name} must be whole numbers of at least ${least}, got ${JSON.stringify(given)}`);
  };
  const [steps, spread] = [pair(stride), pair(dilation)];
  check('stride', stride, steps, 1);
  check('dilation', dilation, spread, 1);
  check('groups', groups, [groups], 1);
  const sides = sidesOf(padding, steps, spread, x, w);
  check('padding', padding, sides.flat(), 0);
  return {
    stride: steps,
    padding: sides,
    ...(sizeOf(spread) > 1 ? { dilation: spread } : {}),
    ...(groups > 1 ? { groups } : {}),
  };
}

function sidesOf(
  padding: NonNullable<Conv2dOptions['padding']>,
  stride: readonly [number, number],
  dilation: readonly [number, number],
  x: Shape,
  w: Shape,
): Sides {
  if (typeof padding !== 'string') {
    const [y, x] = pair(padding as PerAxis);
    return [pair(y), pair(x)];
  }
  const same = (axis: 0 | 1): readonly [number, number] => {
    const [size = 1, kernel = 1] = [x[axis + 1], w[axis]];
    const covered = (Math.ceil(size / stride[axis]) - 1) * stride[axis] + (kernel - 1) * dilation[axis] + 1;
    const zeros = Math.max(0, covered - size);
    return [Math.floor(zeros / 2), Math.ceil(zeros / 2)];
  };
  if (padding === 'same') return [same(0), same(1)];
  return padding === 'valid' ? [pair(0), pair(0)] : [pair(Number.NaN), pair(Number.NaN)];
}

/** The convolution of an x and a w of these shapes; its output may come out smaller than 1. */
export function geometry(x: Shape, w: Shape, { stride, padding, dilation = [1, 1], groups = 1 }: Window): Conv2dShape {
  const [batch, height, width, inChannels] = x as [number, number, number, number];
  const [kernelHeight, kernelWidth, , outChannels] = w as [number, number, number, number];
  const [[top, bottom], [left, right]] = padding;
  const outputs = (size: number, kernel: number, axis: 0 | 1) =>
    Math.floor((size - (kernel - 1) * dilation[axis] - 1) / stride[axis]) + 1;
  return {
    ...{ batch, height, width, inChannels },
    outHeight: outputs(height + top + bottom, kernelHeight, 0),
    outWidth: outputs(width + left + right, kernelWidth, 1),
    ...{ outChannels, kernelHeight, kernelWidth },
    ...{ strideY: stride[0], strideX: stride[1], padTop: top, padLeft: left },
    ...{ dilationY: dilation[0], dilationX: dilation[1], groups },
  };
}

export const outputShape = (g: Conv2dShape): number[] => [g.batch, g.outHeight, g.outWidth, g.outChannels];

export interface ConvTranspose2dOptions extends Omit<Conv2dOptions, 'padding'> {
  /** Zeros around the input of the convolution of which this is the transpose: so much is cut off the output. Default 0. */
  padding?: PerAxis | Sides;
  /**
   * Rows and columns added at the output's bottom and right, less than the stride: of the sizes which the convolution
   * would round down to the input's, the one that is meant. Default 0.
   */
  outputPadding?: PerAxis;
}

/** [batch, height, width, cout] of a transposed convolution of x [batch, height, width, cin] with w [kh, kw, cout / groups, cin]. */
export function transposedShape(op: string, x: Shape, w: Shape, window: Window, outputPadding: PerAxis): number[] {
  const { stride, padding, dilation = [1, 1], groups = 1 } = window;
  const more = pair(outputPadding);
  if (!more.every((n, axis) => Number.isInteger(n) && n >= 0 && n < stride[axis]!)) {
    throw new ShapeError(
      `${op}: outputPadding must be whole numbers from 0 and less than the stride, got ${JSON.stringify(outputPadding)} at stride ${formatShape(stride)}`,
    );
  }
  const size = (axis: 0 | 1): number =>
    (x[axis + 1]! - 1) * stride[axis] - sum(padding[axis]) + (w[axis]! - 1) * dilation[axis] + 1 + more[axis];
  const shape = [x[0]!, size(0), size(1), w[2]! * groups];
  if (shape.some((d) => d < 1)) {
    throw new ShapeError(
      `${op}: padding ${JSON.stringify(padding)} leaves nothing of the output (x ${formatShape(x)}, w ${formatShape(w)})`,
    );
  }
  return shape;
}

const sum = ([a, b]: readonly [number, number]): number => a + b;
