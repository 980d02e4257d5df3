/** What a generator makes, as pictures: samples of noise that stays the same, and a walk between four latents. */
import { drawGrid, drawLatent, drawLatents, slerp, type Trainer } from '@ganvas/gan';
import type { Look, Pixels, Walk } from './messages.ts';

/** Samples in a row and rows: a column for each digit where a run is told classes. */
const COLUMNS = 10;
const COUNT = COLUMNS * COLUMNS;
/** The first latents are the samples'; the corners of walks come after them. */
const CORNERS = 1000;

/** @returns 10 × 10 samples, always of the same latents */
export async function drawSamples(trainer: Trainer, { label, averaged }: Look): Promise<Pixels> {
  const { latent, classes } = trainer.generator;
  const labels = classes > 0 ? Uint32Array.from({ length: COUNT }, (_, i) => label ?? i % COLUMNS) : null;
  return picture(trainer, drawLatents(0, COUNT, { latent }), labels, averaged);
}

/** @returns the sample of one latent: along the great circles between the corners, left to right at the top and at the bottom, then down */
export async function drawWalk(trainer: Trainer, { u, v, corners }: Walk, { label, averaged }: Look): Promise<Pixels> {
  const { latent, classes } = trainer.generator;
  const corner = (i: number) => drawLatent(CORNERS + 4 * corners + i, { latent });
  const z = slerp(slerp(corner(0), corner(1), u), slerp(corner(2), corner(3), u), v);
  return picture(trainer, z, classes > 0 ? Uint32Array.of(label ?? 0) : null, averaged);
}

async function picture(
  trainer: Trainer,
  z: Float32Array,
  labels: Uint32Array | null,
  averaged: boolean,
): Promise<Pixels> {
  const { latent, example } = trainer.generator;
  const [height, width] = example as [number, number];
  const count = z.length / latent;
  const images = await (averaged ? trainer.generate(z, labels) : trainer.generateRaw(z, labels));
  const columns = Math.min(COLUMNS, count);
  const gap = count > 1 ? 2 : 0;
  const grey = drawGrid(images, { count, height, width, channels: 1, columns, gap, scale: 1 });
  const data = new Uint8ClampedArray(4 * grey.pixels.length);
  for (const [i, shade] of grey.pixels.entries()) data.set([shade, shade, shade, 255], 4 * i);
  return { width: grey.width, height: grey.height, data };
}
