import {
  broadcastTo,
  type Device,
  gather,
  gatherBatch,
  keep,
  resizeBilinear,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { batchIndices } from './batches.ts';
import type { ImageFormat, ImageSet } from './images.ts';
import type { DataSource } from './source.ts';

export interface SourceOptions extends ImageFormat {
  /** Examples in a batch. */
  batch: number;
  /** Of the data's order. */
  seed: number;
  device: Device;
}

/**
 * Images [batch, size, size, channels] in [−1, 1] at `indices`, from bytes that stay on the device; resized there by linear
 * interpolation, and grey ones repeated to three channels.
 * @param images u8 [count, height, width, 1 or channels]
 */
export function drawImages(images: Tensor, indices: Tensor, { size, channels }: ImageFormat): Tensor {
  const x = resizeBilinear(gatherBatch(images, indices), size);
  return broadcastTo(x, [...x.shape.slice(0, 3), channels]);
}

/** Images in batches: in every epoch each at most once, in an order of its own (`batchIndices`). */
export function imageSource(set: ImageSet, options: SourceOptions): DataSource {
  const { size, channels, batch, seed, device } = options;
  const { count, height, width } = set;
  const images = keep(tensor(set.images, [count, height, width, set.channels], { device }));
  const labels = set.labels && keep(tensor(set.labels, [count], { device }));
  return {
    example: [size, size, channels],
    classes: set.classNames.length,
    classNames: set.classNames,
    count,
    state: {},
    inputs: (step) => [batchIndices({ seed, count, batch, step })],
    draw: (indices: Tensor) => ({
      x: drawImages(images, indices, options),
      labels: labels && gather(labels, indices),
    }),
    dispose() {
      images.dispose();
      labels?.dispose();
    },
  };
}
