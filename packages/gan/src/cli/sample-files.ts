/** Where samples go: a grid as one picture, an IDX file like MNIST's, a folder of pictures, or points as a table. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { writeIdx } from '../data/idx.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { shortest } from '../files/csv.ts';
import { accessFile, FileError } from '../files/file-error.ts';
import { pixelBytes } from '../files/pixels.ts';
import { encodeGrid } from '../files/png.ts';
import { checkFolder } from './look-options.ts';
import { UsageError } from './options.ts';

export interface Images {
  /** [count, height, width, channels], values in [−1, 1]. */
  values: Float32Array;
  count: number;
  height: number;
  width: number;
  channels: 1 | 3;
  /** [count]; null where they were told no classes. */
  labels: Uint32Array | null;
  classNames: readonly string[];
}

export interface Target {
  kind: 'png' | 'idx' | 'csv' | 'folder';
  path: string;
}

const IDX = /([.-])idx([34])-ubyte$/;

/**
 * What `--out` means, by its name: an existing folder is one, and so is what ends in `/`.
 * @param example shape of a sample: points have other files than images
 * @throws UsageError for a name that fits nothing; FileError where it cannot be written, or is a folder that holds something
 */
export function sampleTarget(out: string, example: readonly number[]): Target {
  const target = targetOf(out);
  const points = example.length === 1;
  const rank = example[2] === 1 ? '3' : '4';
  const fits = target && (points ? ['png', 'csv'] : ['png', 'idx', 'folder']).includes(target.kind);
  if (!fits || (target.kind === 'idx' && IDX.exec(out)![2] !== rank)) {
    const images = `x.png, x.idx${rank}-ubyte (of ${rank === '3' ? 'grey' : 'RGB'} images) or folder/`;
    throw new UsageError(`--out ${out}: expected ${points ? 'x.png or x.csv, for points' : images}`);
  }
  checkFolder(target.path);
  if (target.kind === 'folder' && existsSync(target.path))
    accessFile('read', target.path, () => {
      if (readdirSync(target.path).length > 0) throw new FileError(`${out} is not empty; choose another --out`);
    });
  return target;
}

function targetOf(out: string): Target | null {
  const found = accessFile('read', out, () => statSync(out, { throwIfNoEntry: false }));
  if (out.endsWith('/') || found?.isDirectory()) return { kind: 'folder', path: resolve(out) };
  if (out.endsWith('.png')) return { kind: 'png', path: out };
  if (out.endsWith('.csv')) return { kind: 'csv', path: out };
  return IDX.test(out) ? { kind: 'idx', path: out } : null;
}

/** @returns the files that were written */
export function writeImages({ kind, path }: Target, images: Images, columns: number): string[] {
  if (kind === 'folder') return [writeFolder(path, images)];
  if (kind === 'idx') return writeIdxPair(path, images);
  writeFileAtomic(path, encodeGrid(images.values, { ...images, columns }));
  return [path];
}

/** @param points [count, 2] */
export function writePoints(path: string, points: Float32Array, seed: number): void {
  const rows = Array.from({ length: points.length / 2 }, (_, i) =>
    [seed + i, shortest(points[2 * i]!), shortest(points[2 * i + 1]!)].join(','),
  );
  writeFileAtomic(path, `${['seed,x,y', ...rows].join('\n')}\n`);
}

/** Images, and beside them the labels that they were told: `x.idx1-ubyte`, or `labels` for `images` as MNIST's own are called. */
function writeIdxPair(path: string, { values, count, height, width, channels, labels }: Images): string[] {
  writeIdx(path, [count, height, width, ...(channels === 3 ? [3] : [])], pixelBytes(values));
  if (!labels) return [path];
  const beside = join(dirname(path), basename(path).replace(IDX, '$1idx1-ubyte').replace('images', 'labels'));
  writeIdx(beside, [count], Uint8Array.from(labels));
  return [path, beside];
}

/** A PNG a sample, 000001.png and on, in a folder a class where there are classes. The folder appears when all are in it. */
function writeFolder(path: string, images: Images): string {
  const { values, count, labels, classNames } = images;
  const size = values.length / count;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const folderOf = (i: number) => (labels ? join(temporary, folderName(labels[i]!, classNames)) : temporary);
  accessFile('write', path, () => {
    rmSync(temporary, { recursive: true, force: true }); // of a process that was killed
    mkdirSync(temporary);
    try {
      for (let i = 0; i < count; i++) {
        mkdirSync(folderOf(i), { recursive: true });
        const one = values.subarray(i * size, (i + 1) * size);
        const png = encodeGrid(one, { ...images, count: 1, columns: 1, gap: 0, scale: 1 });
        writeFileSync(join(folderOf(i), `${String(i + 1).padStart(6, '0')}.png`), png);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
  return `${path}/`;
}

/** The class's name, unless it would lead out of the folder. */
function folderName(label: number, classNames: readonly string[]): string {
  const name = classNames[label] ?? '';
  return /^[^./\\][^/\\]*$/.test(name) ? name : `class-${label}`;
}
