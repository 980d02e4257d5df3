/** From what `--data` says to what a training step draws from. */
import { FileError } from '../files/file-error.ts';
import { loadFolder } from './folder.ts';
import { loadIdxImages } from './idx-images.ts';
import { imageSource, type SourceOptions } from './image-source.ts';
import type { ImageSet } from './images.ts';
import type { LoadOptions } from './load-options.ts';
import { mixtureSource } from './mixture-source.ts';
import { loadMnist } from './mnist.ts';
import { grid, ring } from './points.ts';
import type { DataSource } from './source.ts';
import { type DataSpec, parseDataSpec } from './spec.ts';
import { stackedSource } from './stacked-source.ts';

export interface DataOptions extends SourceOptions {
  /** Is told, in a line each, what is left out or looks odd. */
  note?(line: string): void;
}

/**
 * Opens data on a device.
 * @param spec `mnist`, `stacked-mnist`, `ring`, `grid`, IDX files `images[:labels]`, or a folder of images
 * @param options `size` and `channels` do not matter to points
 * @throws FileError, a line that says what to do, where the data cannot be read or do not fill a batch
 */
export async function openData(spec: string, options: DataOptions): Promise<DataSource> {
  const parsed = parseDataSpec(spec);
  if (parsed.kind === 'ring') return mixtureSource(ring(), options);
  if (parsed.kind === 'grid') return mixtureSource(grid(), options);
  if (parsed.kind === 'stacked-mnist') {
    if (options.channels === 3) return stackedSource(loadMnist('train'), options);
    throw new FileError(`stacked-mnist: its images have 3 channels, got --channels ${options.channels}`);
  }
  const { maxBufferSize, maxStorageBufferBindingSize } = options.device.gpu.limits;
  const maxBytes = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  const set = await loadImages(parsed, { ...options, maxBytes });
  if (options.batch > set.count)
    throw new FileError(
      `${spec}: expected at least a batch of ${options.batch} images, found ${set.count}; take a smaller --batch`,
    );
  return imageSource(set, options);
}

/**
 * The images themselves, without a device.
 * @param spec as of `openData`; `stacked-mnist`, `ring` and `grid` are drawn without end and cannot be loaded
 * @returns images as they go to the device: a folder's in the asked size and channels, others perhaps of another size, or grey
 * @throws FileError where they cannot be read
 */
export async function loadData(spec: string, options: LoadOptions): Promise<ImageSet> {
  const parsed = parseDataSpec(spec);
  if (parsed.kind === 'stacked-mnist' || parsed.kind === 'ring' || parsed.kind === 'grid')
    throw new FileError(`${spec}: expected data that end (mnist, an IDX file or a folder of images), not drawn ones`);
  return loadImages(parsed, options);
}

async function loadImages(
  spec: Exclude<DataSpec, { kind: 'stacked-mnist' | 'ring' | 'grid' }>,
  options: LoadOptions,
): Promise<ImageSet> {
  if (spec.kind === 'folder') return loadFolder(spec.path, options);
  return spec.kind === 'idx' ? loadIdxImages(spec.images, spec.labels, options) : loadMnist('train');
}
