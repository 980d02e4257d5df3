import { Rng } from '@ganvas/kernels-wgsl';
import { keep, reshape, type Tensor, tensor, transpose } from '@ganvas/tensor';
import { drawImages, type SourceOptions } from './image-source.ts';
import type { ImageSet } from './images.ts';
import type { DataSource } from './source.ts';

/** Tells the stream of the triples from every other stream of the same seed. */
const TRIPLE_STREAM = 0x74726970;

/**
 * Stacked MNIST (Metz et al. 2017): three digits drawn at random with replacement, as the red, green and blue of one image. Its
 * thousand combinations are modes to be counted, not classes to be told. Which digits a step sees is a function of seed and step.
 * @param digits grey images
 */
export function stackedSource(digits: ImageSet, options: Omit<SourceOptions, 'channels'>): DataSource {
  const { size, batch, seed, device } = options;
  const { count, height, width } = digits;
  const images = keep(tensor(digits.images, [count, height, width, 1], { device }));
  const triples = new Rng(seed).fork(TRIPLE_STREAM);
  return {
    example: [size, size, 3],
    classes: 0,
    classNames: [],
    count: 0,
    state: {},
    inputs(step) {
      const random = triples.fork(step);
      return [Uint32Array.from({ length: 3 * batch }, () => random.integer(count))];
    },
    draw(indices: Tensor) {
      const planes = drawImages(images, indices, { size, channels: 1 });
      return { x: transpose(reshape(planes, [batch, 3, size, size]), [0, 2, 3, 1]), labels: null };
    },
    dispose: () => images.dispose(),
  };
}
