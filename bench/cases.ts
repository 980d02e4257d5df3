/**
 * What is measured, declared once: data without code, so that whatever runs a case (a kernel of this engine, a captured
 * program, the tuner, another engine) reads the same problem from it.
 */
import type { AdapterClass, Conv2dShape } from '@ganvas/kernels-wgsl';

/** c [m, n] = a [m, k] · b [k, n] */
export interface MatmulCase {
  op: 'matmul';
  m: number;
  k: number;
  n: number;
}

/**
 * A convolution y = x ∗ w, the gradient of its input or of its weights, or the transposed convolution that maps y to x: the same
 * numbers as the input's gradient, and an op of its own in most engines.
 */
export interface ConvCase {
  op: 'conv2d' | 'conv2d-input-grad' | 'conv2d-weight-grad' | 'conv-transpose2d';
  shape: Conv2dShape;
}

/** Over vectors of `size` elements. `elementwise` is relu(a·b + c). */
export interface VectorCase {
  op: 'elementwise' | 'sum' | 'adam' | 'random-normal';
  size: number;
}

/** Along the rows of x [rows, columns]. */
export interface SoftmaxCase {
  op: 'softmax';
  rows: number;
  columns: number;
}

/** Batch normalization in training mode over the last axis; `batch-norm-grad` is forward and backward. */
export interface BatchNormCase {
  op: 'batch-norm' | 'batch-norm-grad';
  shape: [number, number, number, number];
}

/** One training step of a GAN of images of `size` × `size`, both Adams included. */
interface ImageGan<Op> {
  op: Op;
  size: number;
  /** Channels of the layer next to the image. */
  width: number;
  batch: number;
}

export type DcganCase = ImageGan<'dcgan'>;
/** The latter two are told ten classes. */
export type ImageGanCase = DcganCase | ImageGan<'cgan'> | ImageGan<'acgan'>;

/** The nets of `acgan` at 28×28, trained by the step of tfjs-examples' mnist-acgan instead of ganvas's. */
export interface AcganScriptCase {
  op: 'acgan-script';
  width: number;
  /** Real images in a step. */
  batch: number;
  /** Share of D's features that are dropped. */
  dropout: number;
}

/** One training step of a GAN of fully connected nets on points of the plane, both Adams included: mostly launches. */
export interface MlpGanCase {
  op: 'mlp-gan';
  /** Eight Gaussians on a circle, or 25 on a grid. */
  data: 'ring' | 'grid';
  batch: number;
  /** Features of each of the two hidden layers of a net. */
  hidden: number;
}

export type GanCase = ImageGanCase | AcganScriptCase | MlpGanCase;

export type Problem = MatmulCase | ConvCase | VectorCase | SoftmaxCase | BatchNormCase | GanCase;

export interface Case {
  /** Unique; what FILTER looks into and what reports are compared by. */
  name: string;
  problem: Problem;
  /** The family of the kernels' catalogue that answers the problem alone, and the problem as that family writes it; else null. */
  kernel: { family: string; shape: string } | null;
  /** Small enough for `--quick`. */
  quick: boolean;
  /** Takes too long, or too much memory, for a software adapter. */
  gpuOnly: boolean;
}

interface Traits {
  quick?: boolean;
  gpuOnly?: boolean;
}

function define(
  problem: Problem,
  size: string,
  kernel: [family: string, shape: string] | null,
  { quick = false, gpuOnly = false }: Traits = {},
): Case {
  const [family, shape] = kernel ?? [];
  return {
    ...{ name: `${problem.op} ${size}`, problem, quick, gpuOnly },
    kernel: family && shape ? { family, shape } : null,
  };
}

const matmul = (m: number, k: number, n: number, traits?: Traits): Case =>
  define({ op: 'matmul', m, k, n }, `${m}x${k}x${n}`, ['matmul', `m=${m},n=${n},k=${k}`], traits);

/** 4×4 kernel, stride 2, padding 1, as in a DCGAN: a layer of its discriminator, and that of its generator which mirrors it. */
function convolutions(batch: number, height: number, inChannels: number, outChannels: number, traits?: Traits): Case[] {
  const out = height / 2;
  const shape: Conv2dShape = {
    ...{ batch, height, width: height, inChannels, outHeight: out, outWidth: out, outChannels },
    ...{ kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 },
  };
  const [image, result] = [`${height}x${height}x${inChannels}`, `${out}x${out}x${outChannels}`];
  const text = `x=${batch}x${image},w=4x4x${inChannels}x${outChannels},stride=2,padding=1`;
  const of = (op: ConvCase['op'], size: string, family: string) => define({ op, shape }, size, [family, text], traits);
  return [
    of('conv2d', `${batch}x${image}-${result}`, 'conv2d'),
    of('conv2d-input-grad', `${batch}x${image}-${result}`, 'conv2d-input-grad'),
    of('conv2d-weight-grad', `${batch}x${image}-${result}`, 'conv2d-weight-grad'),
    of('conv-transpose2d', `${batch}x${result}-${image}`, 'conv2d-input-grad'),
  ];
}

const MILLION = 2 ** 20;
const QUICK = { quick: true };

const vector = (op: VectorCase['op'], what: string, size: number, family: string, shape: string): Case =>
  define({ op, size }, `${what}${size / MILLION}M`, [family, shape], QUICK);

const softmax = (rows: number, columns: number): Case =>
  define({ op: 'softmax', rows, columns }, `${rows}x${columns}`, ['softmax', `x=${rows}x${columns},axis=1`], QUICK);

const batchNorm = (op: BatchNormCase['op'], shape: BatchNormCase['shape']): Case =>
  define({ op, shape }, shape.join('x'), null, QUICK);

/** In any size, since more are asked for than the suite has. */
export const imageGan = (problem: ImageGanCase, traits?: Traits): Case =>
  define(problem, `${problem.size}x${problem.size} w${problem.width} b${problem.batch}`, null, traits);

const dcgan = (size: number, width: number, batch: number, traits?: Traits): Case =>
  imageGan({ op: 'dcgan', size, width, batch }, traits);

/** Both recipes for the same nets. */
const acgans = (width: number, traits?: Traits): Case[] => [
  imageGan({ op: 'acgan', size: 28, width, batch: 100 }, traits),
  define({ op: 'acgan-script', width, batch: 100, dropout: 0.3 }, `28x28 w${width} b100`, null, traits),
];

const mlpGan = (data: MlpGanCase['data'], batch: number, hidden: number): Case =>
  define({ op: 'mlp-gan', data, batch, hidden }, `${data} b${batch} h${hidden}`, null, QUICK);

export const CASES: readonly Case[] = [
  matmul(256, 256, 256, QUICK),
  matmul(512, 512, 512, QUICK),
  matmul(1024, 1024, 1024),
  matmul(2048, 2048, 2048, { gpuOnly: true }),
  matmul(4096, 4096, 4096, { gpuOnly: true }),
  matmul(64, 100, 6272, QUICK),
  // As much work as the first of the convolutions, its input's gradient (four phases together) and its weights'.
  matmul(3136, 1024, 128),
  matmul(12544, 512, 64),
  matmul(1024, 3136, 128),
  ...convolutions(64, 14, 64, 128, QUICK),
  ...convolutions(64, 28, 1, 64, QUICK),
  ...convolutions(32, 32, 128, 256),
  vector('elementwise', 'relu(a*b+c) ', 4 * MILLION, 'map', [`a`, `b`, `c`].map((f) => `${f}=${4 * MILLION}`).join()),
  vector('sum', '', 4 * MILLION, 'reduce-sum', `x=${4 * MILLION},axes=0`),
  softmax(4096, 1024),
  batchNorm('batch-norm', [64, 14, 14, 64]),
  batchNorm('batch-norm-grad', [64, 14, 14, 64]),
  vector('adam', '', MILLION, 'adam', `size=${MILLION}`),
  vector('random-normal', '', MILLION, 'random-normal', `count=${MILLION}`),
  dcgan(28, 32, 64, QUICK),
  dcgan(28, 64, 64),
  dcgan(64, 64, 128, { gpuOnly: true }),
  imageGan({ op: 'cgan', size: 28, width: 32, batch: 64 }, QUICK),
  imageGan({ op: 'cgan', size: 28, width: 64, batch: 64 }),
  ...acgans(8, QUICK),
  ...acgans(32),
  mlpGan('ring', 64, 32),
];

/** Whether a word of the name, or what follows a hyphen, begins with the filter (in any case): `cgan` names no `dcgan`. */
export const isNamed = (name: string, filter: string): boolean =>
  [' ', '-'].some((gap) => ` ${name}`.toLowerCase().includes(gap + filter.toLowerCase()));

/** The cases that `filter` names, of those that this kind of adapter and effort are given. */
export function selectCases(filter: string, quick: boolean, adapter: AdapterClass): Case[] {
  return CASES.filter((c) => isNamed(c.name, filter) && (c.quick || !quick) && (adapter === 'gpu' || !c.gpuOnly));
}
