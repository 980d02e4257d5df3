/** GANs of images as the suite times them: the trainer's own step on images that show nothing, sorted into ten classes at random. */
import { completeConfig, createTrainer, type DataSource, imageSource, type Trainer } from '@ganvas/gan';
import { scattered } from '@ganvas/kernels-wgsl';
import type { CaptureOptions, Device } from '@ganvas/tensor';
import type { ImageGanCase } from './cases.ts';

/** Images for a few batches; what they show has no influence on the time. They are MNIST's size, whatever the net's. */
export const IMAGES = { count: 256, side: 28, classes: 10 };

/** Grey pixels [count, side, side], 0 to 255. */
export const imageBytes = (): Uint8Array =>
  Uint8Array.from(scattered(IMAGES.count * IMAGES.side ** 2), (value) => 255 * (value + 0.5));

export const imageLabels = (): Uint32Array => Uint32Array.from({ length: IMAGES.count }, (_, i) => i % IMAGES.classes);

export function imageData(
  device: Device,
  { size, batch, labelled }: { size: number; batch: number; labelled: boolean },
): DataSource {
  const { count, side, classes } = IMAGES;
  const set = {
    ...{ images: imageBytes(), count, height: side, width: side, channels: 1 as const },
    labels: labelled ? imageLabels() : null,
    classNames: labelled ? Array.from({ length: classes }, (_, i) => `${i}`) : [],
  };
  return imageSource(set, { size, channels: 1, batch, seed: 1, device });
}

export interface ImageGanStep {
  readonly trainer: Trainer;
  /** The batch of every step. */
  readonly indices: Uint32Array;
  /** D's loss, G's loss, means of D(x) and D(G(z)) before D's update. */
  report(packed: ArrayLike<number>): number[];
  close(): void;
}

export function openImageGan(
  device: Device,
  { op, size, width, batch }: ImageGanCase,
  options: CaptureOptions = {},
): ImageGanStep {
  const config = completeConfig({ model: op, steps: 1, batch, width, size, ema: 0 }, 'standard');
  const source = imageData(device, { size, batch, labelled: op !== 'dcgan' });
  const trainer = createTrainer(device, config, source, options);
  return {
    trainer,
    indices: Uint32Array.from({ length: batch }, (_, i) => (i * 37) % IMAGES.count),
    report(packed) {
      const { lossD, lossG, dReal, dFake } = trainer.reportOf(packed);
      return [lossD!, lossG!, dReal!, dFake!];
    },
    close() {
      trainer.dispose();
      source.dispose();
      for (const t of Object.values(trainer.state)) t.dispose();
    },
  };
}
