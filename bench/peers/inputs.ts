/** What a case computes with: the same values, in the same order, as ganvas is given. */
import { conv2dSizes, scattered } from '@ganvas/kernels-wgsl';
import type { ConvCase, GanCase, Problem } from '../cases.ts';

export type OpProblem = Exclude<Problem, GanCase>;

/** Which of a convolution's tensors an op reads, in order, and which it writes. */
export const CONVOLUTIONS = {
  conv2d: { reads: ['x', 'w'], writes: 'y' },
  'conv2d-input-grad': { reads: ['y', 'w'], writes: 'x' },
  'conv2d-weight-grad': { reads: ['x', 'y'], writes: 'w' },
  'conv-transpose2d': { reads: ['y', 'w'], writes: 'x' },
} as const satisfies Record<ConvCase['op'], { reads: readonly ('x' | 'w' | 'y')[]; writes: 'x' | 'w' | 'y' }>;

/** Adam's hyper-parameters in a DCGAN, which the case `adam` has too. */
export const ADAM = { lr: 2e-4, beta1: 0.5, beta2: 0.999, eps: 1e-8 } as const;

/** Which update the case `adam` computes, counted from 1. */
export const ADAM_UPDATE = 10;

/** Added to the variance in batch normalization. */
export const EPS = 1e-5;

/** The tensors of a problem, flat: what it reads, in ganvas's order and layouts (NHWC, HWIO). */
export function inputsOf(problem: OpProblem): Float32Array[] {
  switch (problem.op) {
    case 'matmul':
      return salted(problem.m * problem.k, problem.k * problem.n);
    case 'conv2d':
    case 'conv2d-input-grad':
    case 'conv2d-weight-grad':
    case 'conv-transpose2d': {
      const sizes = conv2dSizes(problem.shape);
      return salted(...CONVOLUTIONS[problem.op].reads.map((name) => sizes[name]));
    }
    case 'elementwise':
      return salted(problem.size, problem.size, problem.size);
    case 'sum':
      return salted(problem.size).map((x) => x.map((value) => value + 0.5));
    case 'softmax':
      return salted(problem.rows * problem.columns);
    case 'batch-norm':
    case 'batch-norm-grad': {
      const channels = problem.shape[3];
      const size = problem.shape.reduce((a, b) => a * b, 1);
      return salted(size, channels, channels, size);
    }
    case 'adam': {
      const [p, m, v, g] = salted(problem.size, problem.size, problem.size, problem.size);
      return [p!, m!, v!.map(Math.abs), g!];
    }
    case 'random-normal':
      return [];
  }
}

const salted = (...sizes: number[]): Float32Array[] => sizes.map((size, i) => scattered(size, i + 1));
