/** Are samples copies? A picture of a few with their nearest neighbours among the digits that were trained with. */
import { type Device, resizeBilinear, tensor } from '@ganvas/tensor';
import { loadMnist } from '../data/mnist.ts';
import { encodeGrid } from '../files/png.ts';
import type { MnistJudge } from '../judge/mnist-judge.ts';
import { nearestDigits } from '../judge/nearest-digits.ts';
import type { ReadableImages } from '../judge/reader.ts';

const SHOWN = 12;
/** Itself, the nearest by pixels, the nearest by features. */
const COLUMNS = 3;

/** PNG, a row each of the first few samples, which are resized to the size of the training digits. */
export async function drawNeighbours(judge: MnistJudge, samples: ReadableImages, device: Device): Promise<Uint8Array> {
  const train = loadMnist('train');
  const { height, width } = train;
  const count = Math.min(SHOWN, samples.count);
  const images = await resized(samples, count, height, device);
  const { pixels, features } = await nearestDigits(judge, { images, count, height, width }, train);

  const size = height * width;
  const picture = new Float32Array(count * COLUMNS * size);
  const digit = (i: number) => Float32Array.from(train.images.subarray(i * size, (i + 1) * size), (b) => b / 127.5 - 1);
  for (let row = 0; row < count; row++) {
    const tiles = [
      images.subarray(row * size, (row + 1) * size),
      digit(pixels.indices[row]!),
      digit(features.indices[row]!),
    ];
    for (const [column, tile] of tiles.entries()) picture.set(tile, (row * COLUMNS + column) * size);
  }
  return encodeGrid(picture, { count: count * COLUMNS, columns: COLUMNS, height, width, channels: 1 });
}

/** The first `count` grey images at `size`×`size`, values in [−1, 1]. */
async function resized(
  { images, height, width }: ReadableImages,
  count: number,
  size: number,
  device: Device,
): Promise<Float32Array> {
  const some = images.subarray(0, count * height * width);
  const values = some instanceof Uint8Array ? Float32Array.from(some, (byte) => byte / 127.5 - 1) : some;
  if (height === size && width === size) return values;
  const stored = tensor(values, [count, height, width, 1], { device });
  const small = resizeBilinear(stored, size);
  const result = (await small.data()) as Float32Array;
  for (const t of [stored, small]) t.dispose();
  return result;
}
