/** Whoever says what generated digits are like: the classifier that this package ships, trained by its own engine. */
import { fileURLToPath } from 'node:url';
import type { Device } from '@ganvas/tensor';
import { loadMnist } from '../data/mnist.ts';
import type { FeatureStatistics } from '../metrics/feature-statistics.ts';
import { loadClassifier } from '../models/classifier-file.ts';
import { classifierReader, type Reader, type Reading } from './reader.ts';

export interface MnistJudge extends Reader {
  /** Of the features of the 10,000 test digits: what MNIST-FD is measured from. */
  readonly statistics: FeatureStatistics;
  /** What it says of the 10,000 test digits themselves, read when first asked for. */
  real(): Promise<Reading>;
}

/** Made by `npm run classify -- --save`; the file's metadata say how, and how many test digits it knows. */
const WEIGHTS = fileURLToPath(new URL('../../weights/mnist-classifier.safetensors', import.meta.url));

/**
 * A judge of 28×28 grey digits, or of images whose every channel is one.
 * @throws FileError where the shipped weights are missing or damaged
 */
export function openMnistJudge(device: Device): MnistJudge {
  const { model, statistics } = loadClassifier(WEIGHTS, device);
  const reader = classifierReader(device, model);
  let reading: Promise<Reading> | null = null;
  return {
    statistics,
    read: reader.read,
    real() {
      reading ??= reader.read(loadMnist('test'));
      return reading;
    },
    dispose() {
      reader.dispose();
      for (const t of [...Object.values(model.parameters), ...Object.values(model.buffers)]) t.dispose();
    },
  };
}
