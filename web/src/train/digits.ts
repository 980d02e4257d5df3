/** The digits that come with the page: see digits-plugin.ts, which packs them. */
import type { LabelledImages } from '@ganvas/gan';

const SIDE = 28;
const BYTES = SIDE * SIDE;
const CLASSES = Array.from({ length: 10 }, (_, digit) => `${digit}`);

/**
 * @param url of `digits.bin`: gzip of all images, a byte a pixel, and then a byte a label
 * @throws Error where it cannot be had
 */
export async function fetchDigits(url: string): Promise<LabelledImages> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`the digits did not come: ${url} answers ${response.status}`);
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  const count = bytes.length / (BYTES + 1);
  if (!Number.isInteger(count)) throw new Error(`the digits came damaged: ${bytes.length} bytes from ${url}`);
  return {
    images: bytes.subarray(0, count * BYTES),
    labels: Uint32Array.from(bytes.subarray(count * BYTES)),
    ...{ count, height: SIDE, width: SIDE, channels: 1, classNames: CLASSES },
  };
}
