/** Images that IDX files hold: one file of images, and optionally one of their labels. */
import { FileError } from '../file-error.ts';
import type { Idx } from './idx-codec.ts';
import type { ImageSet } from './images.ts';

/** The content of an IDX file, and its name for error messages. */
export interface NamedIdx extends Idx {
  source: string;
}

/**
 * Images as they are: [n, height, width] grey, [n, height, width, 1 or 3] grey or RGB.
 * @param labels [n]; classes are then 0 to the largest of them
 * @throws FileError for other dimensions, or where there are not as many labels as images
 */
export function idxImages({ dims, data, source }: NamedIdx, labels: NamedIdx | null): ImageSet {
  const found = `found dimensions [${dims.join(', ')}]`;
  const [count, height, width, channels = 1] = dims as [number, number, number, number?];
  if (dims.length < 3 || dims.length > 4 || (channels !== 1 && channels !== 3))
    throw new FileError(
      `${source}: expected images [n, height, width] or [n, height, width, 3], ${found}` +
        `${dims.length === 1 ? ' of labels; the file of images comes first: images:labels' : ''}`,
    );
  if (data.length === 0) throw new FileError(`${source}: expected images, ${found}: nothing`);
  const told = labels && labelsOf(labels, count);
  const classes = told?.reduce((most, label) => Math.max(most, label + 1), 0) ?? 0;
  return {
    images: data,
    ...{ count, height, width, channels, labels: told },
    classNames: Array.from({ length: classes }, (_, i) => `${i}`),
  };
}

function labelsOf({ dims, data, source }: NamedIdx, count: number): Uint32Array {
  if (dims.length !== 1 || dims[0] !== count)
    throw new FileError(`${source}: expected ${count} labels, found dimensions [${dims.join(', ')}]`);
  return Uint32Array.from(data);
}
