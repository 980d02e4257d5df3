/** What a run shows of its generator: samples of the same noise, as training goes on. */

import { readFileSync } from 'node:fs';
import { Rng } from '@ganvas/kernels-wgsl';
import { PNG } from 'pngjs';
import type { RunConfig } from '../config.ts';
import { grid, ring } from '../data/points.ts';
import { accessFile } from '../files/file-error.ts';
import { encodeGif } from '../files/gif.ts';
import { drawGrid, type GridLayout } from '../files/grid.ts';
import type { Picture } from '../files/pixels.ts';
import { encodePng } from '../files/png.ts';
import { drawScatter } from '../files/scatter.ts';
import type { DataSummary } from './checkpoint.ts';

export interface SampleBoard {
  /** The noise [count, latent] and, for a generator that is told classes, what it is told. */
  readonly z: Float32Array;
  readonly labels: Uint32Array | null;
  readonly count: number;
  /** PNG of the samples that the generator makes of them. */
  draw(samples: Float32Array): Promise<{ png: Uint8Array; width: number; height: number }>;
}

const COLUMNS = 8;
const IMAGES = 64;
const POINTS = 1000;
/** Classes that are shown at most. */
const ROWS = 16;
/** Stream of the seed, beside the trainer's. */
const STREAM = 11;

/** A grid of 64 images, or of a row a class, whose columns share their noise; or a thousand points. */
export function openSampleBoard(
  { seed, latent, data: spec }: RunConfig,
  data: DataSummary,
  told: boolean,
): SampleBoard {
  const rng = new Rng(seed).fork(STREAM);
  if (data.example.length === 1) {
    const z = rng.normals(POINTS * latent);
    return { z, labels: null, count: POINTS, draw: (points) => drawPoints(points, spec) };
  }
  const [height, width, channels] = data.example as [number, number, 1 | 3];
  const rows = told ? Math.min(data.classes, ROWS) : IMAGES / COLUMNS;
  const count = rows * COLUMNS;
  const row = rng.normals((told ? COLUMNS : count) * latent);
  const z = told ? Float32Array.from({ length: count * latent }, (_, i) => row[i % row.length]!) : row;
  const labels = told ? Uint32Array.from({ length: count }, (_, i) => Math.floor(i / COLUMNS)) : null;
  const layout: GridLayout = { count, height, width, channels, columns: COLUMNS };
  return {
    z,
    labels,
    count,
    async draw(samples) {
      const picture = drawGrid(samples, layout);
      return { png: encodePng(picture), width: picture.width, height: picture.height };
    },
  };
}

/** Generated points over the centres that they should lie around. */
export async function drawPoints(points: Float32Array, spec: string) {
  const centres = (spec === 'ring' ? ring() : grid()).centres.flat();
  const classes = [...new Uint8Array(points.length / 2), ...new Uint8Array(centres.length / 2).fill(1)];
  const png = await drawScatter([...points, ...centres], classes, ['generated', 'centre of a mode'], {
    labelled: false,
    extent: 1.5 * Math.max(...centres.map(Math.abs)), // frames of an evolution have one scale
  });
  const { width, height } = PNG.sync.read(Buffer.from(png));
  return { png, width, height };
}

/** Frames of the evolution at most: a longer run shows every other grid, or fewer. */
const FRAMES = 100;

/** GIF of the grids in these files; the last stays longer, as more frames of it. */
export function encodeEvolution(paths: readonly string[]): Uint8Array {
  const stride = Math.ceil(paths.length / FRAMES);
  const shown = paths.filter((_, i) => (paths.length - 1 - i) % stride === 0).map(readPicture);
  const last = shown.at(-1)!;
  return encodeGif([...shown, ...new Array<Picture>(8).fill(last)], { delayMs: 150 });
}

function readPicture(path: string): Picture {
  const { width, height, data, color } = PNG.sync.read(accessFile('read', path, () => readFileSync(path)));
  // pngjs gives RGBA whatever the file has; a picture without colour needs one byte a pixel.
  const channels = color ? 3 : 1;
  const pixels = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < channels; c++) pixels[i * channels + c] = data[4 * i + c]!;
  return { width, height, channels, pixels };
}
