/**
 * Convolution and its two gradients. The three are closed under differentiation: each is bilinear in its two inputs, and its
 * gradients are the other two. Activations are NHWC, weights HWIO: [kh, kw, cin / groups, cout].
 */
import {
  conv2dCandidates,
  conv2dInputGradCandidates,
  conv2dWeightGradCandidates,
  groupedConv2dCandidates,
  groupedConv2dInputGradCandidates,
  groupedConv2dWeightGradCandidates,
} from '@ganvas/kernels-wgsl';
import { apply, type Op, type TensorSpec } from '../op.ts';
import { checkShape, formatShape, type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import {
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  geometry,
  outputShape,
  transposedShape,
  type Window,
  windowOf,
} from './conv-window.ts';
import { throughF32 } from './through-f32.ts';

/** The gradients need to know what they are gradients of: the shape of x, or of w. */
export interface InputGradAttrs extends Window {
  inputShape: Shape;
}
export interface WeightGradAttrs extends Window {
  weightShape: Shape;
}

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

/** Checks that the channels of x are those that w sees, and that the groups divide its outputs. */
function checkChannels(op: string, x: number, w: Shape, { groups = 1 }: Window, got: string): void {
  const [, , inputs, outputs] = w as [number, number, number, number];
  const each = groups > 1 ? ` (${groups} groups of ${inputs})` : '';
  if (inputs * groups !== x)
    throw new ShapeError(`${op}: w expects ${inputs * groups} input channels${each}, x has ${x} (${got})`);
  if (outputs % groups !== 0)
    throw new ShapeError(`${op}: ${groups} groups do not divide the ${outputs} output channels of w (${got})`);
}

/** Checks that dy has the shape of conv2d's output for x and w. */
function checkOutput(op: string, x: Shape, w: Shape, dy: Shape, window: Window, got: string): void {
  for (const [name, shape] of [
    ['inputShape', x],
    ['weightShape', w],
  ] as const)
    if (shape.length !== 4) throw new ShapeError(`${op}: ${name} must have 4 axes, got ${formatShape(shape)} (${got})`);
  checkChannels(op, x[3]!, w, window, got);
  const expected = outputShape(geometry(x, w, window));
  if (expected.join() !== dy.join()) {
    throw new ShapeError(
      `${op}: dy must be ${formatShape(expected)} for x ${formatShape(x)} and w ${formatShape(w)} (${got})`,
    );
  }
}

const written = ({ padding, dilation }: Window): string =>
  `padding ${JSON.stringify(padding)}${dilation ? `, dilation ${formatShape(dilation)}` : ''}`;

export const convOps = {
  conv2d: {
    name: 'conv2d',
    infer: ([x, w], attrs) => {
      const got = checkRanks('conv2d', { x: x!, w: w! });
      checkChannels('conv2d', x!.shape[3]!, w!.shape, attrs, got);
      const g = geometry(x!.shape, w!.shape, attrs);
      if (g.outHeight < 1 || g.outWidth < 1) {
        throw new ShapeError(
          `conv2d: the ${g.kernelHeight}×${g.kernelWidth} kernel is larger than the padded input (${got}, ${written(attrs)})`,
        );
      }
      return [{ shape: outputShape(g), dtype: 'f32' }];
    },
    lower: ([x, w], attrs) => {
      const shape = geometry(x!.shape, w!.shape, attrs);
      return {
        kind: 'kernels',
        columns: shape.outChannels,
        candidates: ({ adapter, epilogue }) =>
          (attrs.groups ? groupedConv2dCandidates : conv2dCandidates)(shape, epilogue, adapter),
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
    lower: ([, w], attrs) => {
      const shape = geometry(attrs.inputShape, w!.shape, attrs);
      return {
        kind: 'kernels',
        columns: shape.inChannels,
        candidates: ({ adapter, epilogue }) =>
          (attrs.groups ? groupedConv2dInputGradCandidates : conv2dInputGradCandidates)(shape, epilogue, adapter),
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
    lower: ([x], attrs) => {
      const shape = geometry(x!.shape, attrs.weightShape, attrs);
      return {
        kind: 'kernels',
        columns: shape.outChannels,
        candidates: ({ adapter, epilogue }) =>
          (attrs.groups ? groupedConv2dWeightGradCandidates : conv2dWeightGradCandidates)(shape, epilogue, adapter),
      };
    },
  } satisfies Op<WeightGradAttrs>,
};

/**
 * Cross-correlation, as every framework calls convolution:
 * y[n,oh,ow,co] = Σ x[n, oh·s − p + kh·d, ow·s − p + kw·d, ci] · w[kh,kw,ci,co], ci in co's group.
 * @param x [batch, height, width, cin]
 * @param w [kh, kw, cin / groups, cout]
 * @returns [batch, ⌊(height + padding − (kh − 1) · dilation − 1) / stride⌋ + 1, …, cout]
 */
export function conv2d(x: Tensor, w: Tensor, options: Conv2dOptions = {}): Tensor {
  const window = windowOf('conv2d', options, x.shape, w.shape);
  return throughF32('conv2d', [x, w], (...wide) => apply(convOps.conv2d, wide, window)[0]!);
}

/** The gradient of `conv2d` with respect to x, for an upstream gradient dy and an x of `inputShape`. */
export function conv2dInputGrad(dy: Tensor, w: Tensor, inputShape: Shape, options: Conv2dOptions = {}): Tensor {
  const window = windowOf('conv2dInputGrad', options, inputShape, w.shape);
  const attrs = { ...window, inputShape: [...inputShape] };
  return throughF32('conv2dInputGrad', [dy, w], (...wide) => apply(convOps.conv2dInputGrad, wide, attrs)[0]!);
}

/** The gradient of `conv2d` with respect to w, for an upstream gradient dy and a w of `weightShape`. */
export function conv2dWeightGrad(x: Tensor, dy: Tensor, weightShape: Shape, options: Conv2dOptions = {}): Tensor {
  const window = windowOf('conv2dWeightGrad', options, x.shape, weightShape);
  const attrs = { ...window, weightShape: [...weightShape] };
  return throughF32('conv2dWeightGrad', [x, dy], (...wide) => apply(convOps.conv2dWeightGrad, wide, attrs)[0]!);
}

/**
 * Transposed convolution: literally the input gradient of a convolution with the same weight tensor.
 * @param x [batch, height, width, cin]
 * @param w [kh, kw, cout / groups, cin]
 * @returns [batch, (height − 1) · stride − padding + (kh − 1) · dilation + 1 + outputPadding, …, cout]
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: ConvTranspose2dOptions = {}): Tensor {
  return throughF32('convTranspose2d', [x, w], (a, b) => transposed(a!, b!, options));
}

function transposed(x: Tensor, w: Tensor, options: ConvTranspose2dOptions): Tensor {
  const op = 'convTranspose2d';
  const { outputPadding = 0, ...rest } = options;
  const got = checkRanks(op, { x, w });
  const window = windowOf(op, rest, x.shape, w.shape);
  const [cin, channels] = [w.shape[3]!, x.shape[3]!];
  if (channels !== cin) throw new ShapeError(`${op}: w expects ${cin} input channels, x has ${channels} (${got})`);
  const inputShape = transposedShape(op, x.shape, w.shape, window, outputPadding);
  return apply(convOps.conv2dInputGrad, [x, w], { ...window, inputShape })[0]!;
}
