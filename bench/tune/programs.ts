/** The suite's cases, and the steps of small DCGANs, as the programs whose kernels are tuned. */
import { grad } from '@ganvas/autograd';
import { createTrainer } from '@ganvas/gan';
import {
  batchNorm,
  capture,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  type Device,
  full,
  matmul,
  mul,
  type Program,
  type Shape,
  softmax,
  sum,
  type Tensor,
} from '@ganvas/tensor';
import { type ConvCase, type DcganCase, type MlpGanCase, type Problem, selectCases } from '../cases.ts';
import { openMlpGan } from '../mlp-gan.ts';

/** Nets of the widths that software adapters and small GPUs train. */
const DCGANS: readonly DcganCase[] = [16, 32, 64].map((width) => ({ op: 'dcgan', size: 28, width, batch: 64 }));

export interface NamedProblem {
  name: string;
  problem: Problem;
}

/** What `npm run tune` looks at on this device, as far as the name contains `filter`. */
export function tunedProblems(filter: string, device: Device): NamedProblem[] {
  const steps = DCGANS.map((problem) => {
    const { size, width, batch } = problem;
    return { name: `dcgan ${size}x${size} w${width} b${batch}`, problem };
  });
  const all: NamedProblem[] = [...selectCases('', false, device.adapter.class), ...steps];
  const byName = new Map(all.map(({ name, problem }) => [name, { name, problem }]));
  return [...byName.values()].filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
}

/** Records a problem on the device; nothing is computed. Null for one whose kernels have no rungs to choose from. */
export function recordProblem(device: Device, problem: Problem): Program | null {
  switch (problem.op) {
    case 'matmul': {
      const { m, k, n } = problem;
      return record(device, (a, b) => matmul(a!, b!), [m, k], [k, n]);
    }
    case 'sum':
      return record(device, (x) => sum(x!), [problem.size]);
    case 'softmax':
      return record(device, (x) => softmax(x!), [problem.rows, problem.columns]);
    case 'batch-norm':
    case 'batch-norm-grad': {
      const channels = [problem.shape[3]];
      return record(device, (x, gamma, beta) => trainNormalized(x!, gamma!, beta!), problem.shape, channels, channels);
    }
    case 'dcgan':
      return recordTraining(device, problem);
    case 'mlp-gan':
      return recordPointTraining(device, problem);
    case 'elementwise':
    case 'adam':
    case 'random-normal':
      return null;
    default:
      return recordConvolution(device, problem);
  }
}

function record(device: Device, fn: (...inputs: Tensor[]) => Tensor | Tensor[], ...shapes: Shape[]): Program {
  const step = capture<Tensor[], Tensor | Tensor[]>(fn, { device });
  const program = step.record(...shapes.map((shape) => full(shape, 0, { device })));
  step.dispose();
  return program;
}

function trainNormalized(x: Tensor, gamma: Tensor, beta: Tensor): Tensor[] {
  const { y } = batchNorm(x, gamma, beta);
  return [y, ...grad(sum(mul(y, y)), [x, gamma, beta])];
}

function recordTraining(device: Device, { size, width, batch }: DcganCase): Program {
  const data = { images: new Uint8Array(28 * 28), count: 1, height: 28, width: 28 };
  const { trainStep, state } = createTrainer(device, { steps: 1, batch, width, size, lr: 2e-4, seed: 1 }, data);
  const program = trainStep.record(new Uint32Array(batch));
  trainStep.dispose();
  for (const t of Object.values(state)) t.dispose();
  return program;
}

function recordPointTraining(device: Device, problem: MlpGanCase): Program {
  const { step, close } = openMlpGan(device, problem);
  const program = step.record();
  close();
  return program;
}

function recordConvolution(device: Device, { op, shape: s }: ConvCase): Program {
  const x = [s.batch, s.height, s.width, s.inChannels];
  const w = [s.kernelHeight, s.kernelWidth, s.inChannels, s.outChannels];
  const y = [s.batch, s.outHeight, s.outWidth, s.outChannels];
  const end = (size: number, out: number, kernel: number, stride: number, start: number) =>
    Math.max(0, (out - 1) * stride + kernel - size - start);
  const bottom = end(s.height, s.outHeight, s.kernelHeight, s.strideY, s.padTop);
  const right = end(s.width, s.outWidth, s.kernelWidth, s.strideX, s.padLeft);
  const window = {
    stride: [s.strideY, s.strideX],
    padding: [
      [s.padTop, bottom],
      [s.padLeft, right],
    ],
  } as const;
  if (op === 'conv2d') return record(device, (a, b) => conv2d(a!, b!, window), x, w);
  if (op === 'conv2d-weight-grad') return record(device, (a, b) => conv2dWeightGrad(a!, b!, w, window), x, y);
  return record(device, (a, b) => conv2dInputGrad(a!, b!, x, window), y, w);
}
