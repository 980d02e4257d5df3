/** Pooling over windows of an image [batch, height, width, channels], with PyTorch's meaning of every argument. */
import { applyComposite, type CompositeOp } from '../op.ts';
import { formatShape, ShapeError } from '../shape.ts';
import { full, tensor } from '../state.ts';
import type { Tensor } from '../tensor.ts';
import { averaging, resample } from './along-axis.ts';
import { conv2d } from './conv.ts';
import { type Conv2dOptions, geometry, type PerAxis, pair, type Window, windowOf } from './conv-window.ts';
import { mul } from './elementwise.ts';
import { pad } from './pad.ts';
import { max, mean } from './reduce.ts';
import { throughF32 } from './through-f32.ts';
import { type WindowsAttrs, windows, windowsAttrs, windowsShape } from './windows.ts';

export interface PoolOptions {
  /** Step of the window. Default: the kernel, so that windows neither overlap nor leave gaps. */
  stride?: PerAxis;
  /** Around the input, at most half the window: one number, [y, x], or [[top, bottom], [left, right]]. Default 0. */
  padding?: Conv2dOptions['padding'];
}

export interface MaxPoolOptions extends PoolOptions {
  /** Pixels of the input from one tap of the window to the next. Default 1. */
  dilation?: PerAxis;
}

export interface AvgPoolOptions extends PoolOptions {
  /** Whether the padding's zeros are counted in the mean of a window. Default true. */
  countIncludePad?: boolean;
}

/** Of an image that is padded already. Its own rule sends a window's gradient to one element, where that of `max` shares it. */
export const maxPool2dOp: CompositeOp<WindowsAttrs> = {
  name: 'maxPool2d',
  infer: ([x], attrs) => {
    windowsShape('maxPool2d', x!.shape, attrs);
  },
  meaning: ([x], { size, stride, dilation }) => [max(windows(x!, size, { stride, dilation }), [3, 4])],
};

/** The least f32: what stands around the input of a max pool, as −∞ does in PyTorch's. */
const LOWEST = -3.4028234663852886e38;

/** The window of a pool, normalised and checked. */
function poolWindow(op: string, x: Tensor, kernel: PerAxis, options: MaxPoolOptions): Window & WindowsAttrs {
  if (x.shape.length !== 4) throw new ShapeError(`${op}: x must have 4 axes, got x ${formatShape(x.shape)}`);
  const { size } = windowsAttrs(op, kernel, {});
  const window = windowOf(op, { ...options, stride: options.stride ?? size }, x.shape, size);
  const extent = size.map((taps, axis) => (taps - 1) * (window.dilation?.[axis] ?? 1) + 1);
  if (window.padding.some((sides, axis) => Math.max(...sides) > Math.floor(extent[axis]! / 2))) {
    throw new ShapeError(
      `${op}: padding ${JSON.stringify(options.padding)} is more than half of the ${extent.join('×')} window; pad the input itself`,
    );
  }
  return { ...window, size };
}

/**
 * The largest element of each window. Its gradient goes to the first largest, in row-major order, as PyTorch's does. Values
 * must be numbers above −3.4e38, the least f32, which stands for the padding.
 * @param x [batch, height, width, channels]
 * @param kernel height and width of the window
 * @returns [batch, ⌊(height + padding − (kh − 1) · dilation − 1) / stride⌋ + 1, …, channels]
 * @throws ShapeError where the window is larger than the padded input, or the padding than half the window
 */
export function maxPool2d(x: Tensor, kernel: PerAxis, options: MaxPoolOptions = {}): Tensor {
  const { padding, groups: _, ...attrs } = poolWindow('maxPool2d', x, kernel, options);
  return throughF32('maxPool2d', [x], (wide) => {
    const padded = pad(wide!, [0, ...padding, 0], { value: LOWEST });
    return applyComposite(maxPool2dOp, [padded], attrs)[0]!;
  });
}

/**
 * The mean of each window.
 * @param x [batch, height, width, channels]
 * @param kernel height and width of the window
 * @returns [batch, ⌊(height + padding − kh) / stride⌋ + 1, …, channels]
 * @throws ShapeError where the window is larger than the padded input, or the padding than half the window
 */
export function avgPool2d(x: Tensor, kernel: PerAxis, options: AvgPoolOptions = {}): Tensor {
  const { countIncludePad = true, ...rest } = options;
  const { size, stride, padding } = poolWindow('avgPool2d', x, kernel, rest);
  const around = padding.flat().some((n) => n > 0);
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const tiled = stride.join() === size.join() && height % size[0] === 0 && width % size[1] === 0;
  if (tiled && !around) return mean(windows(x, size, { stride }), [3, 4]);
  const { outHeight, outWidth } = geometry(x.shape, [...size, 1, channels], { stride, padding });
  if (outHeight < 1 || outWidth < 1)
    throw new ShapeError(`avgPool2d: the ${size.join('×')} window is larger than the padded x ${formatShape(x.shape)}`);
  return throughF32('avgPool2d', [x], (wide) => {
    const box = full([...size, 1, channels], 1 / (size[0] * size[1]), { device: x.device });
    const means = conv2d(wide!, box, { stride, padding, groups: channels });
    if (countIncludePad || !around) return means;
    // The zeros were counted as well: each axis has its own share of them.
    const share = (axis: 0 | 1, input: number, outputs: number, shape: number[]) =>
      tensor(withoutPadding(input, outputs, size[axis], stride[axis], padding[axis][0]), shape, { device: x.device });
    const rows = share(0, height, outHeight, [outHeight, 1, 1]);
    return mul(mul(means, rows), share(1, width, outWidth, [outWidth, 1]));
  });
}

/** For each output along an axis: taps of its window, divided by those that lie on the input. */
function withoutPadding(input: number, outputs: number, taps: number, stride: number, before: number): Float32Array {
  return Float32Array.from({ length: outputs }, (_, o) => {
    const start = o * stride - before;
    return taps / (Math.min(start + taps, input) - Math.max(start, 0));
  });
}

/**
 * Means of as many areas as the output has pixels: output i covers the rows ⌊i · height / oh⌋ to ⌈(i + 1) · height / oh⌉,
 * which overlap where the sizes do not divide (PyTorch's rule).
 * @param x [batch, height, width, channels]
 * @param size height and width of the output, of any whole sizes
 * @returns [batch, ...size, channels]
 */
export function adaptiveAvgPool2d(x: Tensor, size: PerAxis): Tensor {
  if (x.shape.length !== 4)
    throw new ShapeError(`adaptiveAvgPool2d: x must have 4 axes, got x ${formatShape(x.shape)}`);
  const [height, width] = [x.shape[1]!, x.shape[2]!];
  const [oh, ow] = pair(size);
  if (height % oh === 0 && width % ow === 0) return avgPool2d(x, [height / oh, width / ow]);
  return resample('adaptiveAvgPool2d', x, size, averaging);
}
