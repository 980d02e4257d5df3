/** Whoever says what generated digits are like: a trained classifier, and what it says of real ones. */
import type { Device } from '@ganvas/tensor';
import type { FeatureStatistics } from '../metrics/feature-statistics.ts';
import type { TrainedClassifier } from '../models/classifier-codec.ts';
import { classifierReader, type ReadableImages, type Reader, type Reading } from './reader.ts';

export interface MnistJudge extends Reader {
  /** Of the features of the 10,000 test digits: what MNIST-FD is measured from. */
  readonly statistics: FeatureStatistics;
  /** What it says of the 10,000 test digits themselves, read when first asked for. */
  real(): Promise<Reading>;
}

/**
 * A judge of 28×28 grey digits, or of images whose every channel is one. It owns the classifier.
 * @param digits the 10,000 test digits
 */
export function mnistJudge(
  device: Device,
  { model, statistics }: TrainedClassifier,
  digits: () => ReadableImages,
): MnistJudge {
  const reader = classifierReader(device, model);
  let reading: Promise<Reading> | null = null;
  return {
    statistics,
    read: reader.read,
    real() {
      reading ??= reader.read(digits());
      return reading;
    },
    dispose() {
      reader.dispose();
      for (const t of [...Object.values(model.parameters), ...Object.values(model.buffers)]) t.dispose();
    },
  };
}
