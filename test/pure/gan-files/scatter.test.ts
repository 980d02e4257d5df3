import { PNG } from 'pngjs';
import { drawScatter } from '../../../packages/gan/src/files/scatter.ts';

type Box = [left: number, top: number, right: number, bottom: number];
const [FIRST, SECOND] = [0x3f90da, 0xffa90e] as const;

/** Pixels in a box whose colour is nearer to `color` than to white or to any other class. */
function ink(png: PNG, color: number, [left, top, right, bottom]: Box): number {
  let found = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const at = png.data.readUIntBE(4 * (y * png.width + x), 3);
      const off = [16, 8, 0].map((shift) => Math.abs(((at >> shift) & 255) - ((color >> shift) & 255)));
      if (Math.max(...off) < 70) found++;
    }
  return found;
}

/** Class 0 in the lower left corner of the square from −1 to 1, class 1 in the upper right. */
const points = Float32Array.from({ length: 200 }, (_, i) => (i < 100 ? -1 : 1) + 0.05 * Math.sin(7 * i));
const classes = Uint8Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1));
const [LEFT, RIGHT]: Box[] = [
  [0, 480, 500, 900],
  [500, 60, 1000, 480],
];

describe('drawScatter', () => {
  it('draws each class in its colour at its place, y upwards', async () => {
    const png = PNG.sync.read(Buffer.from(await drawScatter(points, classes, ['zero', 'one'])));
    expect([png.width, png.height]).toEqual([1000, 900]);
    expect(ink(png, FIRST, LEFT!)).toBeGreaterThan(200);
    expect(ink(png, SECOND, RIGHT!)).toBeGreaterThan(200);
    expect(ink(png, FIRST, RIGHT!)).toBeLessThan(10);
    expect(ink(png, SECOND, LEFT!)).toBeLessThan(10);
  });

  it('has axes of one scale, as far as it is told', async () => {
    const options = { extent: 4, labelled: false };
    const png = PNG.sync.read(Buffer.from(await drawScatter(points, classes, ['zero', 'one'], options)));
    // A quarter of the way from the middle: (±1, ±1) of ±4, where a unit is as long on both axes.
    expect(ink(png, FIRST, [390, 550, 420, 580])).toBeGreaterThan(100);
    expect(ink(png, FIRST, [0, 60, 300, 900])).toBeLessThan(10);
  });

  it.each([
    ['no points', [], []],
    ['all points in one place', [3, 3, 3, 3], [0, 0]],
    ['an empty class', [1, 2], [1]],
  ])('copes with %s', async (_, some, of) => {
    expect((await drawScatter(some, of, ['a', 'b'])).length).toBeGreaterThan(1000);
  });

  it('refuses what does not fit together', () => {
    expect(() => drawScatter([1, 2, 3], [0], ['a'])).toThrow(
      'points [n, 2] and classes [n], got 3 numbers and 1 classes',
    );
    expect(() => drawScatter([1, 2], [1], ['a'])).toThrow('expected classes below 1, got 1');
  });
});
