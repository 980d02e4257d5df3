/** The cases as programs of public ops, as a user of the library would write them. */
import type { KernelProblem } from '@ganvas/kernels-wgsl';
import {
  adamUpdate,
  add,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convTranspose2d,
  type Device,
  matmul,
  mul,
  randomNormal,
  relu,
  type Shape,
  softmax,
  state,
  sum,
  type Tensor,
} from '@ganvas/tensor';
import type { ConvCase, MatmulCase, SoftmaxCase, VectorCase } from './cases.ts';

/** A problem of the kernels' catalogue, in ops. */
export interface OpProgram {
  /** What to capture. */
  compute(): Tensor | undefined;
  /** Where the result is, of an op that changes it in place. */
  inPlace?: Tensor;
  close(): void;
}

const ADAM = { beta1: 0.5, beta2: 0.999, eps: 1e-8, weightDecay: 0 };

/** @param kernels the same problem, for the values of its inputs */
export function opProgram(
  device: Device,
  problem: MatmulCase | ConvCase | VectorCase | SoftmaxCase,
  kernels: KernelProblem,
): OpProgram {
  const values = kernels.values();
  const tensors: Tensor[] = [];
  /** The i-th input. */
  const input = (i: number, shape: Shape): Tensor => {
    const made = state(values[i]!, shape, { device });
    tensors.push(made);
    return made;
  };
  const close = () => {
    for (const t of tensors) t.dispose();
  };
  switch (problem.op) {
    case 'matmul': {
      const [a, b] = [input(0, [problem.m, problem.k]), input(1, [problem.k, problem.n])];
      return { compute: () => matmul(a, b), close };
    }
    case 'elementwise': {
      const [a, b, c] = [input(0, [problem.size]), input(1, [problem.size]), input(2, [problem.size])];
      return { compute: () => relu(add(mul(a, b), c)), close };
    }
    case 'sum': {
      const x = input(0, [problem.size]);
      return { compute: () => sum(x), close };
    }
    case 'softmax': {
      const x = input(0, [problem.rows, problem.columns]);
      return { compute: () => softmax(x), close };
    }
    case 'random-normal': {
      const generator = input(0, [4]);
      return { compute: () => randomNormal(generator, [problem.size]), close };
    }
    case 'adam': {
      const [p, m, v, g] = [0, 1, 2, 3].map((i) => input(i, [problem.size])) as [Tensor, Tensor, Tensor, Tensor];
      const hyper = input(4, [2]);
      return { compute: () => void adamUpdate(p, m, v, g, hyper, ADAM), inPlace: p, close };
    }
    default:
      return { compute: convolution(problem, input), close };
  }
}

function convolution({ op, shape: s }: ConvCase, input: (i: number, shape: Shape) => Tensor): () => Tensor {
  const x = [s.batch, s.height, s.width, s.inChannels];
  const w = [s.kernelHeight, s.kernelWidth, s.inChannels, s.outChannels];
  const y = [s.batch, s.outHeight, s.outWidth, s.outChannels];
  // A case's padding is the same on all sides.
  const window = { stride: [s.strideY, s.strideX], padding: [s.padTop, s.padLeft] } as const;
  switch (op) {
    case 'conv2d': {
      const [image, weights] = [input(0, x), input(1, w)];
      return () => conv2d(image, weights, window);
    }
    case 'conv2d-input-grad': {
      const [dy, weights] = [input(0, y), input(1, w)];
      return () => conv2dInputGrad(dy, weights, x, window);
    }
    case 'conv2d-weight-grad': {
      const [image, dy] = [input(0, x), input(1, y)];
      return () => conv2dWeightGrad(image, dy, w, window);
    }
    case 'conv-transpose2d': {
      const [image, weights] = [input(0, y), input(1, w)];
      return () => convTranspose2d(image, weights, window);
    }
  }
}
