import { PNG, type PNGOptions } from 'pngjs';
import { drawGrid, type GridLayout } from './grid.ts';
import type { Picture } from './pixels.ts';

const COLOR_TYPE = { 1: 0, 3: 2 } as const;

/** A picture as a PNG file: grey is stored as grey. */
export function encodePng({ width, height, channels, pixels }: Picture): Buffer {
  const colorType = COLOR_TYPE[channels];
  const options: PNGOptions = { colorType, inputColorType: colorType, inputHasAlpha: false };
  return PNG.sync.write(
    Object.assign(new PNG(), { width, height, data: Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length) }),
    options,
  );
}

/**
 * PNG of a grid of images, row by row from the top left.
 * @param images NHWC `[≥ count, height, width, channels]`, values in [−1, 1] (outside: clamped)
 */
export const encodeGrid = (images: Float32Array, layout: GridLayout): Buffer => encodePng(drawGrid(images, layout));
