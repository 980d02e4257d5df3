/** Is a sample a copy? Its nearest neighbours among the digits that were trained with, by pixels and by what the judge sees. */
import { type Neighbours, nearestNeighbours } from '../metrics/neighbours.ts';
import type { Rows } from '../metrics/rows.ts';
import type { MnistJudge } from './digit-judge.ts';
import type { ReadableImages } from './reader.ts';

export interface NearestDigits {
  /** Distances of values in [−1, 1]. */
  pixels: Neighbours;
  features: Neighbours;
}

/**
 * @param samples images of the same size as `among`; not many: each is held against all of those
 * @param k neighbours of each. Default 1
 * @throws Error for images of different sizes
 */
export async function nearestDigits(
  judge: MnistJudge,
  samples: ReadableImages,
  among: ReadableImages,
  k = 1,
): Promise<NearestDigits> {
  const pixels = nearestNeighbours(pixelRows(samples), pixelRows(among), k);
  const seen = await judge.read(samples);
  const known = await judge.read(among);
  return { pixels, features: nearestNeighbours(seen.features, known.features, k) };
}

/** A row an image, in [−1, 1]: a byte's value is the f32 that the device makes of it. */
function pixelRows({ images, count, height, width, channels = 1 }: ReadableImages): Rows {
  const values = images instanceof Uint8Array ? Float32Array.from(images, (byte) => byte / 127.5 - 1) : images;
  return { values, count, width: height * width * channels };
}
