/**
 * What is measured, declared once: data without code, so that whatever runs a case (this engine's kernels, its captured
 * programs, another engine) reads the same problem from it.
 */
import type { AdapterClass, Conv2dShape } from '@ganvas/kernels-wgsl';

/** c [m, n] = a [m, k] · b [k, n] */
export interface MatmulCase {
  op: 'matmul';
  m: number;
  k: number;
  n: number;
}

/** A convolution y = x ∗ w, the gradient of its input, or that of its weights. */
export interface ConvCase {
  op: 'conv2d' | 'conv2d-dx' | 'conv2d-dw';
  shape: Conv2dShape;
}

/** Over vectors of `size` elements. `elementwise` is relu(a·b + c). */
export interface VectorCase {
  op: 'elementwise' | 'sum' | 'adam' | 'normal';
  size: number;
}

/** Batch normalization in training mode over the last axis; `batch-norm-grad` is forward and backward. */
export interface BatchNormCase {
  op: 'batch-norm' | 'batch-norm-grad';
  shape: [number, number, number, number];
}

/** One training step of a DCGAN, both Adams included, on images of `size` × `size`. */
export interface DcganCase {
  op: 'dcgan';
  size: number;
  width: number;
  batch: number;
}

export type Problem = MatmulCase | ConvCase | VectorCase | BatchNormCase | DcganCase;

export interface Case {
  /** Unique; what FILTER looks into and what reports are compared by. */
  name: string;
  problem: Problem;
  /** Small enough for `--quick`. */
  quick: boolean;
  /** Takes too long, or too much memory, for a software adapter. */
  gpuOnly: boolean;
}

interface Traits {
  quick?: boolean;
  gpuOnly?: boolean;
}

function define(problem: Problem, size: string, { quick = false, gpuOnly = false }: Traits = {}): Case {
  return { name: `${problem.op} ${size}`, problem, quick, gpuOnly };
}

const matmul = (m: number, k: number, n: number, traits?: Traits) =>
  define({ op: 'matmul', m, k, n }, `${m}x${k}x${n}`, traits);

/** 4×4 kernel, stride 2, padding 1, as in a DCGAN; forward and both gradients. */
function convolutions(batch: number, height: number, inChannels: number, outChannels: number, traits?: Traits): Case[] {
  const out = height / 2;
  const shape: Conv2dShape = {
    ...{ batch, height, width: height, inChannels, outHeight: out, outWidth: out, outChannels },
    ...{ kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 },
  };
  const size = `${batch}x${height}x${height}x${inChannels}-${out}x${out}x${outChannels}`;
  return (['conv2d', 'conv2d-dx', 'conv2d-dw'] as const).map((op) => define({ op, shape }, size, traits));
}

const vector = (op: VectorCase['op'], millions: number) =>
  define({ op, size: millions * 2 ** 20 }, `${millions}M`, { quick: true });

const batchNorm = (op: BatchNormCase['op'], shape: BatchNormCase['shape']) =>
  define({ op, shape }, shape.join('x'), { quick: true });

const dcgan = (size: number, width: number, batch: number, traits?: Traits) =>
  define({ op: 'dcgan', size, width, batch }, `${size}x${size} w${width} b${batch}`, traits);

export const CASES: readonly Case[] = [
  matmul(256, 256, 256, { quick: true }),
  matmul(512, 512, 512, { quick: true }),
  matmul(1024, 1024, 1024),
  matmul(2048, 2048, 2048, { gpuOnly: true }),
  matmul(4096, 4096, 4096, { gpuOnly: true }),
  matmul(64, 100, 6272, { quick: true }),
  ...convolutions(64, 14, 64, 128, { quick: true }),
  ...convolutions(64, 28, 1, 64, { quick: true }),
  ...convolutions(32, 32, 128, 256),
  vector('elementwise', 4),
  vector('sum', 4),
  batchNorm('batch-norm', [64, 14, 14, 64]),
  batchNorm('batch-norm-grad', [64, 14, 14, 64]),
  vector('adam', 1),
  vector('normal', 1),
  dcgan(28, 32, 64, { quick: true }),
  dcgan(28, 64, 64),
  dcgan(64, 64, 128, { gpuOnly: true }),
];

/** The cases whose name contains `filter` (in any case), of those that this kind of adapter and effort are given. */
export function selectCases(filter: string, quick: boolean, adapter: AdapterClass): Case[] {
  return CASES.filter(
    (c) =>
      c.name.toLowerCase().includes(filter.toLowerCase()) && (c.quick || !quick) && (adapter === 'gpu' || !c.gpuOnly),
  );
}
