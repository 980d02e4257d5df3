/**
 * TensorFlow.js's own example of a GAN, as its script builds and trains it: layers, models that share them, and `trainOnBatch`
 * (https://github.com/tensorflow/tfjs-examples/tree/master/mnist-acgan). Only the weights and the first steps' noise are given.
 */
import type { AcganScriptCase } from '../cases.ts';
import { IMAGES, imageBytes, imageLabels } from '../image-gan.ts';
import { ACGAN_PROBED, ACGAN_SCRIPT, type Asked, acganReport, acganStart } from './acgan.ts';
import type { Parameters } from './recipe.ts';
import type { Tf, TfBackend, TfLayer, TfModel, TfSymbol, TfTensor } from './tfjs.ts';
import type { TfComputation } from './tfjs-cases.ts';

const LOSSES = ['binaryCrossentropy', 'sparseCategoricalCrossentropy'];
const { size, latent, classes, softOne, adam: settings } = ACGAN_SCRIPT;

export async function tfjsAcgan({ tf, upload }: TfBackend, problem: AcganScriptCase): Promise<TfComputation> {
  const { batch, width, dropout } = problem;
  const { weights, asked } = acganStart(problem);
  const adam = () => tf.train.adam(settings.lr, settings.betas[0]);
  const [optimizerG, optimizerD] = [adam(), adam()];

  const discriminator = buildDiscriminator(tf, { width, dropout, weights: weights.discriminator });
  discriminator.compile({ optimizer: optimizerD, loss: LOSSES });
  const generator = buildGenerator(tf, { width, weights: weights.generator });
  const combined = combine(tf, generator, discriminator);
  combined.compile({ optimizer: optimizerG, loss: LOSSES });
  // Not in the script, where D's two heads stay as they began: the setting reaches the variables themselves. What each model trains
  // was settled when it was compiled.
  discriminator.trainable = true;

  const xTrain = tf.tensor(
    Float32Array.from(imageBytes(), (byte) => byte / 127.5 - 1),
    [IMAGES.count, size, size, 1],
  );
  const yTrain = tf.tensor(Float32Array.from(imageLabels()), [IMAGES.count, 1]);
  for (const tensor of [xTrain, yTrain]) upload(tensor);
  /** Noise and labels, [count, latent] and [count, 1]. */
  const ask = (count: number, given?: Asked): [TfTensor, TfTensor] =>
    given
      ? [tf.tensor(given.z, [count, latent]), tf.tensor(Float32Array.from(given.labels), [count, 1])]
      : [
          tf.randomUniform([count, latent], -1, 1),
          tf.cast(tf.randomUniform([count, 1], 0, classes, 'int32'), 'float32'),
        ];

  let steps = 0;
  const trainDiscriminator = async (): Promise<number> => {
    const [x, y, auxY] = tf.tidy((): [TfTensor, TfTensor, TfTensor] => {
      const [z, labels] = ask(batch, asked[steps]?.forD);
      const fake = generator.predict([z, labels], { batchSize: batch }) as TfTensor;
      return [
        tf.concat([tf.slice(xTrain, 0, batch), fake], 0),
        tf.concat([tf.fill([batch, 1], softOne), tf.fill([batch, 1], 0)], 0),
        tf.concat([tf.slice(yTrain, 0, batch), labels], 0),
      ];
    });
    const [loss] = await discriminator.trainOnBatch(x, [y, auxY]);
    tf.dispose([x, y, auxY]);
    return loss!;
  };
  const trainGenerator = async (): Promise<number> => {
    const [z, labels, trick] = tf.tidy((): [TfTensor, TfTensor, TfTensor] => [
      ...ask(2 * batch, asked[steps]?.forG),
      tf.fill([2 * batch, 1], softOne),
    ]);
    const [loss] = await combined.trainOnBatch([z, labels], [trick, labels]);
    tf.dispose([z, labels, trick]);
    return loss!;
  };

  const probed = await probe(tf, generator, discriminator, asked[0]!.forD);
  let losses: number[] = [];
  let queue = Promise.resolve();
  return {
    step() {
      queue = queue.then(async () => {
        losses = [await trainDiscriminator(), await trainGenerator()];
        steps++;
      });
    },
    queued: () => queue,
    result: async () => acganReport(problem, probed, losses),
    close() {
      combined.dispose(); // and the models in it
      for (const optimizer of [optimizerG, optimizerD]) optimizer.dispose();
      tf.dispose([xTrain, yTrain]);
    },
  };
}

function buildGenerator(tf: Tf, { width, weights }: { width: number; weights: Parameters }): TfModel {
  const { layers } = tf;
  const up = (filters: number, strides: number, padding: string, activation: string): TfLayer =>
    layers.conv2dTranspose({ filters, kernelSize: 5, strides, padding, activation });
  const base = size / 4 - 4;
  const named: Record<string, TfLayer> = {
    fc: layers.dense({ units: base * base * 12 * width, inputShape: [latent], activation: 'relu' }),
    unflatten: layers.reshape({ targetShape: [base, base, 12 * width] }),
    up1: up(6 * width, 1, 'valid', 'relu'),
    bn1: layers.batchNormalization(),
    up2: up(3 * width, 2, 'same', 'relu'),
    bn2: layers.batchNormalization(),
    up3: up(1, 2, 'same', 'tanh'),
  };
  const cnn = sequence(tf, named);
  const [z, imageClass] = [tf.input({ shape: [latent] }), tf.input({ shape: [1] })];
  const embed = layers.embedding({ inputDim: classes, outputDim: latent });
  const told = layers.multiply().apply([z, embed.apply(imageClass) as TfSymbol]) as TfSymbol;
  const model = tf.model({ inputs: [z, imageClass], outputs: cnn.apply(told) });
  load(tf, { ...named, embed }, weights);
  return model;
}

interface DiscriminatorSettings {
  width: number;
  dropout: number;
  weights: Parameters;
}

function buildDiscriminator(tf: Tf, { width, dropout, weights }: DiscriminatorSettings): TfModel {
  const { layers } = tf;
  const named: Record<string, TfLayer> = {};
  for (let i = 1; i <= 4; i++) {
    const inputShape = i === 1 ? { inputShape: [size, size, 1] } : {};
    const filters = width * 2 ** (i - 1);
    named[`conv${i}`] = layers.conv2d({ filters, kernelSize: 3, padding: 'same', strides: 1 + (i % 2), ...inputShape });
    named[`leaky${i}`] = layers.leakyReLU({ alpha: 0.2 });
    named[`dropout${i}`] = layers.dropout({ rate: dropout });
  }
  const cnn = sequence(tf, { ...named, flatten: layers.flatten() });
  const image = tf.input({ shape: [size, size, 1] });
  const features = cnn.apply(image);
  const fc = layers.dense({ units: 1, activation: 'sigmoid' });
  const aux = layers.dense({ units: classes, activation: 'softmax' });
  const outputs = [fc, aux].map((head) => head.apply(features) as TfSymbol);
  const model = tf.model({ inputs: image, outputs });
  load(tf, { ...named, fc, aux }, weights);
  return model;
}

/** G's images past D, whose weights stay as they are. */
function combine(tf: Tf, generator: TfModel, discriminator: TfModel): TfModel {
  const [z, imageClass] = [tf.input({ shape: [latent] }), tf.input({ shape: [1] })];
  const fake = generator.apply([z, imageClass]);
  discriminator.trainable = false;
  return tf.model({ inputs: [z, imageClass], outputs: discriminator.apply(fake) as TfSymbol[] });
}

function sequence(tf: Tf, named: Readonly<Record<string, TfLayer>>): TfLayer {
  const layers = tf.sequential();
  for (const layer of Object.values(named)) layers.add(layer);
  return layers;
}

/** Into layers that have been applied. Batch norm stays as it begins. */
function load(tf: Tf, layers: Readonly<Record<string, TfLayer>>, weights: Parameters): void {
  tf.tidy(() => {
    for (const [name, layer] of Object.entries(layers)) {
      const given = [weights[`${name}.weight`], weights[`${name}.bias`]].filter((parameter) => !!parameter);
      if (given.length > 0) layer.setWeights(given.map(({ values, shape }) => tf.tensor(values, shape)));
    }
  });
}

async function probe(tf: Tf, generator: TfModel, discriminator: TfModel, { z, labels }: Asked) {
  const answers = tf.tidy(() => {
    const images = generator.predict([
      tf.tensor(z.slice(0, ACGAN_PROBED * latent), [ACGAN_PROBED, latent]),
      tf.tensor(Float32Array.from(labels.slice(0, ACGAN_PROBED)), [ACGAN_PROBED, 1]),
    ]) as TfTensor;
    return [images, ...(discriminator.predict(images) as TfTensor[])];
  });
  const values = await Promise.all(answers.map((t) => t.data()));
  tf.dispose(answers);
  return values;
}
