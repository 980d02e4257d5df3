/** Many images as one picture. */
import { type Picture, pixelBytes } from './pixels.ts';

export interface GridLayout {
  /** Images to draw; the array may hold more. */
  count: number;
  height: number;
  width: number;
  /** 1: grey, 3: RGB. */
  channels: 1 | 3;
  /** Images in a row. */
  columns: number;
  /** Width of the lines between and around the images, in pixels of the picture. Default 2. */
  gap?: number;
  /** Every pixel becomes a square of `scale` × `scale`. By default as much as makes an image at least 64 pixels high. */
  scale?: number;
}

/** Shade of the lines between images: tells dark tiles apart without outshining them. */
const GAP_SHADE = 64;

/**
 * A grid of images, row by row from the top left.
 * @param images NHWC `[≥ count, height, width, channels]`, values in [−1, 1] (outside: clamped)
 */
export function drawGrid(images: Float32Array, layout: GridLayout): Picture {
  const { count, height, width, channels, columns, gap = 2, scale = Math.ceil(64 / height) } = layout;
  const needed = count * height * width * channels;
  if (count < 1 || columns < 1 || images.length < needed)
    throw new Error(
      `drawGrid: expected at least one image and column, and ${count}·${height}·${width}·${channels} = ${needed} values; ` +
        `got ${count} images, ${columns} columns, ${images.length} values`,
    );
  const bytes = pixelBytes(images.subarray(0, needed));
  const rows = Math.ceil(count / columns);
  const tile = { height: height * scale, width: width * scale };
  const picture = { height: gap + rows * (tile.height + gap), width: gap + columns * (tile.width + gap) };
  const pixels = new Uint8Array(picture.height * picture.width * channels).fill(GAP_SHADE);
  for (let n = 0; n < count; n++) {
    const top = gap + Math.floor(n / columns) * (tile.height + gap);
    const left = gap + (n % columns) * (tile.width + gap);
    for (let y = 0; y < tile.height; y++) {
      for (let x = 0; x < tile.width; x++) {
        const from = ((n * height + Math.floor(y / scale)) * width + Math.floor(x / scale)) * channels;
        const to = ((top + y) * picture.width + left + x) * channels;
        for (let c = 0; c < channels; c++) pixels[to + c] = bytes[from + c]!;
      }
    }
  }
  return { ...picture, channels, pixels };
}
