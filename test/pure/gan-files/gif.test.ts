import sharp from 'sharp';
import { encodeGif } from '../../../packages/gan/src/files/gif.ts';
import { drawGrid } from '../../../packages/gan/src/files/grid.ts';
import type { Picture } from '../../../packages/gan/src/files/pixels.ts';

const [WIDTH, HEIGHT] = [40, 30];
const picture = (channels: 1 | 3, valueAt: (i: number) => number): Picture => ({
  width: WIDTH,
  height: HEIGHT,
  channels,
  pixels: Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => valueAt(i)),
});

/** What another library reads: the frames below each other, as RGBA, and what the file says of them. */
async function read(gif: Uint8Array) {
  const image = sharp(gif, { animated: true });
  const { pages, delay, loop } = await image.metadata();
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { pages, delay, loop, width: info.width, height: info.height, data };
}

describe('encodeGif', () => {
  it('keeps every shade of grey in every frame', async () => {
    const frames = [0, 1, 2].map((n) => picture(1, (i) => (i * 7 + n * 31) % 256));
    const { data, ...rest } = await read(encodeGif(frames, { delayMs: 250 }));
    expect(rest).toEqual({ pages: 3, delay: [250, 250, 250], loop: 0, width: WIDTH, height: 3 * HEIGHT });
    const grey = Buffer.concat(frames.map(({ pixels }) => pixels));
    for (let i = 0; i < grey.length; i++)
      expect([...data.subarray(4 * i, 4 * i + 4)]).toEqual([grey[i], grey[i], grey[i], 255]);
  });

  it('keeps colours, up to what 256 of them allow', async () => {
    const frames = [0, 1].map((n) => picture(3, (i) => [i % 251, 40 * n, 255 - (i % 199)][i % 3]!));
    const { data } = await read(encodeGif(frames));
    const rgb = Buffer.concat(frames.map(({ pixels }) => pixels));
    let off = 0;
    for (let i = 0; i < rgb.length; i++) off += Math.abs(data[4 * Math.floor(i / 3) + (i % 3)]! - rgb[i]!);
    expect(off / rgb.length).toBeLessThan(6);
  });

  it('gives the same bytes again, and plays once where it is told so', async () => {
    const frames = [0, 1].map((n) => picture(3, (i) => (i * (n + 3)) % 256));
    expect(encodeGif(frames)).toEqual(encodeGif(frames));
    expect((await read(encodeGif(frames, { loop: false }))).loop).toBe(1);
  });

  it('shows grids as PNG files do', async () => {
    const layout = { count: 2, height: 1, width: 1, channels: 1, columns: 2, gap: 1, scale: 2 } as const;
    const { data, width } = await read(encodeGif([drawGrid(Float32Array.of(-1, 1), layout)]));
    expect(width).toBe(7);
    const second = Array.from({ length: 7 }, (_, x) => data[4 * (7 + x)]);
    expect(second).toEqual([64, 0, 0, 64, 255, 255, 64]);
  });

  it('refuses no frames, and frames of different sizes', () => {
    expect(() => encodeGif([])).toThrow('expected at least one frame, got none');
    const other = { width: 2, height: 1, channels: 1, pixels: new Uint8Array(2) } as const;
    expect(() => encodeGif([picture(1, () => 0), other])).toThrow('40×30×1; frame 1 is 2×1×1');
  });
});
