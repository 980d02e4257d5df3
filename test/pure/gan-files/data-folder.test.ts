/** Folders of images: what is done to an image of every kind, which files are left out, and how classes are found. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import crc32 from 'crc-32';
import sharp, { type Sharp } from 'sharp';
import type { ImageFormat, ImageSet } from '../../../packages/gan/src/data/images.ts';
import { loadData } from '../../../packages/gan/src/data/open.ts';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const temporary = useTemporaryFolder();
const RGB: ImageFormat = { size: 8, channels: 3 };
const RED = [255, 0, 0];
const BLUE = [0, 0, 255];

type Pixel = (x: number, y: number) => number[];
/** A picture, pixel by pixel. */
function picture(pixel: Pixel, width = 8, height = 8): Sharp {
  const pixels = Array.from({ length: width * height }, (_, i) => pixel(i % width, Math.floor(i / width)));
  const channels = pixels[0]!.length as 1 | 3 | 4;
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width, height, channels } });
}
const plain = (...colour: number[]): Sharp => picture(() => colour);
/** Writes a file into the temporary folder, and the folders on its way. */
async function put(name: string, content: Sharp | Uint8Array | string): Promise<void> {
  const path = temporary.path(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    typeof content === 'string' || content instanceof Uint8Array ? content : await content.toBuffer(),
  );
}
async function load(options: ImageFormat & { maxBytes?: number } = RGB): Promise<ImageSet & { notes: string[] }> {
  const notes: string[] = [];
  return { ...(await loadData(temporary.path(), { ...options, note: (line) => void notes.push(line) })), notes };
}
const at = ({ images, width, channels }: ImageSet, image: number, x: number, y: number): number[] => {
  const start = ((image * width + y) * width + x) * channels;
  return [...images.subarray(start, start + channels)];
};

describe('an image', () => {
  /** The folder's images, of which the test looks at the first. */
  const only = async (content: Sharp | Uint8Array, name = 'a.png', options = RGB): Promise<ImageSet> => {
    await put(name, content);
    await put('z.png', plain(0, 0, 0).png());
    return load(options);
  };

  it('keeps its bytes where it has the size, whatever its format', async () => {
    const pixel: Pixel = (x, y) => [10 * x + y, 20 * y, 255 - x];
    for (const [name, content] of [
      ['a.png', picture(pixel).png()],
      ['a.PNG', picture(pixel).png()],
      ['a.webp', picture(pixel).webp({ lossless: true })],
    ] as const) {
      const set = await only(content, name);
      for (let i = 0; i < 64; i++) expect(at(set, 0, i % 8, i >> 3)).toEqual(pixel(i % 8, i >> 3));
    }
    const jpeg = at(await only(plain(200, 100, 50).jpeg({ quality: 100 }), '0.jpg'), 0, 3, 3);
    for (const [c, value] of [200, 100, 50].entries()) expect(Math.abs(jpeg[c]! - value)).toBeLessThanOrEqual(2);
  });

  it('becomes grey by its luma, or RGB by repetition', async () => {
    const coloured = await only(plain(...RED).png(), 'a.png', { size: 8, channels: 1 });
    expect([coloured.channels, coloured.images.length, at(coloured, 0, 0, 0)]).toEqual([1, 128, [76]]);
    const grey = picture((x, y) => [30 * x + y]).toColourspace('b-w');
    expect(at(await only(grey.clone().png()), 0, 5, 2)).toEqual([152, 152, 152]);
    expect(at(await only(grey.clone().png(), 'a.png', { size: 8, channels: 1 }), 0, 5, 2)).toEqual([152]);
  });

  it('lies on white where it is transparent', async () => {
    const set = await only(picture((x) => [...RED, x < 4 ? 0 : 255]).png());
    expect([at(set, 0, 0, 0), at(set, 0, 7, 7)]).toEqual([[255, 255, 255], RED]);
  });

  it('is turned upright by its EXIF orientation', async () => {
    // Orientation 6: the camera was held upright, so what was stored as the left side is the top.
    const set = await only(
      picture((x) => (x < 4 ? RED : BLUE))
        .withMetadata({ orientation: 6 })
        .png(),
    );
    expect([at(set, 0, 0, 0), at(set, 0, 7, 0), at(set, 0, 0, 7), at(set, 0, 7, 7)]).toEqual([RED, RED, BLUE, BLUE]);
  });

  it('is cut to the square in its middle', async () => {
    const wide = await only(picture((x) => [10 * x, 0, 0], 24, 8).png());
    expect([0, 7].map((x) => at(wide, 0, x, 4)[0])).toEqual([80, 150]);
    const high = await only(picture((_, y) => [10 * y, 0, 0], 8, 24).png());
    expect([0, 7].map((y) => at(high, 0, 4, y)[0])).toEqual([80, 150]);
  });

  it('is scaled to the size, down or up', async () => {
    const half: Pixel = (x) => (x < 16 ? RED : BLUE);
    const small = await only(picture(half, 32, 32).png());
    // Lanczos rings a little at an edge.
    for (const [x, colour] of [
      [1, RED],
      [6, BLUE],
    ] as const)
      for (const [c, value] of at(small, 0, x, 4).entries()) expect(Math.abs(value - colour[c]!)).toBeLessThan(8);
    const large = await only(plain(9, 8, 7).png(), 'a.png', { size: 32, channels: 3 });
    expect([large.height, large.width, at(large, 0, 31, 31)]).toEqual([32, 32, [9, 8, 7]]);
  });

  it('of 16 bits a channel keeps the upper eight', async () => {
    const values = Uint16Array.from({ length: 192 }, (_, i) => [65535, 32768, 300][i % 3]!);
    const deep = sharp(values, { raw: { width: 8, height: 8, channels: 3 } })
      .toColourspace('rgb16')
      .png();
    const content = await deep.toBuffer();
    expect((await sharp(content).metadata()).depth).toBe('ushort');
    expect(at(await only(content), 0, 4, 4)).toEqual([255, 128, 1]);
  });
});

describe('files', () => {
  it('come sorted by path, and bytes and labels with them, however often they are read', async () => {
    const names = ['b.png', 'a10.png', 'a2.png', 'B.png', 'ä.png', 'c.jpeg'];
    for (const [i, name] of names.entries())
      await put(name, name === 'c.jpeg' ? plain(40 * i).jpeg() : plain(40 * i).png());
    const set = await load({ size: 8, channels: 1 });
    const order = ['B.png', 'a10.png', 'a2.png', 'b.png', 'c.jpeg', 'ä.png'];
    expect(order.map((_, i) => at(set, i, 0, 0)[0])).toEqual(order.map((name) => 40 * names.indexOf(name)));
    expect(await load({ size: 8, channels: 1 })).toEqual(set);
    expect([set.labels, set.classNames, set.notes]).toEqual([null, [], []]);
  });

  it('that are damaged are left out and named, with the reason', async () => {
    const noise = picture((x, y) => [(x * 7919 + y * 104729) % 251, (x * y) % 253, (x ^ y) & 255], 64, 64);
    const cut = async (image: Sharp) => {
      const whole = await image.toBuffer();
      return whole.subarray(0, whole.length >> 1);
    };
    await put('1.png', plain(10).png());
    await put('2.png', await cut(noise.clone().png()));
    await put('3.jpg', await cut(noise.clone().jpeg()));
    await put('4.webp', await cut(noise.clone().webp()));
    await put('5.png', '');
    await put('6.jpg', 'no image at all');
    await put('7.png', plain(70).png());
    const set = await load({ size: 8, channels: 1 });
    expect([set.count, at(set, 0, 0, 0), at(set, 1, 0, 0)]).toEqual([2, [10], [70]]);
    expect(set.images.length).toBe(2 * 64);
    expect(set.notes).toHaveLength(1);
    expect(set.notes[0]).toMatch(
      /: left out 5 of 7 images that cannot be read: 2\.png \([^(]*png[^(]*\), 3\.jpg \([^(]*premature end of JPEG[^(]*\), 4\.webp \([^(]*webp[^(]*\) and 2 more$/,
    );
  });

  it('with more pixels than a decoder should be asked for are left out', async () => {
    await put('a.png', plain(1).png());
    await put('b.png', plain(2).png());
    // 100,000 × 100,000 says the header, and its checksum agrees.
    const huge = Buffer.from(await plain(3).png().toBuffer());
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    huge.writeInt32BE(crc32.buf(huge.subarray(12, 29)), 29);
    await put('c.png', huge);
    const set = await load();
    expect([set.count, set.notes[0]]).toEqual([2, expect.stringMatching(/c\.png \(.*exceeds pixel limit\)/)]);
  });

  it('of other kinds, and hidden ones, are passed over', async () => {
    await put('a.png', plain(1).png());
    await put('b.png', plain(2).png());
    await put('.hidden.png', 'no image');
    await put('.git/c.png', 'no image');
    await put('notes.txt', 'no image');
    const set = await load();
    expect([set.count, set.notes]).toEqual([2, []]);
  });

  it('take no more memory than their resized bytes', async () => {
    for (const name of ['a', 'b', 'c']) await put(`${name}.png`, picture(() => [5, 6, 7], 300, 200).png());
    const set = await load();
    expect(set.images.buffer.byteLength).toBe(3 * 8 * 8 * 3);
  });
});

describe('subfolders', () => {
  it('are classes, sorted by name, with all that lies in them', async () => {
    await put('dog/a.png', plain(10).png());
    await put('cat/z.png', plain(20).png());
    await put('dog/puppies/b.png', plain(30).png());
    await put('cat/c.png', plain(40).png());
    mkdirSync(temporary.path('empty'));
    const set = await load({ size: 8, channels: 1 });
    expect(set.classNames).toEqual(['cat', 'dog']);
    expect([...set.labels!]).toEqual([0, 0, 1, 1]);
    expect([0, 1, 2, 3].map((i) => at(set, i, 0, 0)[0])).toEqual([40, 20, 10, 30]);
  });

  it('keep labels and images together where a file is damaged', async () => {
    for (const name of ['a', 'b', 'c'])
      for (const i of [1, 2]) await put(`${name}/${i}.png`, plain(name.charCodeAt(0)).png());
    await put('a/0.png', 'broken');
    await put('b/1.png', 'broken');
    const set = await load({ size: 8, channels: 1 });
    expect([...set.labels!]).toEqual([0, 0, 1, 2, 2]);
    for (const [i, label] of set.labels!.entries()) expect(at(set, i, 0, 0)[0]).toBe('abc'.charCodeAt(label));
  });

  it('may be more than a byte counts', async () => {
    const content = await plain(1).png().toBuffer();
    for (let i = 0; i < 300; i++) await put(`class${String(i).padStart(3, '0')}/x.png`, content);
    const { labels, classNames } = await load({ size: 4, channels: 1 });
    expect([classNames.length, labels![299]]).toEqual([300, 299]);
  });

  it('tell nothing where there is only one', async () => {
    for (const name of ['a', 'b']) await put(`images/${name}.png`, plain(1).png());
    expect(await load()).toMatchObject({ count: 2, labels: null, classNames: [] });
  });

  if (process.platform !== 'win32')
    it('may be links, also in a circle', async () => {
      for (const name of ['cat/a', 'dog/b']) await put(`elsewhere/${name}.png`, plain(1).png());
      mkdirSync(temporary.path('data'));
      for (const name of ['cat', 'dog'])
        symlinkSync(temporary.path(`elsewhere/${name}`), temporary.path(`data/${name}`));
      symlinkSync(temporary.path('data'), temporary.path('elsewhere/dog/back'));
      const set = await loadData(temporary.path('data'), RGB);
      expect([set.count, set.classNames]).toEqual([2, ['cat', 'dog']]);
      symlinkSync('itself', temporary.path('data/itself'));
      await expect(loadData(temporary.path('data'), RGB)).rejects.toThrow(/^cannot read .*itself: .*\(ELOOP\)$/);
    });
});

describe('refuses in one line', () => {
  const refusal = async (options = RGB as ImageFormat & { maxBytes?: number }): Promise<string> => {
    const error = await load(options).then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(FileError);
    const { message } = error as FileError;
    expect(message).not.toContain('\n');
    return message.replace(temporary.path(), 'FOLDER');
  };
  const EXPECTED = 'FOLDER: expected a folder of at least 2 images (.png, .jpg, .jpeg, .webp), found';

  it('a folder without images, or with one', async () => {
    expect(await refusal()).toBe(`${EXPECTED} none`);
    await put('a.txt', '');
    await put('b.gif', '');
    await put('README', '');
    expect(await refusal()).toBe(`${EXPECTED} only files like .gif, .txt, README`);
    await put('a.png', plain(1).png());
    expect(await refusal()).toBe(`${EXPECTED} a.png`);
  });

  it('images in subfolders and beside them', async () => {
    for (const name of ['a', 'cat/b', 'dog/c', 'dog/d']) await put(`${name}.png`, plain(1).png());
    expect(await refusal()).toBe(
      'FOLDER: expected all images in subfolders, which name their classes, or none; found 1 beside them (a.png) ' +
        'and 3 in them (cat/b.png)',
    );
  });

  it('images of which too few can be read', async () => {
    for (const name of ['a', 'b', 'c']) await put(`${name}.png`, name === 'c' ? plain(1).png() : '');
    expect(await refusal()).toMatch(
      /^FOLDER: left out 2 of 3 images that cannot be read: a\.png \(.+\), b\.png \(.+\); training takes at least 2$/,
    );
  });

  it('a class of which no image can be read', async () => {
    for (const name of ['cat/a', 'cat/b', 'dog/c']) await put(`${name}.png`, name === 'dog/c' ? '' : plain(1).png());
    expect(await refusal()).toBe('FOLDER/dog: none of the images of this class can be read');
  });

  it('more images than fit, before it reads them', async () => {
    for (const name of ['a', 'b']) await put(`${name}.png`, 'never decoded');
    expect(await refusal({ size: 1024, channels: 3, maxBytes: 2 ** 22 })).toBe(
      'FOLDER: the images take 6 MiB at 1024×1024, of at most 4 MiB that fit; take fewer, or a smaller --size',
    );
  });
});

it('leaves the files as they are', async () => {
  for (const name of ['a', 'b']) await put(`${name}.png`, plain(1).png());
  const before = readFileSync(temporary.path('a.png'));
  await load();
  expect(readFileSync(temporary.path('a.png')).equals(before)).toBe(true);
});
