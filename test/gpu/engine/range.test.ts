/** Axes of size 1, numbers in a row, triangles; and every op that moves elements in f16. */
import {
  arange,
  broadcastTo,
  concat,
  expandDims,
  eye,
  flip,
  gather,
  indexAdd,
  linspace,
  pad,
  roll,
  slice,
  squeeze,
  type Tensor,
  tensor,
  tril,
  triu,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { expectSame, type Grid, grid, taken, upload, valuesOf } from './grid.ts';

const device = useDevice();

describe('shapes', () => {
  it('lose and gain axes of size 1', () => {
    const x = upload(grid([1, 2, 1, 3]));
    expect(squeeze(x).shape).toEqual([2, 3]);
    expect(squeeze(x, -2).shape).toEqual([1, 2, 3]);
    expect(squeeze(x, [0, 2]).shape).toEqual([2, 3]);
    expect(expandDims(upload(grid([2, 3])), [0, -1]).shape).toEqual([1, 2, 3, 1]);
    expect(expandDims(upload(grid([2, 3])), 1).shape).toEqual([2, 1, 3]);
    expect(() => squeeze(x, 1)).toThrow('squeeze: axis 1 of x [1,2,1,3] has size 2; only an axis of size 1 can go');
    expect(() => expandDims(x, 5)).toThrow('expandDims: axis 5 is out of range for a tensor of rank 5');
  });

  it('come from any broadcast operand too', async () => {
    const x = grid([3, 1]);
    const wide: Grid = { shape: [2, 3, 4], at: ([, i]) => x.at([i!, 0]) };
    await expectSame(taken(wide, 1, [2, 1]), [x], (t) => slice(broadcastTo(t, [2, 3, 4]), [null, [2, 0, -1]]));
  });
});

describe('ranges', () => {
  const values = async (t: Tensor) => [...(await t.data())];

  it('arange and linspace', async () => {
    expect(await values(arange(0, 5))).toEqual([0, 1, 2, 3, 4]);
    expect(await values(arange(3, -2, -2))).toEqual([3, 1, -1]);
    expect(await values(arange(0, 1, 0.25))).toEqual([0, 0.25, 0.5, 0.75]);
    expect(await values(arange(-2, 2, 2, { dtype: 'i32' }))).toEqual([-2, 0]);
    expect(arange(0, 4, 1, { dtype: 'u32' }).dtype).toBe('u32');
    expect(await values(linspace(-1, 1, 5))).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(await values(linspace(2, 9, 1))).toEqual([2]);
  });

  it('refuse what is empty or no value of the dtype', () => {
    expect(() => arange(0, 0)).toThrow('arange: no numbers from 0 by 1 before 0');
    expect(() => arange(0, 5, 0)).toThrow('arange: no numbers from 0 by 0 before 5');
    expect(() => arange(0, 1, 0.5, { dtype: 'i32' })).toThrow(
      'arange: 2 numbers from 0 to 0.5, 0.5 apart, are not all of i32',
    );
    expect(() => arange(-1, 1, 1, { dtype: 'u32' })).toThrow(
      'arange: 2 numbers from -1 to 0, 1 apart, are not all of u32',
    );
    expect(() => linspace(0, 1, 0)).toThrow('linspace: shape [0] must have whole sizes of at least 1');
    expect(() => linspace(0, Number.NaN, 3)).toThrow('linspace: 3 numbers from 0 to NaN');
  });

  it.each([-2, -1, 0, 1, 3])('eye, tril and triu at diagonal %i', async (k) => {
    const x = grid([2, 3, 4]);
    const keep = (rule: (distance: number) => boolean): Grid => ({
      shape: x.shape,
      at: (place) => (rule(place[2]! - place[1]!) ? x.at(place) : 0),
    });
    const doubled = (g: Grid, fn: (t: Tensor) => Tensor) => expectSame(g, [x], fn);
    await doubled(
      keep((d) => d <= k),
      (t) => tril(t, k),
    );
    await doubled(
      keep((d) => d >= k),
      (t) => triu(t, k),
    );
    const identity = valuesOf({ shape: [3, 4], at: ([i, j]) => Number(j! - i! === k) });
    expect(await values(eye(3, 4, { k }))).toEqual(identity);
  });

  it('eye and triangles say what they want', () => {
    expect(() => eye(0)).toThrow('eye: shape [0,0] must have whole sizes of at least 1');
    expect(() => tril(tensor([1, 2]))).toThrow('tril: expected matrices [..., rows, columns], got [2]');
  });
});

it('all of it in f16, where the adapter has that', async () => {
  if (!device().traits.features.has('shader-f16')) {
    expect(() => arange(0, 3, 1, { dtype: 'f16' })).toThrow('toF16: f16 needs the feature shader-f16');
    return;
  }
  const x = tensor([1, 2, 3, 4, 5, 6], [2, 3], { dtype: 'f16' });
  const rows = tensor(Uint32Array.of(1, 1, 0));
  const expected: [Tensor, number[]][] = [
    [slice(x, [null, [2, 0, -1]]), [3, 2, 6, 5]],
    [flip(x), [6, 5, 4, 3, 2, 1]],
    [roll(x, 1, 1), [3, 1, 2, 6, 4, 5]],
    [
      pad(
        x,
        [
          [1, 0],
          [0, -1],
        ],
        { value: 0.5 },
      ),
      [0.5, 0.5, 1, 2, 4, 5],
    ],
    [pad(x, [0, [2, 0]], { mode: 'reflect' }), [3, 2, 1, 2, 3, 6, 5, 4, 5, 6]],
    [concat([x, x]), [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]],
    [gather(x, rows), [4, 5, 6, 4, 5, 6, 1, 2, 3]],
    [indexAdd(x, rows, gather(x, rows)), [2, 4, 6, 12, 15, 18]],
    [tril(x), [1, 0, 0, 4, 5, 0]],
    [arange(0, 1.5, 0.5, { dtype: 'f16' }), [0, 0.5, 1]],
    [eye(2, 2, { dtype: 'f16' }), [1, 0, 0, 1]],
  ];
  for (const [actual, values] of expected) {
    expect(actual.dtype).toBe('f16');
    expect([...(await actual.data())]).toEqual(values);
  }
});
