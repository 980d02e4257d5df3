/** IDX files as training sets: of which size and colour they come, and which are refused. */
import { truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readIdx, writeIdx } from '../../../packages/gan/src/data/idx.ts';
import { luma } from '../../../packages/gan/src/data/images.ts';
import { loadData } from '../../../packages/gan/src/data/open.ts';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const temporary = useTemporaryFolder();
const GREY = { size: 4, channels: 1 } as const;
const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

/** Writes bytes i · 37 of these dimensions. */
function write(name: string, dims: readonly number[]): { path: string; data: Uint8Array } {
  const [path, data] = [temporary.path(name), Uint8Array.from({ length: product(dims) }, (_, i) => i * 37)];
  writeIdx(path, dims, data);
  return { path, data };
}
function writeLabels(...labels: number[]): string {
  writeIdx(temporary.path('labels'), [labels.length], Uint8Array.from(labels));
  return temporary.path('labels');
}

it('leaves images that fit as they are, plain or gzipped', async () => {
  const { path, data } = write('images', [3, 4, 4]);
  const plain = await loadData(path, GREY);
  expect(plain).toEqual({ images: data, count: 3, height: 4, width: 4, channels: 1, labels: null, classNames: [] });
  const { dims } = readIdx(path);
  const header = Uint8Array.from([0, 0, 8, 3, ...dims.flatMap((d) => [0, 0, 0, d])]);
  writeFileSync(`${path}.gz`, gzipSync(Buffer.concat([header, data])));
  expect(await loadData(`${path}.gz`, GREY)).toEqual(plain);
  // A device makes them larger, and of three channels.
  expect(await loadData(path, { size: 8, channels: 3 })).toEqual(plain);
});

it('reads labels, and notes a class without images', async () => {
  const { path } = write('images', [3, 4, 4]);
  const notes: string[] = [];
  const labels = writeLabels(3, 0, 1);
  const set = await loadData(`${path}:${labels}`, { ...GREY, note: (line) => void notes.push(line) });
  expect(set.labels).toEqual(Uint32Array.of(3, 0, 1));
  expect(set.classNames).toEqual(['0', '1', '2', '3']);
  expect(notes).toEqual([`${labels}: no image is of class 2`]);
});

it('reads RGB, and makes it grey where grey is asked for', async () => {
  const { path, data } = write('images', [2, 4, 4, 3]);
  expect(await loadData(path, { size: 4, channels: 3 })).toMatchObject({ images: data, channels: 3 });
  expect(await loadData(path, GREY)).toMatchObject({ images: luma(data), channels: 1, count: 2 });
  const grey = write('grey', [2, 4, 4, 1]);
  expect(await loadData(grey.path, GREY)).toMatchObject({ images: grey.data, channels: 1, count: 2 });
});

it('luma weighs colours as ITU-R BT.601 does, and leaves every grey alone', () => {
  expect([...luma(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255))]).toEqual([76, 150, 29]);
  const greys = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(luma(Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)))).toEqual(greys);
});

it('cuts images that are not square in the middle, and shrinks those that are too large', async () => {
  const wide = Uint8Array.from({ length: 2 * 4 * 6 }, (_, i) => 10 * (i % 6));
  writeIdx(temporary.path('wide'), [2, 4, 6], wide);
  const cut = await loadData(temporary.path('wide'), GREY);
  expect([cut.height, cut.width]).toEqual([4, 4]);
  expect([...cut.images]).toEqual(Array.from({ length: 2 * 4 }, () => [10, 20, 30, 40]).flat());

  // 9×11 at 4: blocks of 2×2 in the middle, left of the column and above the row that are too many.
  const large = Uint8Array.from({ length: 2 * 9 * 11 * 3 }, (_, i) => (i * 89) % 256);
  writeIdx(temporary.path('large'), [2, 9, 11, 3], large);
  const shrunk = await loadData(temporary.path('large'), { size: 4, channels: 3 });
  expect([shrunk.count, shrunk.height, shrunk.width, shrunk.channels]).toEqual([2, 4, 4, 3]);
  const pixel = (n: number, y: number, x: number, c: number) => large[((n * 9 + y) * 11 + x) * 3 + c]!;
  for (const [n, y, x, c] of [
    [0, 0, 0, 0],
    [0, 3, 2, 1],
    [1, 1, 3, 2],
    [1, 3, 3, 0],
  ] as const) {
    const [top, left] = [2 * y, 1 + 2 * x];
    const sum =
      pixel(n, top, left, c) + pixel(n, top, left + 1, c) + pixel(n, top + 1, left, c) + pixel(n, top + 1, left + 1, c);
    expect(shrunk.images[((n * 4 + y) * 4 + x) * 3 + c]).toBe(Math.round(sum / 4));
  }
});

it('leaves to the device what is smaller than twice the size', async () => {
  const { path, data } = write('images', [2, 7, 7]);
  expect(await loadData(path, GREY)).toMatchObject({ images: data, height: 7, width: 7 });
});

describe('refuses in one line', () => {
  const refusal = async (spec: string, options = {}): Promise<string> => {
    const error = await loadData(spec, { ...GREY, ...options }).then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(FileError);
    const { message } = error as FileError;
    expect(message).not.toContain('\n');
    return message;
  };

  it('labels of another number, missing labels, and images as labels', async () => {
    const { path } = write('images', [3, 4, 4]);
    expect(await refusal(`${path}:${writeLabels(1, 2)}`)).toMatch(/labels: expected 3 labels, found dimensions \[2\]/);
    expect(await refusal(`${path}:${path}`)).toMatch(/images: expected 3 labels, found dimensions \[3, 4, 4\]/);
    expect(await refusal(`${path}:none`)).toBe('cannot read none: no such file or directory (ENOENT)');
  });

  it('labels in the place of images, and dimensions that are no images', async () => {
    expect(await refusal(writeLabels(1, 2))).toMatch(
      /found dimensions \[2\] of labels; the file of images comes first: images:labels$/,
    );
    expect(await refusal(write('two', [3, 4, 4, 2]).path)).toMatch(
      /expected images \[n, height, width\] or \[n, height, width, 3\], found dimensions \[3, 4, 4, 2\]$/,
    );
    expect(await refusal(write('five', [2, 2, 2, 1, 1]).path)).toMatch(/found dimensions \[2, 2, 2, 1, 1\]$/);
    expect(await refusal(write('none', [0, 4, 4]).path)).toMatch(/expected images, found dimensions \[0, 4, 4\]/);
    expect(await refusal(write('one', [1, 4, 4]).path)).toMatch(/expected at least 2 images, found 1/);
  });

  it('what is no IDX file, one cut short, one too long, and one larger than memory', async () => {
    writeFileSync(temporary.path('text'), 'these are no images');
    expect(await refusal(temporary.path('text'))).toMatch(/expected an IDX file of unsigned bytes/);
    const { path } = write('images', [2, 4, 4]);
    truncateSync(path, 40);
    expect(await refusal(path)).toMatch(/expected 2×4×4 = 32 bytes of data, as its header says, found 24/);
    truncateSync(path, 60);
    expect(await refusal(path)).toMatch(/expected 2×4×4 = 32 bytes of data, as its header says, found 44/);
    truncateSync(path, 3 * 2 ** 30); // a hole: it takes no space on the disk
    expect(await refusal(path)).toMatch(/expected an IDX file of less than 2 GiB, found 3\.0 GiB; divide it/);
  });

  it('images that do not fit', async () => {
    const { path } = write('images', [3, 4, 4]);
    expect(await refusal(path, { maxBytes: 47 })).toBe(
      `${path}: the images take 1 MiB at 4×4, of at most 1 MiB that fit; take fewer, or a smaller --size`,
    );
    expect((await loadData(path, { ...GREY, maxBytes: 48 })).count).toBe(3);
  });

  it.each(['stacked-mnist', 'ring', 'grid'])('%s, which has no end', async (spec) => {
    expect(await refusal(spec)).toBe(
      `${spec}: expected data that end (mnist, an IDX file or a folder of images), not drawn ones`,
    );
  });
});
