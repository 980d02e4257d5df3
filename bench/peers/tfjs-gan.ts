/** A GAN's training step in TensorFlow.js. */
import type { Mixture } from '@ganvas/gan';
import { ganRecipe, type RecipeCase } from './gan.ts';
import { ADAM } from './inputs.ts';
import { type Layer, type Parameters, SLOPE } from './recipe.ts';
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

export function tfjsGan({ tf, upload }: TfBackend, problem: RecipeCase): TfComputation {
  const { layers, weights, batch, latent, lr, shape, mixture, ...first } = ganRecipe(problem);
  const variablesOf = (parameters: Parameters): Variables =>
    tf.tidy(() =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, { values, shape }]) => [name, tf.variable(tf.tensor(values, shape))]),
      ),
    );
  const [g, d] = [variablesOf(weights.generator), variablesOf(weights.discriminator)];
  const newAdam = () => tf.train.adam(lr, ADAM.beta1, ADAM.beta2, ADAM.eps);
  const [optimizerG, optimizerD] = [newAdam(), newAdam()];
  const real = first.real.map((x) => tf.tensor(x, shape));
  const noise = first.noise.map((z) => tf.tensor(z, [batch, latent]));
  const source = mixture && pointSource(tf, mixture);
  const given = [...real, ...noise, ...(source ? [source.centres] : [])];
  given.forEach(upload);
  const G = (z: TfTensor) => forward(tf, layers.generator, g, z);
  const D = (x: TfTensor) => forward(tf, layers.discriminator, d, x);

  /** Losses and D's mean answers, [4]. */
  const step = (z: TfTensor, x: TfTensor): TfTensor => {
    const report: TfTensor[] = [];
    // D's update stands inside the tape of G's loss, so that G runs once and its batch serves both halves.
    const { value: lossG, grads } = tf.variableGrads(() => {
      const fake = G(z);
      const half = tf.variableGrads(() => {
        const [realLogits, fakeLogits] = [D(x), D(fake)];
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
      last = tf.tidy(() => {
        const z = noise[steps] ?? tf.randomNormal([batch, latent]);
        const x = real[steps] ?? source?.draw(batch) ?? real.at(-1)!;
        return step(z, x);
      });
      steps++;
    },
    result: () => last!.data(),
    close() {
      optimizerG.dispose();
      optimizerD.dispose();
      tf.dispose([...Object.values(g), ...Object.values(d), ...given, ...(last ? [last] : [])]);
    },
  };
}

/** Points of a mixture; tfjs draws random numbers on the host. */
function pointSource(tf: Tf, { centres, std }: Mixture): { centres: TfTensor; draw(count: number): TfTensor } {
  const table = tf.tensor(Float32Array.from(centres.flat()), [centres.length, 2]);
  return {
    centres: table,
    draw: (count) => {
      const modes = tf.randomUniform([count], 0, centres.length, 'int32');
      return tf.add(tf.gather(table, modes), tf.mul(tf.randomNormal([count, 2]), std));
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
