/**
 * Convolution and its two gradients. The three are closed under differentiation: each is bilinear in its two inputs, and its
 * gradients are the other two. Activations are NHWC, weights HWIO: [kh, kw, cin, cout].
 */
import {
  type Conv2dShape,
  conv2dCandidates,
  conv2dInputGradCandidates,
  conv2dWeightGradCandidates,
} from '@ganvas/kernels-wgsl';
import { apply, type Op, type TensorSpec } from '../op.ts';
import { checkShape, formatShape, type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/** Stride and zero padding, normalized: [y, x] and [[top, bottom], [left, right]]. */
export interface Window {
  stride: readonly [number, number];
  padding: readonly [readonly [number, number], readonly [number, number]];
}

/** The gradients need to know what they are gradients of: the shape of x, or of w. */
export interface InputGradAttrs extends Window {
  inputShape: Shape;
}
export interface WeightGradAttrs extends Window {
  weightShape: Shape;
}

function geometry(x: Shape, w: Shape, { stride, padding }: Window): Conv2dShape {
  const [batch, height, width, inChannels] = x as [number, number, number, number];
  const [kernelHeight, kernelWidth, , outChannels] = w as [number, number, number, number];
  const [[top, bottom], [left, right]] = padding;
  return {
    batch,
    height,
    width,
    inChannels,
    outHeight: Math.floor((height + top + bottom - kernelHeight) / stride[0]) + 1,
    outWidth: Math.floor((width + left + right - kernelWidth) / stride[1]) + 1,
    outChannels,
    kernelHeight,
    kernelWidth,
    strideY: stride[0],
    strideX: stride[1],
    padTop: top,
    padLeft: left,
  };
}

const outputShape = (g: Conv2dShape): number[] => [g.batch, g.outHeight, g.outWidth, g.outChannels];

function checkRanks(op: string, named: Record<string, TensorSpec>): string {
  const got = Object.entries(named)
    .map(([name, s]) => `${name} ${formatShape(s.shape)}`)
    .join(', ');
  for (const [name, s] of Object.entries(named)) {
    if (s.shape.length !== 4) throw new ShapeError(`${op}: ${name} must have 4 axes (${got})`);
    if (s.dtype !== 'f32') throw new ShapeError(`${op}: ${name} must be f32, got ${s.dtype} (${got})`);
  }
  return got;
}

/** Checks that dy has the shape of conv2d's output for x and w. */
function checkOutput(op: string, x: Shape, w: Shape, dy: Shape, window: Window, got: string): void {
  const expected = outputShape(geometry(x, w, window));
  if (expected.join() !== dy.join()) {
    throw new ShapeError(
      `${op}: dy must be ${formatShape(expected)} for x ${formatShape(x)} and w ${formatShape(w)} (${got})`,
    );
  }
}

export const convOps = {
  conv2d: {
    name: 'conv2d',
    infer: ([x, w], attrs) => {
      const got = checkRanks('conv2d', { x: x!, w: w! });
      if (x!.shape[3] !== w!.shape[2])
        throw new ShapeError(`conv2d: w expects ${w!.shape[2]} input channels, x has ${x!.shape[3]} (${got})`);
      const g = geometry(x!.shape, w!.shape, attrs);
      if (g.outHeight < 1 || g.outWidth < 1) {
        throw new ShapeError(
          `conv2d: the ${g.kernelHeight}×${g.kernelWidth} kernel is larger than the padded input (${got}, padding ${JSON.stringify(attrs.padding)})`,
        );
      }
      return [{ shape: outputShape(g), dtype: 'f32' }];
    },
    lower: ([x, w], attrs) => {
      const shape = geometry(x!.shape, w!.shape, attrs);
      return {
        kind: 'kernels',
        columns: shape.outChannels,
        candidates: ({ adapter, epilogue }) => conv2dCandidates(shape, epilogue, adapter),
      };
    },
  } satisfies Op<Window>,

  conv2dInputGrad: {
    name: 'conv2dInputGrad',
    infer: ([dy, w], { inputShape, ...window }) => {
      const got = checkRanks('conv2dInputGrad', { dy: dy!, w: w! });
      checkShape('conv2dInputGrad', inputShape);
      checkOutput('conv2dInputGrad', inputShape, w!.shape, dy!.shape, window, got);
      return [{ shape: inputShape, dtype: 'f32' }];
    },
    lower: ([, w], { inputShape, ...window }) => {
      const shape = geometry(inputShape, w!.shape, window);
      return {
        kind: 'kernels',
        columns: shape.inChannels,
        candidates: ({ adapter, epilogue }) => conv2dInputGradCandidates(shape, epilogue, adapter),
      };
    },
  } satisfies Op<InputGradAttrs>,

  conv2dWeightGrad: {
    name: 'conv2dWeightGrad',
    infer: ([x, dy], { weightShape, ...window }) => {
      const got = checkRanks('conv2dWeightGrad', { x: x!, dy: dy! });
      checkShape('conv2dWeightGrad', weightShape);
      checkOutput('conv2dWeightGrad', x!.shape, weightShape, dy!.shape, window, got);
      return [{ shape: weightShape, dtype: 'f32' }];
    },
    lower: ([x], { weightShape, ...window }) => {
      const shape = geometry(x!.shape, weightShape, window);
      return {
        kind: 'kernels',
        columns: shape.outChannels,
        candidates: ({ adapter, epilogue }) => conv2dWeightGradCandidates(shape, epilogue, adapter),
      };
    },
  } satisfies Op<WeightGradAttrs>,
};

export interface Conv2dOptions {
  /** Step of the window, one number or [y, x]. Default 1. */
  stride?: number | readonly [number, number];
  /** Zeros around the input: one number, [y, x], or [[top, bottom], [left, right]]. Default 0. */
  padding?: number | readonly [number, number] | Window['padding'];
}

function window(op: string, { stride = 1, padding = 0 }: Conv2dOptions): Window {
  const [y, x] = typeof padding === 'number' ? [padding, padding] : padding;
  const pair = (p: number | readonly [number, number]) => (typeof p === 'number' ? ([p, p] as const) : p);
  const result: Window = { stride: pair(stride), padding: [pair(y), pair(x)] };
  const whole = (n: number, least: number) => Number.isInteger(n) && n >= least;
  if (!result.stride.every((s) => whole(s, 1)))
    throw new ShapeError(`${op}: stride must be whole numbers of at least 1, got ${JSON.stringify(stride)}`);
  if (!result.padding.flat().every((p) => whole(p, 0)))
    throw new ShapeError(`${op}: padding must be whole numbers of at least 0, got ${JSON.stringify(padding)}`);
  return result;
}

/**
 * Cross-correlation, as every framework calls convolution: y[n,oh,ow,co] = Σ x[n, oh·s+kh−p, ow·s+kw−p, ci] · w[kh,kw,ci,co].
 * @param x [batch, height, width, cin]
 * @param w [kh, kw, cin, cout]
 * @returns [batch, ⌊(height + padding − kh) / stride⌋ + 1, …, cout]
 */
export function conv2d(x: Tensor, w: Tensor, options: Conv2dOptions = {}): Tensor {
  return apply(convOps.conv2d, [x, w], window('conv2d', options))[0]!;
}

/** The gradient of `conv2d` with respect to x, for an upstream gradient dy and an x of `inputShape`. */
export function conv2dInputGrad(dy: Tensor, w: Tensor, inputShape: Shape, options: Conv2dOptions = {}): Tensor {
  return apply(convOps.conv2dInputGrad, [dy, w], {
    ...window('conv2dInputGrad', options),
    inputShape: [...inputShape],
  })[0]!;
}

/** The gradient of `conv2d` with respect to w, for an upstream gradient dy and a w of `weightShape`. */
export function conv2dWeightGrad(x: Tensor, dy: Tensor, weightShape: Shape, options: Conv2dOptions = {}): Tensor {
  return apply(convOps.conv2dWeightGrad, [x, dy], {
    ...window('conv2dWeightGrad', options),
    weightShape: [...weightShape],
  })[0]!;
}

/**
 * Transposed convolution: literally the input gradient of a convolution with the same weight tensor.
 * @param x [batch, height, width, cin]
 * @param w [kh, kw, cout, cin]
 * @returns [batch, (height − 1) · stride − padding + kh, …, cout]
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: Conv2dOptions = {}): Tensor {
  const { stride, padding } = window('convTranspose2d', options);
  checkRanks('convTranspose2d', { x, w });
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [kh, kw, cout, cin] = w.shape as [number, number, number, number];
  if (channels !== cin) {
    throw new ShapeError(
      `convTranspose2d: w expects ${cin} input channels, x has ${channels} (x ${formatShape(x.shape)}, w ${formatShape(w.shape)})`,
    );
  }
  const [[top, bottom], [left, right]] = padding;
  const outHeight = (height - 1) * stride[0] - top - bottom + kh;
  const outWidth = (width - 1) * stride[1] - left - right + kw;
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(
      `convTranspose2d: padding ${JSON.stringify(padding)} leaves nothing of the output (x ${formatShape(x.shape)}, w ${formatShape(w.shape)})`,
    );
  }
  return conv2dInputGrad(x, w, [batch, outHeight, outWidth, cout], { stride, padding });
}
