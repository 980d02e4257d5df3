/** A trained classifier at rest: the bytes of a safetensors file, in our layouts (convolutions HWIO, dense layers [in, out]). */
import { Rng } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import { z } from 'zod';
import { FileError } from '../file-error.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../files/safetensors.ts';
import type { FeatureStatistics } from '../metrics/feature-statistics.ts';
import { type Classifier, classifier } from './classifier.ts';

const FORMAT = 'ganvas-classifier';
const VERSION = '1';
const MEAN = 'statistics.mean';
const COVARIANCE = 'statistics.covariance';

const whole = z.coerce.number().int().positive();
const headSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  size: whole,
  width: whole,
  features: whole,
  classes: whole,
  samples: whole,
});

export interface TrainedClassifier {
  model: Classifier;
  /** Of its features over the test images. */
  statistics: FeatureStatistics;
}

const stateOf = ({ parameters, buffers }: Classifier) => ({ ...parameters, ...buffers });

/**
 * Weights, running statistics and the features' statistics.
 * @param about what else its metadata say: how it was trained, how well it does
 */
export async function encodeClassifier(
  { model, statistics }: TrainedClassifier,
  about: Record<string, string>,
): Promise<Uint8Array> {
  const entries = await Promise.all(
    Object.entries(stateOf(model)).map(async ([name, t]): Promise<[string, StoredTensor]> => {
      const data = (await t.data()) as Float32Array;
      return [name, { dtype: 'F32', shape: [...t.shape], data }];
    }),
  );
  const { features } = model.shape;
  const tensors = {
    ...Object.fromEntries(entries),
    [MEAN]: split(statistics.mean, [features]),
    [COVARIANCE]: split(statistics.covariance, [features, features]),
  };
  const numbers = Object.entries({ ...model.shape, samples: statistics.count });
  const head = Object.fromEntries(numbers.map(([key, n]) => [key, String(n)]));
  return encodeSafetensors(tensors, { ...about, ...head, format: FORMAT, version: VERSION });
}

/**
 * A classifier as `encodeClassifier` left it.
 * @param source the file's name, for error messages
 * @throws FileError with the reason: damaged, or no such file
 */
export function decodeClassifier(bytes: Uint8Array, source: string, device: Device): TrainedClassifier {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const head = headSchema.safeParse(metadata);
  if (!head.success) {
    const { path: key, message } = head.error.issues[0]!;
    throw new FileError(
      `${source}: expected the metadata of ${FORMAT} version ${VERSION}; ${key.join('.')}: ${message}`,
    );
  }
  const read = (name: string, shape: readonly number[]): Float32Array => {
    const stored = tensors[name];
    if (stored?.dtype === 'F32' && stored.shape.join() === shape.join()) return stored.data;
    const found = stored ? `${stored.dtype} [${stored.shape.join(', ')}]` : 'nothing of that name';
    throw new FileError(`${source}: expected ${name} F32 [${shape.join(', ')}], found ${found}`);
  };
  const { features, samples } = head.data;
  const statistics = {
    count: samples,
    mean: joined(read(MEAN, [2, features])),
    covariance: joined(read(COVARIANCE, [2, features, features])),
  };
  const model = classifier({ ...head.data, rng: new Rng(0), device });
  for (const [name, t] of Object.entries(stateOf(model))) t.write(read(name, t.shape));
  return { model, statistics };
}

/** Float64 as two F32, the value and what its rounding leaves: 48 of its 53 bits. The format's F64 is not among what we read. */
function split(values: Float64Array, shape: readonly number[]): StoredTensor {
  const data = new Float32Array(2 * values.length);
  data.set(values);
  for (let i = 0; i < values.length; i++) data[values.length + i] = values[i]! - data[i]!;
  return { dtype: 'F32', shape: [2, ...shape], data };
}

function joined(halves: Float32Array): Float64Array {
  const count = halves.length / 2;
  return Float64Array.from({ length: count }, (_, i) => halves[i]! + halves[count + i]!);
}
