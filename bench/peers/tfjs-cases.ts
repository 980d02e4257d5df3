/** The cases other than the DCGAN step, in TensorFlow.js's own ops. */
import type { BatchNormCase, ConvCase } from '../cases.ts';
import { ADAM, ADAM_UPDATE, CONVOLUTIONS, EPS, inputsOf, type OpProblem } from './inputs.ts';
import type { Padding, Tf, TfBackend, TfTensor } from './tfjs.ts';

/** A case on a backend, its inputs uploaded. */
export interface TfComputation {
  step(): void;
  /** For a computation that waits for values between its ops: when all steps are queued. */
  queued?(): Promise<void>;
  /** Of the last step. */
  result(): Promise<ArrayLike<number>>;
  close(): void;
}

export async function tfjsCase(backend: TfBackend, problem: OpProblem): Promise<TfComputation> {
  const { tf } = backend;
  const inputs = inputsOf(problem);
  switch (problem.op) {
    case 'matmul': {
      const { m, k, n } = problem;
      return pure(
        backend,
        inputs,
        [
          [m, k],
          [k, n],
        ],
        (a, b) => [tf.matMul(a!, b!)],
      );
    }
    case 'conv2d':
    case 'conv2d-input-grad':
    case 'conv2d-weight-grad':
    case 'conv-transpose2d':
      return convolution(backend, problem, inputs);
    case 'elementwise':
      return pure(backend, inputs, flat(inputs), (a, b, c) => [tf.relu(tf.add(tf.mul(a!, b!), c!))]);
    case 'sum':
      return pure(backend, inputs, flat(inputs), (x) => [tf.sum(x!)]);
    case 'softmax':
      return pure(backend, inputs, [[problem.rows, problem.columns]], (x) => [tf.softmax(x!)]);
    case 'batch-norm':
    case 'batch-norm-grad':
      return batchNormalization(backend, problem, inputs);
    case 'random-normal':
      return pure(backend, [], [], () => {
        const x = tf.randomNormal([problem.size]); // drawn on the host
        backend.upload(x);
        return [x];
      });
    case 'adam':
      return adam(backend, inputs);
  }
}

const flat = (inputs: readonly Float32Array[]): number[][] => inputs.map((x) => [x.length]);

/** @param f tensors of which the first is the result; all are computed */
function pure(
  { tf, upload }: TfBackend,
  inputs: readonly Float32Array[],
  shapes: readonly number[][],
  f: (...xs: (TfTensor | undefined)[]) => TfTensor[],
): TfComputation {
  const xs = inputs.map((values, i) => tf.tensor(values, shapes[i]!));
  xs.forEach(upload);
  let outputs: TfTensor[] = [];
  return {
    step() {
      tf.dispose(outputs);
      outputs = tf.tidy(() => f(...xs));
    },
    result: () => outputs[0]!.data(),
    close: () => tf.dispose([...xs, ...outputs]),
  };
}

function convolution(backend: TfBackend, { op, shape: s }: ConvCase, inputs: Float32Array[]): TfComputation {
  const { tf } = backend;
  const shapes = {
    x: [s.batch, s.height, s.width, s.inChannels],
    w: [s.kernelHeight, s.kernelWidth, s.inChannels, s.outChannels],
    y: [s.batch, s.outHeight, s.outWidth, s.outChannels],
  };
  const strides: [number, number] = [s.strideY, s.strideX];
  const after = (out: number, stride: number, kernel: number, size: number, before: number) =>
    Math.max(0, (out - 1) * stride + kernel - size - before);
  const pad: Padding = [
    [0, 0],
    [s.padTop, after(s.outHeight, s.strideY, s.kernelHeight, s.height, s.padTop)],
    [s.padLeft, after(s.outWidth, s.strideX, s.kernelWidth, s.width, s.padLeft)],
    [0, 0],
  ];
  const ops: Record<ConvCase['op'], (a: TfTensor, b: TfTensor) => TfTensor> = {
    conv2d: (x, w) => tf.conv2d(x, w, strides, pad),
    // tfjs's transposed convolution is the kernel that its conv2d's gradient calls.
    'conv2d-input-grad': (dy, w) => tf.conv2dTranspose(dy, w, shapes.x, strides, pad),
    'conv-transpose2d': (dy, w) => tf.conv2dTranspose(dy, w, shapes.x, strides, pad),
    'conv2d-weight-grad': (x, dy) => {
      const attributes = { strides, pad, dataFormat: 'NHWC', filterShape: shapes.w };
      return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attributes);
    },
  };
  const [first, second] = CONVOLUTIONS[op].reads;
  return pure(backend, inputs, [shapes[first], shapes[second]], (a, b) => [ops[op](a!, b!)]);
}

/** In training mode, as tfjs's own layers do it: moments of the batch, then the fused normalization with them. */
export function batchNormTraining(tf: Tf, x: TfTensor, scale: TfTensor, offset: TfTensor): TfTensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.batchNorm(x, mean, variance, offset, scale, EPS);
}

function batchNormalization(backend: TfBackend, { op, shape }: BatchNormCase, inputs: Float32Array[]): TfComputation {
  const { tf } = backend;
  const channels = [shape[3]];
  const forward = (x: TfTensor, gamma: TfTensor, beta: TfTensor) => batchNormTraining(tf, x, gamma, beta);
  const bothWays = tf.valueAndGrads((x, gamma, beta) => forward(x!, gamma!, beta!));
  return pure(backend, inputs, [shape, channels, channels, shape], (x, gamma, beta, dy) => {
    if (op === 'batch-norm') return [forward(x!, gamma!, beta!)];
    const { value, grads } = bothWays([x!, gamma!, beta!], dy!);
    return [...grads, value]; // dx first: what is compared
  });
}

async function adam({ tf, upload }: TfBackend, inputs: Float32Array[]): Promise<TfComputation> {
  const [p, m, v, g] = inputs.map((values) => tf.tensor(values, [values.length])) as [
    TfTensor,
    TfTensor,
    TfTensor,
    TfTensor,
  ];
  for (const tensor of [p, m, v, g]) upload(tensor);
  const variable = tf.variable(p);
  const optimizer = tf.train.adam(ADAM.lr, ADAM.beta1, ADAM.beta2, ADAM.eps);
  const updatesSoFar = tf.scalar(ADAM_UPDATE - 1, 'int32');
  await optimizer.setWeights([
    { name: 'iter', tensor: updatesSoFar },
    { name: 'm', tensor: m },
    { name: 'v', tensor: v },
  ]);
  return {
    step: () => optimizer.applyGradients({ [variable.name]: g }),
    result: () => variable.data(),
    close() {
      optimizer.dispose();
      tf.dispose([variable, p, m, v, g, updatesSoFar]);
    },
  };
}
