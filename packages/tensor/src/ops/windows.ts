/** The windows of an image as axes of their own, and its adjoint, which adds them up again: im2col and col2im without channels. */
import { contiguousStrides, operand } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import { formatShape, type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { conv2dInputGrad } from './conv.ts';
import { geometry, type PerAxis, pair, windowOf } from './conv-window.ts';
import { broadcastTo, reshape, transpose } from './movement.ts';
import { eye } from './range.ts';
import { throughF32 } from './through-f32.ts';

export interface WindowsAttrs {
  /** [height, width] of a window, in taps. */
  size: readonly [number, number];
  stride: readonly [number, number];
  dilation?: readonly [number, number];
}

/** [batch, oh, ow, kh, kw, channels] of the windows of an x of this shape; errors are in the name of `op`. */
export function windowsShape(op: string, x: Shape, { size, stride, dilation }: WindowsAttrs): number[] {
  if (x.length !== 4) throw new ShapeError(`${op}: x must have 4 axes, got x ${formatShape(x)}`);
  const [batch, , , channels] = x as [number, number, number, number];
  const noPadding = [pair(0), pair(0)] as const;
  const { outHeight, outWidth } = geometry(x, [...size, 1, channels], { stride, padding: noPadding, dilation });
  if (outHeight < 1 || outWidth < 1) {
    const spread = dilation ? ` of dilation ${formatShape(dilation)}` : '';
    throw new ShapeError(`${op}: the ${size.join('×')} window${spread} is larger than x ${formatShape(x)}`);
  }
  return [batch, outHeight, outWidth, ...size, channels];
}

export const windowsOps = {
  windows: {
    name: 'windows',
    infer: ([x], attrs) => [{ shape: windowsShape('windows', x!.shape, attrs), dtype: x!.dtype }],
    lower: ([x], { stride, dilation = [1, 1] }) => {
      const [image, row, pixel, channel] = contiguousStrides(x!.shape) as [number, number, number, number];
      const corners = [image, row * stride[0], pixel * stride[1]];
      const taps = [row * dilation[0], pixel * dilation[1]];
      return { kind: 'map', views: [{ strides: [...corners, ...taps, channel], offset: 0 }], expr: operand(0) };
    },
  } satisfies Op<WindowsAttrs>,
};

export interface WindowsOptions {
  /** Step of the window. Default 1. */
  stride?: PerAxis;
  /** Pixels from one tap of the window to the next. Default 1. */
  dilation?: PerAxis;
}

/** Numbers for both axes, checked; dilation where it is not 1. */
export function windowsAttrs(op: string, size: PerAxis, options: WindowsOptions): WindowsAttrs {
  const taps = pair(size);
  if (!taps.every((n) => Number.isInteger(n) && n >= 1))
    throw new ShapeError(`${op}: the window must be whole numbers of at least 1, got ${JSON.stringify(size)}`);
  const { stride, dilation } = windowOf(op, options, [], []);
  return { size: taps, stride, ...(dilation && { dilation }) };
}

/**
 * Every window of an image: y[n, oh, ow, i, j, c] = x[n, oh · stride + i · dilation, ow · stride + j · dilation, c]. A view:
 * a reduction over it reads x itself, and nothing is copied.
 * @param x [batch, height, width, channels]
 * @param size [kh, kw]
 * @returns [batch, oh, ow, kh, kw, channels]
 */
export const windows = (x: Tensor, size: PerAxis, options: WindowsOptions = {}): Tensor =>
  apply(windowsOps.windows, [x], windowsAttrs('windows', size, options))[0]!;

/**
 * The adjoint of `windows`: each element of y is added to the pixel from which `windows` would have read it.
 * @param y [batch, oh, ow, kh, kw, channels]
 * @param inputShape [batch, height, width, channels], the shape of the image
 */
export function foldWindows(y: Tensor, inputShape: Shape, options: WindowsOptions = {}): Tensor {
  if (y.shape.length !== 6) throw new ShapeError(`foldWindows: y must have 6 axes, got y ${formatShape(y.shape)}`);
  const [batch, oh, ow, kh, kw, channels] = y.shape as [number, number, number, number, number, number];
  const attrs = windowsAttrs('foldWindows', [kh, kw], options);
  const expected = windowsShape('foldWindows', inputShape, attrs);
  if (expected.join() !== y.shape.join()) {
    throw new ShapeError(
      `foldWindows: y must be ${formatShape(expected)} for an image ${formatShape(inputShape)}, got ${formatShape(y.shape)}`,
    );
  }
  const { stride, dilation } = attrs;
  const tiled = stride.join() === `${kh},${kw}` && !dilation && y.size === inputShape.reduce((a, b) => a * b, 1);
  if (tiled) return reshape(transpose(y, [0, 1, 3, 2, 4, 5]), inputShape);
  // Otherwise windows overlap or leave gaps: a transposed convolution, channel by channel, in which each tap is an input of its
  // own whose kernel is 1 at that tap's place.
  const taps = kh * kw;
  const places = reshape(eye(taps, taps, { device: y.device }), [kh, kw, 1, 1, taps]);
  const kernel = reshape(broadcastTo(places, [kh, kw, 1, channels, taps]), [kh, kw, 1, channels * taps]);
  return throughF32('foldWindows', [y], (wide) => {
    const separate = reshape(transpose(wide!, [0, 1, 2, 5, 3, 4]), [batch, oh, ow, channels * taps]);
    return conv2dInputGrad(separate, kernel, inputShape, { stride, dilation, groups: channels });
  });
}
