/** Bilinear resizing of grey images on the host, pixel centres aligned (PyTorch's `align_corners=False`). */
import type { LabelledImages } from './mnist.ts';

/** The two source pixels on either side of each target pixel, and the weight of the second. */
function taps(from: number, to: number): { low: number; high: number; weight: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(at));
    return { low, high: Math.min(from - 1, low + 1), weight: at - low };
  });
}

/** @returns the same images at `size` × `size`; the same object where that is their size already */
export function resizeImages(source: LabelledImages, size: number): LabelledImages {
  const { images, count, height, width } = source;
  if (height === size && width === size) return source;
  const rows = taps(height, size);
  const columns = taps(width, size);
  const result = new Uint8Array(count * size * size);
  let at = 0;
  for (let n = 0; n < count; n++) {
    for (const { low, high, weight: down } of rows) {
      const upper = (n * height + low) * width;
      const lower = (n * height + high) * width;
      for (const { low: left, high: right, weight: across } of columns) {
        const above = images[upper + left]! * (1 - across) + images[upper + right]! * across;
        const below = images[lower + left]! * (1 - across) + images[lower + right]! * across;
        result[at++] = Math.round(above * (1 - down) + below * down);
      }
    }
  }
  return { ...source, images: result, height: size, width: size };
}
