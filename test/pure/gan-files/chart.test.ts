import { PNG } from 'pngjs';
import { drawCurves } from '../../../packages/gan/src/files/chart.ts';
import { panelsOf, type Row } from '../../../packages/gan/src/files/panels.ts';
import { smooth } from '../../../packages/gan/src/files/smooth.ts';

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ step: i + 1, lossD: 1, lossG: 2, dReal: 0.8, dFake: 0.2 }));

/** Pixels of a colour, in the part of the picture below `top` and above `bottom`. */
function pixels(png: PNG, color: number, [top, bottom]: [number, number]): number {
  let found = 0;
  for (let i = top * png.width; i < bottom * png.width; i++) if (png.data.readUIntBE(4 * i, 3) === color) found++;
  return found;
}
/** Of a panel's first curve and of its second. */
const [D, G] = [0x0072b2, 0xd55e00] as const;
const UPPER: [number, number] = [60, 440];
const LOWER: [number, number] = [530, 820];
const TWO_PANELS = panelsOf(Object.keys(rows(1)[0]!));

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

describe('drawCurves', () => {
  it('draws each quantity in a panel, and words with a font of its own', async () => {
    const png = PNG.sync.read(Buffer.from(await drawCurves(rows(300))));
    expect([png.width, png.height]).toEqual([1200, 870]);
    for (const panel of [UPPER, LOWER])
      for (const color of [D, G]) expect(pixels(png, color, panel)).toBeGreaterThan(1000);
    // "step" under the lower axis: ink where only text can be.
    const white = pixels(png, 0xffffff, [845, 868]);
    expect(white).toBeLessThan(23 * png.width - 50);
    expect(white).toBeGreaterThan(22 * png.width);
  });

  it('draws the panels that it is given, and no others', async () => {
    const panels = [{ title: 'Loss of G', curves: [{ column: 'lossG', name: 'loss G' }] }];
    const png = PNG.sync.read(Buffer.from(await drawCurves(rows(300), panels)));
    expect(png.height).toBe(490);
    expect(pixels(png, D, UPPER)).toBeGreaterThan(1000);
    expect(pixels(png, G, [0, 490])).toBe(0);
  });

  it.each([
    ['no rows', []],
    ['one row', rows(1)],
    ['a column that no row has', rows(60).map(({ lossG, ...row }) => row)],
  ])('copes with %s', async (_, some) => {
    const png = PNG.sync.read(Buffer.from(await drawCurves(some, TWO_PANELS)));
    expect([png.width, png.height]).toEqual([1200, 870]);
  });

  it('ends a curve where its values are not finite any more', async () => {
    const broken = rows(60).map((row) => (row.step! > 30 ? { ...row, lossG: Number.NaN } : row));
    const png = PNG.sync.read(Buffer.from(await drawCurves(broken)));
    expect(pixels(png, G, UPPER)).toBeGreaterThan(600);
    expect(pixels(png, G, UPPER)).toBeLessThan(0.7 * pixels(png, G, LOWER));
  });
});
