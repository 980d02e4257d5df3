/** Joined and padded tensors against plain loops. */
import { concat, type PadWidth, pad, stack, tensor } from '@ganvas/tensor';
import fc from 'fast-check';
import { useDevice } from '../device.ts';
import { cases, expectClose, shapes } from '../rig.ts';
import { axisOf, below, expectSame, from0, type Grid, grid, upload, valuesOf } from './grid.ts';

useDevice();

describe('concat and stack', () => {
  const problem = shapes({ min: 1, max: 3 }, 5).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axis: axisOf(shape),
      sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 9 }),
    }),
  );

  it('put tensors one after the other', async () => {
    await cases(problem, 20, async ({ shape, axis, sizes }) => {
      const a = from0(axis, shape);
      const parts = sizes.map((size, i) => grid(shape.with(a, size), i));
      const owner = sizes.flatMap((size, part) => below(size).map((k) => [part, k] as const));
      const expected: Grid = {
        shape: shape.with(a, owner.length),
        at: (place) => {
          const [part, k] = owner[place[a]!]!;
          return parts[part]!.at(place.with(a, k));
        },
      };
      await expectSame(expected, parts, (...ts) => concat(ts, axis));
    });
  });

  it('along a new axis', async () => {
    const [x, y] = [grid([2, 3], 1), grid([2, 3], 2)];
    const expected: Grid = { shape: [2, 2, 3], at: ([i, k, j]) => [x, y][k!]!.at([i!, j!]) };
    await expectSame(expected, [x, y], (a, b) => stack([a!, b!], 1));
    expect(stack([upload(x), upload(y)], -1).shape).toEqual([2, 3, 2]);
  });

  it('of whole numbers', async () => {
    const joined = concat([tensor(Int32Array.of(-1, 2)), tensor(Int32Array.of(3))]);
    expect([...(await joined.data())]).toEqual([-1, 2, 3]);
  });

  it('say what does not fit', () => {
    const x = upload(grid([2, 3]));
    expect(() => concat([])).toThrow('concat: expected at least one tensor, got none');
    expect(() => concat([x, upload(grid([2, 4]))])).toThrow(
      'concat: f32[2,4] does not join f32[2,3] along axis 0: dtypes and all other sizes must be the same',
    );
    expect(() => concat([x, tensor(new Int32Array(6), [2, 3])])).toThrow('concat: i32[2,3] does not join f32[2,3]');
    expect(() => concat([x, upload(grid([2]))], 1)).toThrow('concat: f32[2] does not join f32[2,3] along axis 1');
    expect(() => stack([x, upload(grid([2, 1]))])).toThrow('stack: expected tensors of one shape, got [2,3] and [2,1]');
  });
});

describe('pad', () => {
  const side = fc.integer({ min: -1, max: 3 });
  const problem = shapes({ min: 1, max: 3 }, 5).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      widths: fc.tuple(...shape.map(() => fc.tuple(side, side))),
      mode: fc.constantFrom('constant' as const, 'reflect' as const, 'replicate' as const),
    }),
  );

  it('puts a value, a mirror image or the edge around, and crops', async () => {
    let tried = 0;
    await cases(problem, 40, async ({ shape, widths, mode }) => {
      const x = grid(shape);
      const kept = shape.map((size, axis) => size + Math.min(widths[axis]![0], 0) + Math.min(widths[axis]![1], 0));
      const width = (axis: number) => Math.max(...widths[axis]!);
      const impossible = kept.some((n, axis) => n < 1 || (mode === 'reflect' && width(axis) > 0 && width(axis) >= n));
      const widthsOf = widths as PadWidth[];
      if (impossible) {
        expect(() => pad(upload(x), widthsOf, { mode, value: 3 })).toThrow(/^pad: /);
        return;
      }
      tried++;
      const source = (at: number, axis: number): number | null => {
        const [first, last] = [Math.max(-widths[axis]![0], 0), Math.max(-widths[axis]![0], 0) + kept[axis]! - 1];
        const place = at - widths[axis]![0];
        if (place >= first && place <= last) return place;
        if (mode === 'constant') return null;
        if (mode === 'replicate') return place < first ? first : last;
        return place < first ? 2 * first - place : 2 * last - place;
      };
      const expected: Grid = {
        shape: shape.map((size, axis) => size + widths[axis]![0] + widths[axis]![1]),
        at: (place) => {
          const from = place.map(source);
          return from.includes(null) ? 3 : x.at(from as number[]);
        },
      };
      const padded = pad(upload(x), widthsOf, { mode, value: 3 });
      expect(padded.shape).toEqual(expected.shape);
      expectClose(await padded.data(), valuesOf(expected), {});
      if (mode !== 'constant') await expectSame(expected, [x], (t) => pad(t, widthsOf, { mode }));
    });
    expect(tried).toBeGreaterThan(15);
  });

  it('says what does not fit', () => {
    const x = upload(grid([2, 3]));
    expect(() => pad(x, [1])).toThrow(
      'pad: expected one number, or a number or a pair for each of the 2 axes of x [2,3], all whole, got [1]',
    );
    expect(() => pad(x, 0.5)).toThrow('pad: expected one number');
    expect(() => pad(x, [0, [-2, -1]])).toThrow('pad: [[0,0],[-2,-1]] leaves nothing of x [2,3]');
    expect(() => pad(x, [2, 0], { mode: 'reflect' })).toThrow(
      'pad: 2 and 2 elements do not reflect in axis 0 of x [2,3]: at most 1 do',
    );
  });
});
