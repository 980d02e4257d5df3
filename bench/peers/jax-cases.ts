/** The cases other than the DCGAN step, in jax-js: each one jitted function. */
import type { BatchNormCase, ConvCase } from '../cases.ts';
import { ADAM, ADAM_UPDATE, CONVOLUTIONS, EPS, inputsOf, type OpProblem } from './inputs.ts';
import type { Jax, JaxArray } from './jax.ts';
import { HWIO_TO_OIHW, NCHW_TO_NHWC, NHWC_TO_NCHW, OIHW_TO_HWIO, permuted, permutedShape } from './layout.ts';

/** A case in jax-js, its inputs uploaded. */
export interface JaxComputation {
  /** Submits it. */
  step(): void;
  /** What the last step computed, or its first part: not to be freed. */
  last(): JaxArray;
  result(): Promise<ArrayLike<number>>;
  close(): void;
}

export function jaxCase(jax: Jax, problem: OpProblem): JaxComputation {
  const { numpy: np, nn } = jax;
  const inputs = inputsOf(problem);
  const flat = () => inputs.map((values) => np.array(values, { shape: [values.length] }));
  switch (problem.op) {
    case 'matmul': {
      const { m, k, n } = problem;
      const [a, b] = inputs as [Float32Array, Float32Array];
      const arrays = [np.array(a, { shape: [m, k] }), np.array(b, { shape: [k, n] })];
      return pure(jax, arrays, ([x, y]) => [np.matmul(x!, y!)]);
    }
    case 'conv2d':
    case 'conv2d-input-grad':
    case 'conv2d-weight-grad':
    case 'conv-transpose2d':
      return convolution(jax, problem, inputs);
    case 'elementwise':
      return pure(jax, flat(), ([a, b, c]) => [nn.relu(a!.mul(b!).add(c!))]);
    case 'sum':
      return pure(jax, flat(), ([x]) => [x!.sum()]);
    case 'softmax': {
      const x = np.array(inputs[0]!, { shape: [problem.rows, problem.columns] });
      return pure(jax, [x], ([rows]) => [nn.softmax(rows!)]);
    }
    case 'batch-norm':
    case 'batch-norm-grad':
      return batchNormalization(jax, problem, inputs);
    case 'random-normal':
      return pure(jax, [jax.random.key(1)], ([key]) => [jax.random.normal(key!, [problem.size])]);
    case 'adam':
      return adam(jax, inputs);
  }
}

/** @param f the first output is the result, all are computed; @param toGanvas the result's values in its layout */
function pure(
  jax: Jax,
  inputs: JaxArray[],
  f: (xs: JaxArray[]) => JaxArray[],
  toGanvas: (values: Float32Array) => ArrayLike<number> = (values) => values,
): JaxComputation {
  const jitted = jax.jit(f);
  let outputs: JaxArray[] = [];
  return {
    step() {
      jax.tree.dispose(outputs);
      outputs = jitted(jax.tree.ref(inputs));
      for (const output of outputs) output.ref.gpuBufferSync();
    },
    last: () => outputs[0]!,
    result: async () => toGanvas(await outputs[0]!.ref.data()),
    close() {
      jax.tree.dispose([...inputs, ...outputs]);
      jitted.dispose();
    },
  };
}

function convolution(jax: Jax, { op, shape: s }: ConvCase, inputs: Float32Array[]): JaxComputation {
  const shapes = {
    x: [s.batch, s.height, s.width, s.inChannels],
    w: [s.kernelHeight, s.kernelWidth, s.inChannels, s.outChannels],
    y: [s.batch, s.outHeight, s.outWidth, s.outChannels],
  };
  const after = (out: number, stride: number, kernel: number, size: number, before: number) =>
    (out - 1) * stride + kernel - size - before;
  const strides = [s.strideY, s.strideX];
  const padding = [
    [s.padTop, after(s.outHeight, s.strideY, s.kernelHeight, s.height, s.padTop)],
    [s.padLeft, after(s.outWidth, s.strideX, s.kernelWidth, s.width, s.padLeft)],
  ] as const;
  const { reads, writes } = CONVOLUTIONS[op];
  const arrays = reads.map((name, i) => {
    const perm = name === 'w' ? HWIO_TO_OIHW : NHWC_TO_NCHW;
    return jax.numpy.array(permuted(inputs[i]!, shapes[name], perm), { shape: permutedShape(shapes[name], perm) });
  });
  const conv = (x: JaxArray, w: JaxArray) => jax.lax.convGeneralDilated(x, w, strides, padding);
  // A jitted function computes only what it returns: not the convolution itself, whose gradient is asked for.
  const ops: Record<ConvCase['op'], (a: JaxArray, b: JaxArray) => JaxArray> = {
    conv2d: conv,
    'conv2d-input-grad': (dy, w) => pullback(jax, (x) => conv(x, w), permutedShape(shapes.x, NHWC_TO_NCHW), dy),
    'conv-transpose2d': (dy, w) => jax.lax.convTranspose(dy, w, strides, padding, { transposeKernel: true }),
    'conv2d-weight-grad': (x, dy) => pullback(jax, (w) => conv(x, w), permutedShape(shapes.w, HWIO_TO_OIHW), dy),
  };
  const perm = writes === 'w' ? HWIO_TO_OIHW : NHWC_TO_NCHW;
  const back = writes === 'w' ? OIHW_TO_HWIO : NCHW_TO_NHWC;
  const shape = permutedShape(shapes[writes], perm);
  return pure(
    jax,
    arrays,
    ([a, b]) => [ops[op](a!, b!)],
    (values) => permuted(values, shape, back),
  );
}

/** The cotangent of f's argument, for a linear f: the same wherever it is taken, here at zero. */
function pullback(jax: Jax, f: (x: JaxArray) => JaxArray, shape: readonly number[], dy: JaxArray): JaxArray {
  const [y, back] = jax.vjp(f, [jax.numpy.zeros(shape)]);
  y.dispose();
  const [dx] = back(dy);
  back.dispose();
  return dx;
}

/** Over all but the channels of x [N, C, H, W], in training mode: jax-js's own standardization, then scale and shift. */
export function batchNormTraining(jax: Jax, x: JaxArray, scale: JaxArray, offset: JaxArray): JaxArray {
  const perChannel = [1, x.shape[1]!, 1, 1];
  const normal = jax.nn.standardize(x, [0, 2, 3], { epsilon: EPS });
  return normal.mul(scale.reshape(perChannel)).add(offset.reshape(perChannel));
}

function batchNormalization(jax: Jax, { op, shape }: BatchNormCase, inputs: Float32Array[]): JaxComputation {
  const imageShape = permutedShape(shape, NHWC_TO_NCHW);
  const [x, gamma, beta, dy] = inputs.map((values) =>
    values.length === shape[3]
      ? jax.numpy.array(values, { shape: [shape[3]] })
      : jax.numpy.array(permuted(values, shape, NHWC_TO_NCHW), { shape: imageShape }),
  ) as [JaxArray, JaxArray, JaxArray, JaxArray];
  const forward = (...[image, scale, offset]: [JaxArray, JaxArray, JaxArray]) =>
    batchNormTraining(jax, image, scale, offset);
  const toGanvas = (values: Float32Array) => permuted(values, imageShape, NCHW_TO_NHWC);
  if (op === 'batch-norm') {
    dy.dispose();
    return pure(jax, [x, gamma, beta], ([a, b, c]) => [forward(a!, b!, c!)], toGanvas);
  }
  const bothWays = ([a, b, c, cotangent]: JaxArray[]): JaxArray[] => {
    const [y, back] = jax.vjp(forward, [a!, b!, c!]);
    const gradients = back(cotangent!);
    back.dispose();
    return [...gradients, y]; // dx first: what is compared
  };
  return pure(jax, [x, gamma, beta, dy], bothWays, toGanvas);
}

/** A parameter with its moments. */
export interface Moments {
  readonly p: JaxArray;
  readonly m: JaxArray;
  readonly v: JaxArray;
  readonly [name: string]: JaxArray;
}

/** Adam (Kingma & Ba 2015). @param powers β₁ᵗ and β₂ᵗ of this update @param lr learning rate */
export function adamUpdate(
  jax: Jax,
  { p, m, v }: Moments,
  g: JaxArray,
  powers: readonly [JaxArray, JaxArray],
  lr: number,
): Moments {
  const { beta1, beta2, eps } = ADAM;
  const nextM = m.mul(beta1).add(g.ref.mul(1 - beta1));
  const nextV = v.mul(beta2).add(jax.numpy.square(g).mul(1 - beta2));
  const correct = (moment: JaxArray, power: JaxArray) => moment.div(power.neg().add(1));
  const root = jax.numpy.sqrt(correct(nextV.ref, powers[1])).add(eps);
  const step = correct(nextM.ref, powers[0]).mul(lr).div(root);
  return { p: p.sub(step), m: nextM, v: nextV };
}

function adam(jax: Jax, inputs: Float32Array[]): JaxComputation {
  const [p, m, v, g] = inputs.map((values) => jax.numpy.array(values, { shape: [values.length] })) as [
    JaxArray,
    JaxArray,
    JaxArray,
    JaxArray,
  ];
  const power = (beta: number) => jax.numpy.array(Float32Array.of(beta ** ADAM_UPDATE), { shape: [] });
  const powers: [JaxArray, JaxArray] = [power(ADAM.beta1), power(ADAM.beta2)];
  const update = jax.jit((moments: Moments, gradient: JaxArray, t: [JaxArray, JaxArray]) =>
    adamUpdate(jax, moments, gradient, t, ADAM.lr),
  );
  let moments: Moments = { p, m, v };
  return {
    step() {
      moments = update(moments, g.ref, jax.tree.ref(powers));
      for (const array of jax.tree.leaves(moments)) array.ref.gpuBufferSync();
    },
    last: () => moments.p,
    result: () => moments.p.ref.data(),
    close() {
      jax.tree.dispose([moments, g, powers]);
      update.dispose();
    },
  };
}
