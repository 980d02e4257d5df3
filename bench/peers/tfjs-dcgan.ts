/** The DCGAN step in TensorFlow.js. */
import type { DcganCase } from '../cases.ts';
import { dcganLayers, dcganStart, LATENT, type Layer, type Parameters, SLOPE } from './dcgan.ts';
import { ADAM } from './inputs.ts';
import type { Padding, Tf, TfBackend, TfTensor, TfVariable } from './tfjs.ts';
import { batchNormTraining, type TfComputation } from './tfjs-cases.ts';

type Variables = Record<string, TfVariable>;

const STRIDES: [number, number] = [2, 2];
const PAD: Padding = [
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 0],
];

export function tfjsDcgan({ tf, upload }: TfBackend, problem: DcganCase): TfComputation {
  const { batch, size } = problem;
  const layers = dcganLayers(problem);
  const start = dcganStart(problem);
  const variablesOf = (parameters: Parameters): Variables =>
    tf.tidy(() =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, { values, shape }]) => [name, tf.variable(tf.tensor(values, shape))]),
      ),
    );
  const [g, d] = [variablesOf(start.generator), variablesOf(start.discriminator)];
  const newAdam = () => tf.train.adam(ADAM.lr, ADAM.beta1, ADAM.beta2, ADAM.eps);
  const [optimizerG, optimizerD] = [newAdam(), newAdam()];
  const real = tf.tensor(start.real, [batch, size, size, 1]);
  const noise = start.noise.map((z) => tf.tensor(z, [batch, LATENT]));
  for (const given of [real, ...noise]) upload(given);
  const G = (z: TfTensor) => forward(tf, layers.generator, g, z);
  const D = (x: TfTensor) => forward(tf, layers.discriminator, d, x);

  /** Losses and D's mean answers, [4]. */
  const step = (z: TfTensor): TfTensor => {
    const report: TfTensor[] = [];
    // D's update stands inside the tape of G's loss, so that G runs once and its batch serves both halves.
    const { value: lossG, grads } = tf.variableGrads(() => {
      const fake = G(z);
      const half = tf.variableGrads(() => {
        const [realLogits, fakeLogits] = [D(real), D(fake)];
        report.push(...[realLogits, fakeLogits].map((logits) => tf.keep(tf.mean(tf.sigmoid(logits)))));
        return tf.add(bceWithLogits(tf, realLogits, 1), bceWithLogits(tf, fakeLogits, 0));
      }, Object.values(d));
      optimizerD.applyGradients(half.grads);
      report.unshift(tf.keep(half.value));
      return bceWithLogits(tf, D(fake), 1);
    }, Object.values(g));
    optimizerG.applyGradients(grads);
    const [lossD, dReal, dFake] = report as [TfTensor, TfTensor, TfTensor];
    const packed = tf.stack([lossD, lossG, dReal, dFake]);
    tf.dispose(report);
    return packed;
  };

  let steps = 0;
  let last: TfTensor | undefined;
  return {
    step() {
      last?.dispose();
      last = tf.tidy(() => step(noise[steps++] ?? tf.randomNormal([batch, LATENT])));
    },
    result: () => last!.data(),
    close() {
      optimizerG.dispose();
      optimizerD.dispose();
      tf.dispose([...Object.values(g), ...Object.values(d), real, ...noise, ...(last ? [last] : [])]);
    },
  };
}

const bceWithLogits = (tf: Tf, logits: TfTensor, target: 0 | 1): TfTensor =>
  tf.mean(target === 0 ? tf.softplus(logits) : tf.sub(tf.softplus(logits), logits));

function forward(tf: Tf, layers: readonly Layer[], variables: Variables, input: TfTensor): TfTensor {
  const batch = input.shape[0]!;
  const apply = (x: TfTensor, layer: Layer): TfTensor => {
    const weight = 'name' in layer ? variables[`${layer.name}.weight`]! : input;
    const biased = (y: TfTensor) => ('bias' in layer && layer.bias ? tf.add(y, variables[`${layer.name}.bias`]!) : y);
    switch (layer.op) {
      case 'linear':
        return biased(tf.matMul(x, weight));
      case 'conv2d':
        return biased(tf.conv2d(x, weight, STRIDES, PAD));
      case 'convTranspose2d':
        return biased(
          tf.conv2dTranspose(x, weight, [batch, 2 * layer.height, 2 * layer.height, layer.to], STRIDES, PAD),
        );
      case 'batchNorm':
        return batchNormTraining(tf, x, weight, variables[`${layer.name}.bias`]!);
      case 'unflatten':
        return tf.reshape(x, [batch, layer.height, layer.height, layer.channels]);
      case 'flatten':
        return tf.reshape(x, [batch, -1]);
      case 'relu':
        return tf.relu(x);
      case 'leakyRelu':
        return tf.leakyRelu(x, SLOPE);
      case 'tanh':
        return tf.tanh(x);
    }
  };
  return layers.reduce(apply, input);
}
