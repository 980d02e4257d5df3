/** A folder of image files as a training set, its subfolders as classes. */
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { accessFile, FileError } from '../files/file-error.ts';
import { fitImage } from './fit-image.ts';
import type { ImageSet } from './images.ts';
import { checkMemory, type LoadOptions } from './load-options.ts';

const IMAGE_FILE = /\.(png|jpe?g|webp)$/i;
/** Damaged files that a note names; of more it gives the number. */
const NAMED = 3;

/**
 * Reads the PNG, JPEG and WebP files of a folder and all folders in it, sorted by path, each through `fitImage`. Where the files
 * lie in two or more subfolders, these are the classes, sorted by name. Files that cannot be decoded are left out and noted; hidden
 * files and files of other kinds are passed over. Several are decoded at a time, and only their final bytes are kept.
 * @throws FileError where there is no such folder, where fewer than 2 images can be read or none of a class, where some files lie in
 *   subfolders and some do not, or where the images take more than `maxBytes`
 */
export async function loadFolder(folder: string, options: LoadOptions): Promise<ImageSet> {
  const { size, channels, note = () => {} } = options;
  const files = imagesIn(folder);
  checkMemory(folder, files.length * size * size * channels, options);
  const classOf = classesOf(folder, files);

  const { images, damaged } = await decode(folder, files, options);
  const left = files.filter((file) => !damaged.has(file));
  if (damaged.size > 0) {
    const line = `${folder}: left out ${damaged.size} of ${files.length} images that cannot be read: ${listed(damaged)}`;
    if (left.length < 2) throw new FileError(`${line}; training takes at least 2`);
    note(line);
  }
  const classNames = [...new Set(files.map(classOf))].sort();
  const lost = classNames.find((name) => !left.some((file) => classOf(file) === name));
  if (lost !== undefined) throw new FileError(`${join(folder, lost)}: none of the images of this class can be read`);
  const numbers = new Map(classNames.map((name, number) => [name, number]));
  const labelled = classNames.length > 1;
  return {
    images,
    ...{ count: left.length, height: size, width: size, channels },
    labels: labelled ? Uint32Array.from(left, (file) => numbers.get(classOf(file))!) : null,
    classNames: labelled ? classNames : [],
  };
}

/** Paths below `folder`, with `/`, in the order of their UTF-16 codes: the same on every machine. */
function imagesIn(folder: string): string[] {
  const images: string[] = [];
  const others = new Set<string>();
  const seen = new Set<string>();
  const walk = (below: string) => {
    const path = join(folder, below);
    // A link may lead back to a folder around it.
    const place = accessFile('read', path, () => realpathSync(path));
    if (seen.has(place)) return;
    seen.add(place);
    for (const entry of accessFile('read', path, () => readdirSync(path, { withFileTypes: true }))) {
      if (entry.name.startsWith('.')) continue;
      if (leadsToFolder(entry, path)) walk(`${below}${entry.name}/`);
      else if (IMAGE_FILE.test(entry.name)) images.push(below + entry.name);
      else others.add(extname(entry.name) || entry.name);
    }
  };
  walk('');
  if (images.length >= 2) return images.sort();
  const found =
    images[0] ?? (others.size > 0 ? `only files like ${[...others].sort().slice(0, NAMED).join(', ')}` : 'none');
  throw new FileError(`${folder}: expected a folder of at least 2 images (.png, .jpg, .jpeg, .webp), found ${found}`);
}

function leadsToFolder(entry: Dirent, parent: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const path = join(parent, entry.name);
  return accessFile('read', path, () => statSync(path, { throwIfNoEntry: false }))?.isDirectory() === true;
}

/** The class of a file is the first folder on its way; the empty name where it lies in none. */
function classesOf(folder: string, files: readonly string[]): (file: string) => string {
  const classOf = (file: string) => file.slice(0, Math.max(file.indexOf('/'), 0));
  const loose = files.filter((file) => classOf(file) === '');
  if (loose.length > 0 && loose.length < files.length)
    throw new FileError(
      `${folder}: expected all images in subfolders, which name their classes, or none; found ${loose.length} beside them ` +
        `(${loose[0]}) and ${files.length - loose.length} in them (${files.find((file) => classOf(file) !== '')})`,
    );
  return classOf;
}

/** @returns bytes of the images that can be read, in the order of the files, and the reasons of those that cannot */
async function decode(folder: string, files: readonly string[], { size, channels }: LoadOptions) {
  const bytes = size * size * channels;
  const images = new Uint8Array(files.length * bytes);
  const put = async (i: number, file: string) =>
    images.set(await fitImage(join(folder, file), { size, channels }), i * bytes);
  const failed: [index: number, file: string][] = [];
  const queue = files.entries();
  const work = async () => {
    for (const [i, file] of queue) await put(i, file).catch(() => failed.push([i, file]));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));

  // libvips has one text of errors for all threads. The reason of a file is the one that it gives alone.
  const damaged = new Map<string, string>();
  for (const [i, file] of failed.sort(([a], [b]) => a - b))
    await put(i, file).catch((error: unknown) => damaged.set(file, reasonOf(error)));
  const whole = [...files.keys()].filter((i) => !damaged.has(files[i]!));
  whole.forEach((from, to) => void images.copyWithin(to * bytes, from * bytes, (from + 1) * bytes));
  return { images: images.subarray(0, whole.length * bytes), damaged };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

function listed(damaged: ReadonlyMap<string, string>): string {
  const named = [...damaged].slice(0, NAMED);
  const more = damaged.size - named.length;
  return `${named.map(([file, reason]) => `${file} (${reason})`).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
