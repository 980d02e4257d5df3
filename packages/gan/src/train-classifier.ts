/** Training a classifier of digits: one captured step, replayed with the indices of the next batch, and its test. */
import { adam, cosine, grad, nn, scheduleLearningRate } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  capture,
  type Device,
  gather,
  gatherBatch,
  mul,
  randomGenerator,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { batchIndices, stepsPerEpoch } from './data/batches.ts';
import type { LabelledImages } from './data/images.ts';
import { randomShift } from './data/shift.ts';
import { classifierReader } from './judge/reader.ts';
import { likeliestClasses } from './metrics/class-balance.ts';
import { type Classifier, classifier } from './models/classifier.ts';

export interface ClassifierConfig {
  /** How often each image is seen. */
  epochs: number;
  /** Images in a batch. */
  batch: number;
  /** Of weights, shifts and order of the data. */
  seed: number;
  /** Channels of the first convolution. Default 16. */
  width?: number;
  /** Adam's learning rate at first; it falls to 0 along a cosine. Default 4e-3. */
  lr?: number;
}

export interface ClassifierTrainer {
  readonly model: Classifier;
  /** Steps of all epochs. */
  readonly steps: number;
  /** Compiles the step, in parallel. */
  prepare(): Promise<void>;
  /** Trains to the end; `report` gets the losses (cross entropy, mean over a batch) as they come back, in the order of the steps. */
  train(report?: (losses: readonly number[]) => void): Promise<void>;
}

/** Pixels that a digit is moved by at most, in training. */
const SHIFT = 2;
/** Streams of the seed. */
const STREAM = { model: 1, shift: 2 };

/** Bytes as values in [0, 1]: what a shift brings in over the edge is background. */
const pixels = (images: Tensor, indices: Tensor): Tensor => mul(add(gatherBatch(images, indices), 1), 0.5);
const upload = ({ images, count, height, width }: LabelledImages, device: Device): Tensor =>
  tensor(images, [count, height, width, 1], { device });

export function createClassifierTrainer(
  device: Device,
  { epochs, batch, seed, width, lr = 4e-3 }: ClassifierConfig,
  data: LabelledImages,
): ClassifierTrainer {
  const { count } = data;
  const seeds = new Rng(seed);
  const model = classifier({ size: data.height, width, rng: seeds.fork(STREAM.model), device });
  const parameters = Object.values(model.parameters);
  const shifts = randomGenerator(seeds.fork(STREAM.shift).key, device);
  const images = upload(data, device);
  const labels = tensor(Uint32Array.from(data.labels), [count], { device });
  const steps = epochs * stepsPerEpoch({ count, batch });
  const optimizer = adam(parameters);
  const follow = scheduleLearningRate(optimizer, lr, cosine({ steps }));
  const trainStep = capture((indices: Tensor) => {
    const logits = model.forward(randomShift(pixels(images, indices), shifts, SHIFT));
    const loss = nn.softmaxCrossEntropy(logits, gather(labels, indices));
    optimizer.step(grad(loss, parameters));
    return loss;
  });
  return {
    model,
    steps,
    prepare: () => trainStep.prepare(new Uint32Array(batch)),
    async train(report = () => {}) {
      const log = trainStep.log();
      const losses = (rows: ArrayLike<number>[]) => rows.map((row) => row[0]!);
      for (let step = 0; step < steps; step++) {
        follow(step);
        trainStep(batchIndices({ seed, count, batch, step }));
        report(losses(await log.arrived()));
      }
      report(losses(await log.flush()));
      log.close();
    },
  };
}

/** The class that the model, by its running statistics, holds each image for. */
export async function classify(device: Device, model: Classifier, data: LabelledImages): Promise<Uint8Array> {
  const reader = classifierReader(device, model);
  const { probabilities } = await reader.read(data);
  reader.dispose();
  return likeliestClasses(probabilities);
}
