/** Several samples that change side by side, as the frames of one picture. */
import { drawGrid } from '../files/grid.ts';
import type { Picture } from '../files/pixels.ts';

export interface Moving {
  /** Samples side by side. */
  places: number;
  /** Images of each. */
  frames: number;
  height: number;
  width: number;
  channels: 1 | 3;
}

/** @param images [places, frames, height, width, channels], values in [−1, 1] @param columns samples in a row */
export function framesOf(images: Float32Array, { places, frames, ...shape }: Moving, columns: number): Picture[] {
  const size = shape.height * shape.width * shape.channels;
  return Array.from({ length: frames }, (_, frame) => {
    const shown = new Float32Array(places * size);
    for (let place = 0; place < places; place++) {
      const at = (place * frames + frame) * size;
      shown.set(images.subarray(at, at + size), place * size);
    }
    return drawGrid(shown, { count: places, columns, ...shape });
  });
}
