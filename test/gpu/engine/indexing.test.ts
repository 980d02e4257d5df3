/** Elements by index, and the sums that bring them back, against plain loops. */
import { contiguousStrides, Rng, sizeOf } from '@ganvas/kernels-wgsl';
import { embedding, gather, gatherElements, indexAdd, oneHot, scatterAdd, tensor } from '@ganvas/tensor';
import fc from 'fast-check';
import { useDevice } from '../device.ts';
import { cases, expectClose, shapes } from '../rig.ts';
import { axisOf, expectSame, from0, type Grid, grid, hostOf, upload, valuesOf } from './grid.ts';

useDevice();

describe('gather and scatterAdd', () => {
  const u32 = (shape: readonly number[], limit: number, seed: number) => {
    const rng = new Rng(seed);
    return Uint32Array.from({ length: sizeOf(shape) }, () => rng.below(limit));
  };
  const problem = shapes({ min: 1, max: 3 }, 4).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axis: axisOf(shape),
      taken: shapes({ min: 0, max: 2 }, 3),
      seed: fc.nat(99),
    }),
  );

  it('take rows, and bring them back', async () => {
    await cases(problem, 20, async ({ shape, axis, taken: kept, seed }) => {
      const a = from0(axis, shape);
      const x = grid(shape);
      const indices = u32(kept, shape[a]!, seed);
      const index = hostOf(indices, kept);
      const whole = [...shape.slice(0, a), ...kept, ...shape.slice(a + 1)];
      const cut = (place: readonly number[]) => place.slice(a, a + kept.length);
      const rows: Grid = {
        shape: whole,
        at: (place) => x.at([...place.slice(0, a), index(cut(place)), ...place.slice(a + kept.length)]),
      };
      await expectSame(rows, [x], (t) => gather(t, tensor(indices, kept), axis));
      const expected = valuesOf(x);
      const strides = contiguousStrides(shape);
      const own = contiguousStrides(whole);
      valuesOf(rows).forEach((v, i) => {
        const place = whole.map((size, d) => Math.floor(i / own[d]!) % size);
        const to = [...place.slice(0, a), index(cut(place)), ...place.slice(a + kept.length)];
        expected[to.reduce((s, p, d) => s + p * strides[d]!, 0)]! += v;
      });
      const added = indexAdd(upload(x), tensor(indices, kept), upload(rows), axis);
      expectClose(await added.data(), expected, { abs: 1e-5 });
    });
  });

  it('take single elements, and bring them back', async () => {
    const smaller = problem.chain(({ shape, axis, seed }) =>
      fc.record({
        shape: fc.constant(shape),
        axis: fc.constant(axis),
        seed: fc.constant(seed),
        kept: fc.tuple(...shape.map((n, d) => fc.integer({ min: 1, max: d === from0(axis, shape) ? 5 : n }))),
      }),
    );
    await cases(smaller, 20, async ({ shape, axis, seed, kept }) => {
      const a = from0(axis, shape);
      const x = grid(shape);
      const indices = u32(kept, shape[a]!, seed);
      const index = hostOf(indices, kept);
      const elements: Grid = { shape: [...kept], at: (place) => x.at(place.with(a, index(place))) };
      await expectSame(elements, [x], (t) => gatherElements(t, tensor(indices, kept), axis));
      const expected = valuesOf(x);
      const [strides, own] = [contiguousStrides(shape), contiguousStrides(kept)];
      valuesOf(elements).forEach((v, i) => {
        const place = kept.map((size, d) => Math.floor(i / own[d]!) % size);
        expected[place.with(a, index(place)).reduce((s, p, d) => s + p * strides[d]!, 0)]! += v;
      });
      const added = scatterAdd(upload(x), tensor(indices, kept), upload(elements), axis);
      expectClose(await added.data(), expected, { abs: 1e-5 });
    });
  });

  it('mark what is beyond the axis: NaN in floats, 0 in whole numbers, nothing added', async () => {
    const indices = tensor(Int32Array.of(1, 2, -1));
    expect([...(await gather(tensor([5, 6]), indices).data())]).toEqual([6, Number.NaN, Number.NaN]);
    expect([...(await gather(tensor(Uint32Array.of(5, 6)), indices).data())]).toEqual([6, 0, 0]);
    expect([...(await indexAdd(tensor([1, 1]), indices, tensor([2, 3, 4])).data())]).toEqual([1, 3]);
  });

  it('embedding and oneHot speak of the same rows', async () => {
    const table = grid([5, 4]);
    const words = tensor(Uint32Array.of(3, 0, 4, 3), [2, 2]);
    const expected: Grid = {
      shape: [2, 2, 4],
      at: ([i, j, k]) =>
        table.at([
          [
            [3, 0],
            [4, 3],
          ][i!]![j!]!,
          k!,
        ]),
    };
    await expectSame(expected, [table], (t) => embedding(t, words));
    expect([...(await oneHot(tensor(Int32Array.of(1, -1, 7, 2)), 3).data())]).toEqual([
      0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });

  it('say what does not fit', () => {
    const x = upload(grid([2, 3]));
    const one = tensor(Uint32Array.of(1));
    expect(() => gather(x, tensor([1]))).toThrow('gather: expected indices of u32 or i32, got f32[1]; use cast');
    expect(() => oneHot(tensor([1]), 3)).toThrow('oneHot: expected indices of u32 or i32, got f32[1]');
    expect(() => gather(x, one, 2)).toThrow('gather: axis 2 is out of range');
    expect(() => gatherElements(x, one, 0)).toThrow(
      'gatherElements: expected indices of 2 axes, none but axis 0 longer than in [2,3], got [1]',
    );
    expect(() => gatherElements(x, tensor(new Uint32Array(8), [2, 4]), 0)).toThrow(
      'none but axis 0 longer than in [2,3], got [2,4]',
    );
    expect(() => scatterAdd(x, tensor(new Uint32Array(2), [2, 1]), upload(grid([2, 2])), 0)).toThrow(
      "scatterAdd: updates [2,2] do not have the indices' shape [2,1]",
    );
    expect(() => indexAdd(x, one, upload(grid([1, 2])))).toThrow(
      'indexAdd: rows [1,2] at indices [1] are no rows of [2,3] along axis 0',
    );
    expect(() => embedding(upload(grid([3])), one)).toThrow('embedding: expected a table [rows, width], got [3]');
    expect(() => oneHot(one, 0)).toThrow('arange: no numbers from 0 by 1 before 0');
  });
});
