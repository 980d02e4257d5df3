/** The shapes on which the GEMM core is tested: those that a rule in some kernel turns on, and random ones. */
import {
  type AdapterClass,
  type Conv2dShape,
  conv2dCandidates,
  conv2dInputGradCandidates,
  conv2dInputGradReference,
  conv2dReference,
  conv2dSizes,
  conv2dWeightGradCandidates,
  conv2dWeightGradReference,
  type MatmulShape,
  matmulCandidates,
  matmulReference,
} from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { type GemmProblem, numbers } from './gemm-problems.ts';

/** A convolution and both its gradients on the same tensors. */
export function convolutionProblems(s: Conv2dShape, adapter: AdapterClass): GemmProblem[] {
  const size = conv2dSizes(s);
  const [x, w, dy] = [numbers(size.x, 1), numbers(size.w, 2), numbers(size.y, 3)];
  const taps = s.kernelHeight * s.kernelWidth;
  const family = (
    name: string,
    inputs: GemmProblem['inputs'],
    columns: number,
    terms: number,
    reference: typeof conv2dReference,
    candidates: typeof conv2dCandidates,
  ): GemmProblem => ({
    what: `${name} ${JSON.stringify(s)}`,
    inputs,
    expected: reference(s, ...inputs),
    columns,
    terms,
    candidates: (epilogue) => candidates(s, epilogue, adapter),
  });
  const { inChannels, outChannels } = s;
  const pixels = s.batch * s.outHeight * s.outWidth;
  return [
    family('conv2d', [x, w], outChannels, taps * inChannels, conv2dReference, conv2dCandidates),
    family('input grad', [dy, w], inChannels, taps * outChannels, conv2dInputGradReference, conv2dInputGradCandidates),
    family('weight grad', [x, dy], outChannels, pixels, conv2dWeightGradReference, conv2dWeightGradCandidates),
  ];
}

/** Shape from its irregular parts; the output is as large as the padding (top left, and `more` at the bottom right) allows. */
function shape(
  [batch, height, width, inChannels, outChannels]: [number, number, number, number, number],
  [kernelHeight, kernelWidth, strideY, strideX]: [number, number, number, number],
  [padTop, padLeft, more]: [number, number, number],
): Conv2dShape {
  const out = (size: number, pad: number, kernel: number, stride: number) =>
    Math.max(1, Math.floor((size + pad + more - kernel) / stride) + 1);
  return {
    batch,
    height,
    width,
    inChannels,
    outHeight: out(height, padTop, kernelHeight, strideY),
    outWidth: out(width, padLeft, kernelWidth, strideX),
    outChannels,
    kernelHeight,
    kernelWidth,
    strideY,
    strideX,
    padTop,
    padLeft,
  };
}

/** Shapes that a rule in some kernel turns on. */
export const SPECIAL_CONVOLUTIONS: [string, Conv2dShape][] = [
  ['DCGAN, small: k4 s2 p1', shape([2, 8, 8, 8, 12], [4, 4, 2, 2], [1, 1, 1])],
  ['a single input channel', shape([2, 8, 8, 1, 12], [4, 4, 2, 2], [1, 1, 1])],
  ['RGB out of 5 channels, 5 x 5 at stride 2: phases of unequal taps', shape([1, 7, 9, 3, 5], [5, 5, 2, 2], [2, 2, 2])],
  ['stride beyond the kernel: phases without a tap', shape([2, 7, 8, 4, 4], [1, 2, 3, 3], [0, 0, 0])],
  ['the kernel is the image', shape([3, 4, 4, 5, 8], [4, 4, 1, 1], [0, 0, 0])],
  ['1 x 1', shape([2, 3, 5, 8, 3], [1, 1, 1, 1], [0, 0, 0])],
  ['strides beyond the image', shape([2, 2, 2, 4, 8], [2, 1, 3, 3], [0, 0, 0])],
  ['padding beyond the kernel', shape([1, 3, 3, 4, 4], [1, 1, 1, 1], [2, 2, 2])],
  ['one element everywhere', shape([1, 1, 1, 1, 1], [1, 1, 2, 1], [0, 1, 1])],
  ['enough tiles without splitting', shape([6, 13, 14, 12, 20], [3, 4, 2, 1], [1, 1, 1])],
];

const axis = fc.integer({ min: 1, max: 9 });
const channels = fc.constantFrom(1, 2, 3, 4, 5, 8, 12, 17);
const kernel = fc.integer({ min: 1, max: 5 });
const stride = fc.integer({ min: 1, max: 3 });
const pad = fc.integer({ min: 0, max: 2 });
const random = fc
  .tuple(
    fc.tuple(fc.integer({ min: 1, max: 3 }), axis, axis, channels, channels),
    fc.tuple(kernel, kernel, stride, stride),
    fc.tuple(pad, pad, pad),
  )
  .map((parts) => shape(...parts));
/** GANVAS_TEST_CASES of them, 5 by default. */
export const RANDOM_CONVOLUTIONS = fc.sample(random, { numRuns: Number(process.env.GANVAS_TEST_CASES ?? 5), seed: 7 });

export function matmulProblem(shape: MatmulShape, adapter: AdapterClass): GemmProblem {
  const { m, n, k, transposeA, transposeB } = shape;
  const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
  return {
    what: `matmul ${m}x${k}x${n}${transposeA ? ' aT' : ''}${transposeB ? ' bT' : ''}`,
    inputs: [a, b],
    expected: matmulReference(shape, a, b),
    columns: n,
    candidates: (epilogue) => matmulCandidates(shape, epilogue, adapter),
    terms: k,
  };
}

/** Each size in one transposition, so that every size and every transposition meets every rung. */
export const MATMULS: [number, number, number, boolean, boolean][] = [
  [1, 1, 1, false, false],
  [1, 17, 1, true, false],
  [3, 1, 5, false, true],
  [1, 8, 12, true, true],
  [12, 9, 1, true, false],
  [5, 7, 3, true, true],
  [8, 64, 8, false, true],
  [13, 20, 36, false, false],
  [36, 20, 12, true, false],
  [16, 130, 7, true, true],
  [20, 516, 6, false, true],
];
