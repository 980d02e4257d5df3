/** The suite's cases, and the steps of a small DCGAN more, as the programs whose kernels are tuned. */
import { grad } from '@ganvas/autograd';
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
import { openAcganScript } from '../acgan-script.ts';
import {
  type AcganScriptCase,
  type ConvCase,
  type ImageGanCase,
  imageGan,
  isNamed,
  type MlpGanCase,
  type Problem,
  selectCases,
} from '../cases.ts';
import { openImageGan } from '../image-gan.ts';
import { openMlpGan } from '../mlp-gan.ts';

/** Nets of the widths that software adapters and small GPUs train. */
const DCGANS = [16, 32, 64].map((width) => imageGan({ op: 'dcgan', size: 28, width, batch: 64 }));

export interface NamedProblem {
  name: string;
  problem: Problem;
}

/** What `npm run tune` looks at on this device, as far as `filter` names it. */
export function tunedProblems(filter: string, device: Device): NamedProblem[] {
  const all = [...selectCases('', false, device.adapter.class), ...DCGANS];
  const byName = new Map(all.map(({ name, problem }) => [name, { name, problem }]));
  return [...byName.values()].filter(({ name }) => isNamed(name, filter));
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
    case 'cgan':
    case 'acgan':
      return recordTraining(device, problem);
    case 'acgan-script':
      return recordScript(device, problem);
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

function recordTraining(device: Device, problem: ImageGanCase): Program {
  const { trainer, indices, close } = openImageGan(device, problem);
  const program = trainer.trainStep.record(indices);
  close();
  return program;
}

function recordScript(device: Device, problem: AcganScriptCase): Program {
  const { step, indices, close } = openAcganScript(device, problem);
  const program = step.record(indices);
  close();
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
