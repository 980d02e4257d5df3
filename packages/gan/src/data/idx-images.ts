/** IDX files as a training set: one file of images, and optionally one of their labels. */
import { FileError } from '../files/file-error.ts';
import { readIdx } from './idx.ts';
import { idxImages, type NamedIdx } from './idx-set.ts';
import { type ImageSet, luma } from './images.ts';
import { checkMemory, type LoadOptions } from './load-options.ts';

/**
 * Reads images as they are: [n, height, width] grey, [n, height, width, 1 or 3] grey or RGB.
 * @param labelsPath labels [n]; classes are then 0 to the largest of them
 * @throws FileError where a file is missing, damaged, or holds something else, or where there are not as many labels as images
 */
export const readIdxImages = (imagesPath: string, labelsPath: string | null): ImageSet =>
  idxImages(named(imagesPath), labelsPath === null ? null : named(labelsPath));

const named = (path: string): NamedIdx => ({ ...readIdx(path), source: path });

/**
 * `readIdxImages`, square, smaller than twice `size`, and grey where grey is asked for. What is then left to do, a device does to each
 * batch: the way to the very size, and grey as RGB.
 * @throws FileError as `readIdxImages`, and for fewer than 2 images or more than fit into `maxBytes`
 */
export function loadIdxImages(imagesPath: string, labelsPath: string | null, options: LoadOptions): ImageSet {
  const { size, channels, note = () => {} } = options;
  const stored = readIdxImages(imagesPath, labelsPath);
  if (stored.count < 2) throw new FileError(`${imagesPath}: expected at least 2 images, found ${stored.count}`);
  const unused = stored.classNames.filter((_, label) => !stored.labels!.includes(label));
  if (unused.length > 0) note(`${labelsPath}: no image is of class ${unused.join(', ')}`);
  const grey = stored.channels === 3 && channels === 1;
  const set = squares(grey ? { ...stored, channels, images: luma(stored.images) } : stored, size);
  checkMemory(imagesPath, set.images.length, options);
  return set;
}

/** The square in the middle of each image; of a large one the means of blocks, as many pixels wide as leaves `size` blocks. */
function squares(set: ImageSet, size: number): ImageSet {
  const { count, height, width, channels } = set;
  const block = Math.max(1, Math.floor(Math.min(height, width) / size));
  const side = Math.floor(Math.min(height, width) / block);
  if (side === height && side === width) return set;
  const [top, left] = [height, width].map((length) => (length - side * block) >> 1) as [number, number];
  const images = new Uint8Array(count * side * side * channels);
  for (let at = 0; at < images.length; at++) {
    const [c, pixel] = [at % channels, Math.floor(at / channels)];
    const [x, y, image] = [pixel % side, Math.floor(pixel / side) % side, Math.floor(pixel / (side * side))];
    const row = image * height + top + y * block;
    let sum = 0;
    for (let i = 0; i < block; i++)
      for (let j = 0; j < block; j++) sum += set.images[((row + i) * width + left + x * block + j) * channels + c]!;
    images[at] = Math.round(sum / (block * block));
  }
  return { ...set, images, height: side, width: side };
}
