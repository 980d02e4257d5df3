/** Moving pictures. */
import gifenc from 'gifenc';
import type { Picture } from './pixels.ts';

export interface GifOptions {
  /** How long a frame stays, in milliseconds, rounded to hundredths of a second. Default 100. */
  delayMs?: number;
  /** Begin anew after the last frame. Default true. */
  loop?: boolean;
}

/** Colours are chosen from about this many pixels, spread over all frames. */
const QUANTIZED_PIXELS = 2 ** 20;
const GREYS = Array.from({ length: 256 }, (_, shade) => [shade, shade, shade]);
/** gifenc's `repeat`. */
const [FOREVER, ONCE] = [0, -1];

/**
 * GIF of frames of one size, deterministic. Grey keeps all its shades; RGB gets one palette of 256 colours for all frames, so
 * that nothing flickers that does not change.
 */
export function encodeGif(frames: readonly Picture[], { delayMs = 100, loop = true }: GifOptions = {}): Uint8Array {
  const [first] = frames;
  if (!first) throw new Error('encodeGif: expected at least one frame, got none');
  const { width, height, channels } = first;
  for (const [i, frame] of frames.entries())
    if (frame.width !== width || frame.height !== height || frame.channels !== channels)
      throw new Error(`encodeGif: expected frames like the first, ${sizeOf(first)}; frame ${i} is ${sizeOf(frame)}`);

  const palette = channels === 1 ? GREYS : gifenc.quantize(spreadPixels(frames), 256);
  const gif = gifenc.GIFEncoder();
  for (const [i, { pixels }] of frames.entries()) {
    const index = channels === 1 ? pixels : gifenc.applyPalette(withAlpha(pixels), palette);
    // The first frame's palette is the file's.
    gif.writeFrame(index, width, height, {
      palette: i === 0 ? palette : undefined,
      delay: delayMs,
      repeat: loop ? FOREVER : ONCE,
    });
  }
  gif.finish();
  return gif.bytes();
}

const sizeOf = ({ width, height, channels }: Picture): string => `${width}×${height}×${channels}`;

/** Every n-th pixel of the frames, as RGBA. */
function spreadPixels(frames: readonly Picture[]): Uint8Array {
  const all = frames.reduce((sum, { pixels }) => sum + pixels.length / 3, 0);
  const stride = Math.ceil(all / QUANTIZED_PIXELS);
  const picked = frames.map(({ pixels }) => withAlpha(pixels, stride));
  return new Uint8Array(Buffer.concat(picked));
}

/** RGB as RGBA, every `stride`-th pixel. */
function withAlpha(rgb: Uint8Array, stride = 1): Uint8Array {
  const rgba = new Uint8Array(4 * Math.ceil(rgb.length / 3 / stride)).fill(255);
  for (let i = 0, at = 0; i < rgb.length; i += 3 * stride, at += 4) rgba.set(rgb.subarray(i, i + 3), at);
  return rgba;
}
