/** A canvas that takes pictures of any size: the page's own, or one that was handed to a worker. */
import type { Pixels } from './messages.ts';

export function paint(canvas: HTMLCanvasElement | OffscreenCanvas, { width, height, data }: Pixels): void {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  // Both kinds of canvas have the same context, which TypeScript sees only of one kind at a time.
  const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  context.putImageData(new ImageData(data, width, height), 0, 0);
}
