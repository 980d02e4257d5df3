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
  groupedConv2dCandidates,
  groupedConv2dInputGradCandidates,
  groupedConv2dWeightGradCandidates,
  type MatmulShape,
  matmulCandidates,
  matmulReference,
  matmulSizes,
} from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { type GemmProblem, numbers } from './gemm-problems.ts';

/** A convolution and both its gradients on the same tensors; by the kernels for groups where the shape names them. */
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
  const [forward, inputGrad, weightGrad] =
    s.groups === undefined
      ? [conv2dCandidates, conv2dInputGradCandidates, conv2dWeightGradCandidates]
      : [groupedConv2dCandidates, groupedConv2dInputGradCandidates, groupedConv2dWeightGradCandidates];
  return [
    family('conv2d', [x, w], outChannels, taps * inChannels, conv2dReference, forward),
    family('input grad', [dy, w], inChannels, taps * outChannels, conv2dInputGradReference, inputGrad),
    family('weight grad', [x, dy], outChannels, pixels, conv2dWeightGradReference, weightGrad),
  ];
}

/** Shape from its irregular parts; the output is as large as the padding (top left, and `more` at the bottom right) allows. */
function shape(
  [batch, height, width, inChannels, outChannels]: [number, number, number, number, number],
  [kernelHeight, kernelWidth, strideY, strideX]: [number, number, number, number],
  [padTop, padLeft, more]: [number, number, number],
  [dilationY, dilationX]: [number, number] = [1, 1],
): Conv2dShape {
  const out = (size: number, pad: number, kernel: number, stride: number, dilation: number) =>
    Math.max(1, Math.floor((size + pad + more - (kernel - 1) * dilation - 1) / stride) + 1);
  return {
    batch,
    height,
    width,
    inChannels,
    outHeight: out(height, padTop, kernelHeight, strideY, dilationY),
    outWidth: out(width, padLeft, kernelWidth, strideX, dilationX),
    outChannels,
    kernelHeight,
    kernelWidth,
    strideY,
    strideX,
    padTop,
    padLeft,
    dilationY,
    dilationX,
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
  ['columns enough for the lanes of a subgroup', shape([2, 6, 7, 36, 68], [3, 2, 2, 1], [1, 0, 1])],
  ['as many, by no fours, and few rows', shape([3, 4, 5, 5, 66], [1, 2, 1, 1], [0, 1, 0])],
  ['dilated by 2', shape([2, 9, 8, 4, 8], [3, 3, 1, 1], [2, 2, 2], [2, 2])],
  ['dilated rows alone', shape([1, 9, 6, 8, 4], [3, 2, 2, 1], [1, 0, 1], [3, 1])],
  [
    'dilation and stride 2: half of the pixels are reached by no tap',
    shape([2, 9, 10, 5, 8], [3, 4, 2, 2], [2, 1, 1], [2, 2]),
  ],
  ['dilation 3 at stride 2, 4 at 6: taps a leap apart', shape([1, 16, 15, 8, 4], [4, 5, 2, 6], [3, 2, 4], [3, 4])],
  ['dilated, RGB', shape([2, 8, 7, 3, 8], [3, 2, 2, 3], [1, 2, 3], [2, 2])],
  [
    'a dilated kernel with as many taps as the image has pixels',
    shape([2, 2, 2, 4, 4], [2, 2, 1, 1], [0, 0, 1], [2, 2]),
  ],
];

/** Convolutions in groups of channels. */
export const GROUPED_CONVOLUTIONS: [string, Conv2dShape][] = [
  ['depthwise', { ...shape([2, 7, 6, 8, 8], [3, 3, 1, 1], [1, 1, 1]), groups: 8 }],
  ['depthwise, stride 2, odd channels', { ...shape([2, 9, 7, 5, 5], [4, 3, 2, 2], [1, 2, 1]), groups: 5 }],
  ['depthwise, a multiplier of 4', { ...shape([1, 6, 6, 3, 12], [3, 3, 2, 1], [1, 0, 1]), groups: 3 }],
  ['two groups', { ...shape([2, 8, 8, 6, 8], [4, 4, 2, 2], [1, 1, 1]), groups: 2 }],
  ['three groups of unequal sides, dilated', { ...shape([2, 9, 8, 6, 9], [3, 2, 2, 3], [2, 1, 3], [2, 2]), groups: 3 }],
  ['depthwise, dilated beyond its stride', { ...shape([1, 11, 12, 4, 4], [3, 3, 2, 1], [3, 2, 3], [3, 2]), groups: 4 }],
  ['one group', { ...shape([2, 5, 6, 3, 4], [3, 3, 1, 1], [1, 1, 1]), groups: 1 }],
  ['rows enough without splitting', { ...shape([1, 1, 9, 64, 64], [1, 3, 1, 1], [0, 1, 1]), groups: 4 }],
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
    fc.tuple(stride, stride),
  )
  .map((parts) => shape(...parts));
/** GANVAS_TEST_CASES of them, 5 by default. */
export const RANDOM_CONVOLUTIONS = fc.sample(random, { numRuns: Number(process.env.GANVAS_TEST_CASES ?? 5), seed: 7 });

/** Any of these shapes with 1 to 4 groups. */
export const RANDOM_GROUPED_CONVOLUTIONS = fc.sample(
  fc.tuple(random, fc.integer({ min: 1, max: 4 })).map(([s, groups]) => ({
    ...s,
    groups,
    inChannels: s.inChannels * groups,
    outChannels: s.outChannels * groups,
  })),
  { numRuns: Number(process.env.GANVAS_TEST_CASES ?? 5), seed: 8 },
);

export function matmulProblem(shape: MatmulShape, adapter: AdapterClass): GemmProblem {
  const size = matmulSizes(shape);
  const [a, b] = [numbers(size.a, 1), numbers(size.b, 2)];
  return {
    what: `matmul ${JSON.stringify(shape)}`,
    inputs: [a, b],
    expected: matmulReference(shape, a, b),
    columns: shape.n,
    candidates: (epilogue) => matmulCandidates(shape, epilogue, adapter),
    terms: shape.k,
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
  // Rows of A by fours, shared by a subgroup: in one lane, two, three and more than there are.
  [4, 18, 40, true, false],
  [8, 18, 36, true, true],
  [12, 20, 40, true, false],
  [36, 3, 40, true, false],
];

/** Batches: of both operands, of one alone, crosswise, with every transposition, k beyond a segment. */
export const BATCHED_MATMULS: [string, MatmulShape][] = [
  ['as many a as b', { m: 5, k: 8, n: 12, ...flags('nn'), batchA: [3], batchB: [3] }],
  ['one b for all, a transposed', { m: 12, k: 20, n: 7, ...flags('tn'), batchA: [4], batchB: [] }],
  ['one a for all', { m: 8, k: 9, n: 8, ...flags('nt'), batchA: [1], batchB: [5] }],
  ['crosswise', { m: 9, k: 12, n: 16, ...flags('tt'), batchA: [2, 1, 3], batchB: [4, 1] }],
  ['middle axis shared, long k', { m: 3, k: 260, n: 4, ...flags('nn'), batchA: [2, 3, 2], batchB: [2, 1, 2] }],
  ['vectors', { m: 1, k: 17, n: 1, ...flags('nn'), batchA: [6], batchB: [6] }],
  ['a batch of one', { m: 4, k: 300, n: 8, ...flags('nn'), batchA: [1], batchB: [1, 1] }],
];

function flags(word: 'nn' | 'nt' | 'tn' | 'tt') {
  return { transposeA: word[0] === 't', transposeB: word[1] === 't' };
}
