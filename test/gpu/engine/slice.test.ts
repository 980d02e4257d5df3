/** Slices, and what is made of them, against plain loops; eagerly, and fused with what makes and what reads them. */
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  capture,
  flip,
  mul,
  type Range,
  reshape,
  roll,
  slice,
  sliceAxis,
  split,
  sum,
  type Tensor,
  tensor,
  transpose,
  unslice,
} from '@ganvas/tensor';
import fc from 'fast-check';
import { useDevice } from '../device.ts';
import { cases, shapes } from '../rig.ts';
import { axisOf, below, expectSame, from0, grid, hostOf, taken, upload } from './grid.ts';

useDevice();

/** Python's `range(size)[start:end:step]`, as its reference defines it. */
function pythonRange(size: number, [start, end, by]: readonly (number | null)[]): number[] {
  const step = by ?? 1;
  const order = step > 0 ? below(size) : below(size).reverse();
  const clamp = (at: number | null | undefined, open: number) => (at == null ? open : at < 0 ? at + size : at);
  const [first, last] = [clamp(start, order[0]!), clamp(end, step > 0 ? size : -1)];
  const run = order.filter((i) => (step > 0 ? i >= first && i < last : i <= first && i > (end == null ? -1 : last)));
  return run.filter((_, k) => k % Math.abs(step) === 0);
}

describe('slice', () => {
  const bound = fc.option(fc.integer({ min: -7, max: 7 }));
  const range = fc.tuple(bound, bound, fc.option(fc.constantFrom(1, 2, 3, -1, -2, -3)));
  const problem = shapes({ min: 1, max: 4 }, 5).chain((shape) =>
    fc.record({ shape: fc.constant(shape), ranges: fc.array(range, { minLength: 1, maxLength: shape.length }) }),
  );

  it('means what NumPy means, and refuses what would be empty', async () => {
    let empty = 0;
    await cases(problem, 60, async ({ shape, ranges }) => {
      const x = grid(shape);
      const places = shape.map((size, axis) => pythonRange(size, ranges[axis] ?? []));
      if (places.some((p) => p.length === 0)) {
        empty++;
        expect(() => slice(upload(x), ranges as Range[])).toThrow(/^slice: \[.*\] takes nothing of axis \d of x \[/);
        return;
      }
      const expected = places.reduce((g, p, axis) => taken(g, axis, p), x);
      await expectSame(expected, [x], (t) => slice(t, ranges as Range[]));
    });
    expect(empty).toBeGreaterThan(5);
    expect(empty).toBeLessThan(45);
  });

  it('of a slice of a transposed and reshaped tensor, in one program as one by one', async () => {
    const moves = fc.array(fc.nat({ max: 5 }), { minLength: 2, maxLength: 6 });
    await cases(fc.record({ shape: shapes({ min: 2, max: 3 }, 5), moves }), 40, async ({ shape, moves }) => {
      const fn = (x: Tensor) => {
        let t = mul(x, 2);
        for (const move of moves) {
          const last = t.shape.length - 1;
          const middle = Math.floor(t.shape[last]! / 2);
          if (move === 0) t = transpose(t);
          if (move === 1) t = reshape(t, [-1]);
          if (move === 2) t = reshape(t, t.shape.toReversed());
          // Short, and where it may cross the end of what was a row.
          if (move === 3 && middle > 0) t = sliceAxis(t, last, middle - 1, middle + 1);
          if (move === 4) t = slice(t, [[null, null, t.shape[0]! > 2 ? -2 : 1]]);
          if (move === 5) t = flip(t, last);
        }
        return t;
      };
      const x = grid(shape);
      const one = fn(upload(x));
      await expectSame({ shape: [...one.shape], at: hostOf(await one.data(), one.shape) }, [x], fn);
    });
  });

  it('is part of the dispatch of the maps around it, or of the sum over it', () => {
    const dispatches = (fn: (x: Tensor) => Tensor) => {
      const step = capture(fn);
      step.record(upload(grid([4, 6])));
      return step.plan!.dispatches.length;
    };
    expect(dispatches((x) => sum(add(slice(mul(x, 2), [[1], [0, 4]]), 1)))).toBe(1);
    expect(dispatches((x) => sum(add(flip(slice(x, [[1], [0, 4]])), 1)))).toBe(1);
    expect(dispatches((x) => sum(add(flip(x), 1)))).toBe(1);
    expect(dispatches((x) => slice(reshape(x, [-1]), [[3, 9]]))).toBe(1);
  });

  it('says which ranges do not fit', () => {
    const x = upload(grid([2, 3]));
    expect(() => slice(x, [null, null, [0, 1]])).toThrow('slice: 3 ranges for the 2 axes of x [2,3]');
    expect(() => slice(x, [[0, 1, 0]])).toThrow(
      'slice: [0:1:0] along axis 0: expected whole numbers or null, and a step that is not 0',
    );
    expect(() => slice(x, [[0.5]])).toThrow('slice: [0.5::] along axis 0: expected whole numbers');
    expect(() => slice(x, [null, [2, 2]])).toThrow('slice: [2:2:] takes nothing of axis 1 of x [2,3], of 3 elements');
    expect(() => unslice(x, { shape: [2, 3], starts: [0, 1], steps: [1, 1] })).toThrow(
      'unslice: 3 elements from 1 by 1 are not within axis 1 of [2,3]',
    );
    expect(() => unslice(x, { shape: [2, 0], starts: [0, 0], steps: [1, 1] })).toThrow('unslice: shape [2,0]');
    expect(() => unslice(x, { shape: [2], starts: [0], steps: [1] })).toThrow(
      'unslice: expected 1 starts, steps and sizes',
    );
    expect(() => slice(tensor(new Uint8Array(4)), [[1]])).toThrow('slice: u8 data is read by gatherBatch only');
    expect(() => flip(x, 2)).toThrow('flip: axis 2 is out of range for a tensor of rank 2');
  });
});

describe('flip, roll, split', () => {
  const withAxis = shapes({ min: 1, max: 4 }, 5).chain((shape) =>
    fc.record({ shape: fc.constant(shape), axis: axisOf(shape), shift: fc.integer({ min: -9, max: 9 }) }),
  );

  it('reverse, shift and cut an axis', async () => {
    await cases(withAxis, 25, async ({ shape, axis, shift }) => {
      const x = grid(shape);
      const [a, size] = [from0(axis, shape), shape.at(axis)!];
      await expectSame(taken(x, a, below(size).reverse()), [x], (t) => flip(t, axis));
      const rolled = below(size).map((i) => (((i - shift) % size) + size) % size);
      await expectSame(taken(x, a, rolled), [x], (t) => roll(t, shift, axis));
      const cut = new Rng(size).below(size);
      const parts = cut === 0 ? [size] : [cut, size - cut];
      await expectSame(taken(x, a, below(size).slice(cut)), [x], (t) => split(t, parts, axis).at(-1)!);
    });
  });

  it('over several axes, and into equal parts', async () => {
    const x = grid([4, 6]);
    const both = taken(taken(x, 0, [3, 2, 1, 0]), 1, [5, 4, 3, 2, 1, 0]);
    await expectSame(both, [x], (t) => flip(t));
    await expectSame(taken(taken(x, 0, [1, 2, 3, 0]), 1, [4, 5, 0, 1, 2, 3]), [x], (t) => roll(t, [-1, 2], [0, 1]));
    const thirds = split(upload(x), 3, 1);
    expect(thirds.map((t) => t.shape)).toEqual([
      [4, 2],
      [4, 2],
      [4, 2],
    ]);
  });

  it('say what does not fit', () => {
    const x = upload(grid([4, 6]));
    expect(() => split(x, 4, 1)).toThrow('split: axis 1 of x [4,6] has 6 elements, no 4 equal parts');
    expect(() => split(x, [1, 2])).toThrow('split: axis 0 of x [4,6] has 4 elements, no parts of 1, 2');
    expect(() => split(x, [0, 4])).toThrow('split: axis 0 of x [4,6] has 4 elements, no parts of 0, 4');
    expect(() => roll(x, [1], [0, 1])).toThrow('roll: expected a whole number for each of the axes [0,1], got [1]');
    expect(() => roll(x, [1, 1], [0, -2])).toThrow('roll: axes [0,-2] name an axis twice');
  });
});
