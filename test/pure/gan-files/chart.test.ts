import { PNG } from 'pngjs';
import { drawLossChart, type LossRow, smooth } from '../../../packages/gan/src/files/chart.ts';

const rows = (count: number): LossRow[] =>
  Array.from({ length: count }, (_, i) => ({ step: i + 1, lossD: 1, lossG: 2, dReal: 0.8, dFake: 0.2 }));

/** Pixels of a colour, in the part of the picture below `top` and above `bottom`. */
function pixels(png: PNG, color: number, [top, bottom]: [number, number]): number {
  let found = 0;
  for (let i = top * png.width; i < bottom * png.width; i++) if (png.data.readUIntBE(4 * i, 3) === color) found++;
  return found;
}
const [LOSS_D, LOSS_G, D_REAL, D_FAKE] = [0x0072b2, 0xd55e00, 0x009e73, 0xe69f00] as const;
const UPPER: [number, number] = [60, 440];
const LOWER: [number, number] = [530, 820];

describe('smooth', () => {
  it('keeps a constant, from the first value on', () => {
    for (const value of smooth(new Array(500).fill(3))) expect(value).toBeCloseTo(3, 12);
  });

  it('calms noise, follows the level, passes over what is not finite', () => {
    const noisy = Array.from({ length: 5000 }, (_, i) => (i % 2 ? 1 : -1) + (i < 2500 ? 0 : 10));
    const calm = smooth(noisy);
    expect(Math.abs(calm[2499]!)).toBeLessThan(0.02);
    expect(Math.abs(calm[4999]! - 10)).toBeLessThan(0.02);
    expect(smooth([Number.NaN, 4, Number.NaN])).toEqual([Number.NaN, 4, 4]);
  });
});

describe('drawLossChart', () => {
  it('draws each curve in its panel, and words with a font of its own', async () => {
    const png = PNG.sync.read(Buffer.from(await drawLossChart(rows(300))));
    expect([png.width, png.height]).toEqual([1200, 900]);
    for (const color of [LOSS_D, LOSS_G]) {
      expect(pixels(png, color, UPPER)).toBeGreaterThan(1000);
      expect(pixels(png, color, LOWER)).toBe(0);
    }
    for (const color of [D_REAL, D_FAKE]) {
      expect(pixels(png, color, LOWER)).toBeGreaterThan(1000);
      expect(pixels(png, color, UPPER)).toBe(0);
    }
    // "step" under the lower axis: ink where only text can be.
    const white = pixels(png, 0xffffff, [850, 875]);
    expect(white).toBeLessThan(25 * png.width - 50);
  });

  it.each([
    ['no rows', []],
    ['one row', rows(1)],
    [
      'a loss that became NaN',
      rows(60).map((row) => (row.step > 30 ? { ...row, lossG: Number.NaN, lossD: Number.POSITIVE_INFINITY } : row)),
    ],
  ])('copes with %s', async (_, some) => {
    const png = PNG.sync.read(Buffer.from(await drawLossChart(some)));
    expect(png.width).toBe(1200);
    // The part of the panel's curve that is there ends half way.
    const half = some.length > 1 ? pixels(png, LOSS_G, UPPER) : 700;
    expect(half).toBeGreaterThan(600);
    expect(half).toBeLessThan(2500);
  });
});
