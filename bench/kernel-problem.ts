/** Cases that one family of kernels answers: its candidates, their inputs, and the result in float64. */
import {
  type AdamSpec,
  type AdapterClass,
  adam,
  adamReference,
  applyScalar,
  type Candidate,
  type Conv2dShape,
  type Cost,
  conv2dCandidates,
  conv2dCost,
  conv2dInputGradCandidates,
  conv2dInputGradReference,
  conv2dReference,
  conv2dSizes,
  conv2dWeightGradCandidates,
  conv2dWeightGradReference,
  type Kernel,
  type MapSpec,
  map,
  mapReference,
  matmulCandidates,
  matmulReference,
  NO_EPILOGUE,
  operand,
  RANDOM_STATE_WORDS,
  type ReduceSpec,
  Rng,
  random,
  reduceCandidates,
  reduceReference,
  type Slot,
  slot,
} from '@ganvas/kernels-wgsl';
import type { ConvCase, MatmulCase, VectorCase } from './cases.ts';
import { scattered } from './work.ts';

export interface KernelProblem {
  inputs: (Float32Array | Uint32Array)[];
  /** Elements of the output. */
  output: number;
  /** Where the result is, of a kernel that works in place; default the output. */
  result?: Slot;
  candidates: Candidate[];
  /** What must be computed and moved at least, whatever the candidate. */
  cost: Cost;
  /** The result's first elements in float64; null where the host would take too long. */
  reference: () => ArrayLike<number> | null;
}

/** Multiply-adds that the host's plain loops do in about a second. */
const CHEAP = 5e8;

export function kernelProblem(problem: MatmulCase | ConvCase | VectorCase, adapter: AdapterClass): KernelProblem {
  switch (problem.op) {
    case 'matmul':
      return matmul(problem, adapter);
    case 'conv2d':
    case 'conv2d-dx':
    case 'conv2d-dw':
      return convolution(problem, adapter);
    case 'elementwise':
      return elementwise(problem.size);
    case 'sum':
      return sum(problem.size, adapter);
    case 'adam':
      return adamStep(problem.size);
    case 'normal':
      return normal(problem.size);
  }
}

function matmul({ m, k, n }: MatmulCase, adapter: AdapterClass): KernelProblem {
  const shape = { m, k, n, transposeA: false, transposeB: false };
  const [a, b] = [scattered(m * k, 1), scattered(k * n, 2)];
  const rows = Math.min(m, 8);
  return {
    inputs: [a, b],
    output: m * n,
    candidates: matmulCandidates(shape, NO_EPILOGUE, adapter),
    cost: { flops: 2 * m * n * k, bytes: 4 * (m * k + k * n + m * n) },
    reference: () => matmulReference({ ...shape, m: rows }, a, b),
  };
}

const CONVOLUTIONS = {
  conv2d: { reads: ['x', 'w'], writes: 'y', candidates: conv2dCandidates, reference: conv2dReference },
  'conv2d-dx': {
    reads: ['y', 'w'],
    writes: 'x',
    candidates: conv2dInputGradCandidates,
    reference: conv2dInputGradReference,
  },
  'conv2d-dw': {
    reads: ['x', 'y'],
    writes: 'w',
    candidates: conv2dWeightGradCandidates,
    reference: conv2dWeightGradReference,
  },
} as const;

function convolution({ op, shape }: ConvCase, adapter: AdapterClass): KernelProblem {
  const { reads, writes, candidates, reference } = CONVOLUTIONS[op];
  const sizes = conv2dSizes(shape);
  const [a, b] = [scattered(sizes[reads[0]], 1), scattered(sizes[reads[1]], 2)];
  // The first image's result needs the first image only; the weights' gradient needs the whole batch.
  const part: Conv2dShape = writes === 'w' ? shape : { ...shape, batch: 1 };
  const cheap = conv2dSizes(part).y * part.kernelHeight * part.kernelWidth * part.inChannels <= CHEAP;
  return {
    inputs: [a, b],
    output: sizes[writes],
    candidates: candidates(shape, NO_EPILOGUE, adapter),
    cost: conv2dCost(shape),
    reference: () => (cheap ? reference(part, a, b) : null),
  };
}

const flat = (size: number) => ({ type: 'f32', size, strides: [1], offset: 0 }) as const;

function elementwise(size: number): KernelProblem {
  const expr = applyScalar('relu', applyScalar('add', applyScalar('mul', operand(0), operand(1)), operand(2)));
  const operands = [flat(size), flat(size), flat(size)];
  const spec: MapSpec = { name: 'relu-mul-add', shape: [size], operands, outputs: [{ expr, type: 'f32' }] };
  const inputs = [scattered(size, 1), scattered(size, 2), scattered(size, 3)];
  const kernel = map(spec);
  return {
    inputs,
    output: size,
    candidates: only('map', kernel, [slot.input(0), slot.input(1), slot.input(2), slot.output(0)]),
    cost: kernel.cost,
    reference: () => mapReference({ ...spec, shape: [Math.min(size, 65536)] }, inputs)[0]!,
  };
}

function sum(size: number, adapter: AdapterClass): KernelProblem {
  // Positive, so that the sum is large and its relative error means something.
  const x = scattered(size, 1).map((value) => value + 0.5);
  const spec: ReduceSpec = { op: 'sum', shape: [size], axes: [0], operands: [flat(size)], expr: operand(0) };
  return {
    inputs: [x],
    output: 1,
    candidates: reduceCandidates(spec, NO_EPILOGUE, adapter),
    cost: { flops: size, bytes: 4 * (size + 1) },
    reference: () => reduceReference(spec, [x]),
  };
}

function adamStep(size: number): KernelProblem {
  const spec: AdamSpec = { size, beta1: 0.5, beta2: 0.999, eps: 1e-8, weightDecay: 0 };
  const [p, m, v, g] = [
    scattered(size, 1),
    scattered(size, 2),
    scattered(size, 3).map(Math.abs),
    scattered(size, 4),
  ] as const;
  const hyper = { t: 10, rate: 2e-4 };
  const kernel = adam(spec);
  return {
    inputs: [p, m, v, g, Float32Array.of(hyper.t, hyper.rate)],
    output: 1,
    result: slot.input(0),
    candidates: only('adam', kernel, [0, 1, 2, 3, 4].map(slot.input)),
    cost: kernel.cost,
    reference: () => adamReference(spec, { p, m, v }, g, hyper).p,
  };
}

function normal(size: number): KernelProblem {
  const rng = new Rng(1);
  const state = new Uint32Array(RANDOM_STATE_WORDS);
  state.set(rng.key);
  const kernel = random({ distribution: 'normal', count: size });
  return {
    inputs: [state],
    output: size,
    candidates: only('threefry', kernel, [slot.input(0), slot.output(0)]),
    cost: kernel.cost,
    reference: () => rng.normals(Math.min(size, 4096)),
  };
}

const only = (name: string, kernel: Kernel, slots: Slot[]): Candidate[] => [
  { name, temps: [], stages: [{ kernel, slots }] },
];
