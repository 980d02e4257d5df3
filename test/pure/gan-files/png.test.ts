import { PNG } from 'pngjs';
import { pixelBytes } from '../../../packages/gan/src/files/pixels.ts';
import { encodeGrid, encodePng } from '../../../packages/gan/src/files/png.ts';

/** Red, green and blue at (x, y). */
const at = (png: PNG, x: number, y: number) => [...png.data.subarray((y * png.width + x) * 4).subarray(0, 3)];

describe('pixelBytes', () => {
  it('gives every byte back, clamps what lies outside', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(pixelBytes(Float32Array.from(bytes, (b) => b / 127.5 - 1))).toEqual(bytes);
    expect([...pixelBytes(Float32Array.of(-7, 1.001, Number.POSITIVE_INFINITY, Number.NaN, 0.9999))]).toEqual([
      0, 255, 255, 0, 255,
    ]);
  });
});

describe('encodePng', () => {
  it('stores pixels as they are, also those of a part of a larger array', () => {
    const pixels = Uint8Array.of(9, 9, 0, 128, 255, 1, 2, 3, 9).subarray(2, 8);
    const png = PNG.sync.read(encodePng({ width: 2, height: 1, channels: 3, pixels }));
    expect([at(png, 0, 0), at(png, 1, 0)]).toEqual([
      [0, 128, 255],
      [1, 2, 3],
    ]);
  });
});

describe('encodeGrid', () => {
  it('lays grey images out in rows, each pixel a square, lines between', () => {
    // Three 1×2 images, two in a row; a fourth place stays empty.
    const png = PNG.sync.read(
      encodeGrid(Float32Array.of(-1, 1, 1, -1, 0.2, 1), {
        count: 3,
        height: 1,
        width: 2,
        channels: 1,
        columns: 2,
        gap: 1,
        scale: 3,
      }),
    );
    expect([png.width, png.height]).toEqual([1 + 2 * 7, 1 + 2 * 4]);
    const shades = Array.from({ length: png.height }, (_, y) =>
      Array.from({ length: png.width }, (_, x) => at(png, x, y)[0]),
    );
    const line = new Array(15).fill(64);
    const upper = [64, 0, 0, 0, 255, 255, 255, 64, 255, 255, 255, 0, 0, 0, 64];
    const lower = [64, 153, 153, 153, 255, 255, 255, ...new Array(8).fill(64)];
    expect(shades).toEqual([line, upper, upper, upper, line, lower, lower, lower, line]);
  });

  it('keeps the channels of colour images', () => {
    const png = PNG.sync.read(
      encodeGrid(Float32Array.of(1, -1, -1, -1, 1, 0), {
        count: 1,
        height: 2,
        width: 1,
        channels: 3,
        columns: 1,
        gap: 0,
        scale: 1,
      }),
    );
    expect([at(png, 0, 0), at(png, 0, 1)]).toEqual([
      [255, 0, 0],
      [0, 255, 128],
    ]);
  });

  it('shows digits large by default, and stores grey as grey', () => {
    const picture = encodeGrid(new Float32Array(64 * 28 * 28), {
      count: 64,
      height: 28,
      width: 28,
      channels: 1,
      columns: 8,
    });
    const png = PNG.sync.read(picture);
    expect([png.width, png.height]).toEqual([8 * 86 + 2, 8 * 86 + 2]);
    const COLOR_TYPE = 25;
    expect(picture[COLOR_TYPE]).toBe(0);
  });

  it('refuses fewer values than the images need', () => {
    const layout = { count: 2, height: 4, width: 4, channels: 1, columns: 2 } as const;
    expect(() => encodeGrid(new Float32Array(31), layout)).toThrow(
      '2·4·4·1 = 32 values; got 2 images, 2 columns, 31 values',
    );
  });
});
