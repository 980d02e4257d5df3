/** Who owns memory: `tidy`, `dispose`, views that share it, and constants that have none. */
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  full,
  keep,
  mul,
  pack,
  packStates,
  reshape,
  state,
  sum,
  type Tensor,
  TensorError,
  tensor,
  tidy,
  unpackStates,
  zeros,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';

const device = useDevice();
const inUse = () => device().pool.inUse;
const values = async (t: Tensor) => Array.from(await t.data());

describe('tidy', () => {
  it('frees what was made and keeps what is returned, nested and in structures', async () => {
    const before = inUse();
    const { a, list } = tidy(() => {
      const x = tensor([1, 2]);
      const y = tidy(() => mul(add(x, 1), 2));
      return { a: sum(y), list: [y, undefined] as const };
    });
    expect(inUse()).toBe(before + 512);
    expect(await a.item()).toBe(10);
    expect(await values(list[0])).toEqual([4, 6]);
    a.dispose();
    list[0].dispose();
    expect(inUse()).toBe(before);
  });

  it('frees when the function throws', () => {
    const before = inUse();
    expect(() =>
      tidy(() => {
        add(tensor([1]), 1);
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(inUse()).toBe(before);
    expect(tidy(() => 0 as never)).toBe(0); // the scope is closed
  });

  it('leaves alone what it did not make, state, and what is kept', async () => {
    const outside = tensor([1]);
    const constant = full([2], 3);
    const [made, kept] = [[] as Tensor[], [] as Tensor[]];
    tidy(() => {
      made.push(state([5]));
      kept.push(keep(mul(outside, 2)));
      reshape(constant, [1, 2]); // gives the constant its memory
    });
    expect(await made[0]!.item()).toBe(5);
    expect(await kept[0]!.item()).toBe(2);
    expect(await values(constant)).toEqual([3, 3]);
    expect(await outside.item()).toBe(1);
  });

  it('passes on what was made elsewhere, and does not take it over', async () => {
    const s = state([5]);
    const outside = mul(s, 2);
    tidy(() => {
      tidy(() => [s, outside]);
    });
    expect(await values(s)).toEqual([5]);
    expect(await values(outside)).toEqual([10]);
    expect(outside.node).not.toBeNull(); // and its history is whole
  });

  it('returns a constant without giving it memory', async () => {
    const before = inUse();
    const ones = tidy(() => full([3], 1));
    expect(inUse()).toBe(before);
    expect(await values(ones)).toEqual([1, 1, 1]);
    ones.dispose();
    expect(inUse()).toBe(before);
  });
});

describe('dispose', () => {
  it('is final, and may be repeated', async () => {
    const before = inUse();
    const t = tensor([1, 2]);
    t.dispose();
    t.dispose();
    expect(inUse()).toBe(before);
    expect(t.isDisposed).toBe(true);
    expect(() => add(t, 1)).toThrow(TensorError);
    expect(() => add(t, 1)).toThrow('add: an input of shape [2] was disposed');
    await expect(t.data()).rejects.toThrow('data: the tensor of shape [2] was disposed');
    expect(String(t)).toBe('tensor([2] f32, disposed)');
  });

  it('of a constant is final too', async () => {
    const t = zeros([2]);
    t.dispose();
    await expect(t.data()).rejects.toThrow('was disposed');
    expect(() => add(t, 1)).toThrow('was disposed');
  });

  it('frees shared memory with its last tensor', async () => {
    const before = inUse();
    const t = tensor([1, 2]);
    const view = reshape(t, [2, 1]);
    t.dispose();
    expect(inUse()).toBe(before + 256);
    expect(await values(view)).toEqual([1, 2]);
    view.dispose();
    expect(inUse()).toBe(before);
  });

  it('memory that was freed is used again, for the right values', async () => {
    const rng = new Rng(1);
    const { buffers } = device().statistics;
    for (let i = 0; i < 50; i++) {
      const data = rng.normals(100);
      const t = tidy(() => mul(add(tensor(data), 1), 2));
      expect((await t.data())[99]).toBeCloseTo(2 * (data[99]! + 1), 5);
      t.dispose();
    }
    expect(device().statistics.buffers - buffers).toBeLessThan(5);
  });
});

describe('packed states', () => {
  it('keep their values and live in one buffer, which an op on the whole changes', async () => {
    const [a, b] = [state([1, 2]), state([[3], [4], [5]])];
    const flat = packStates([a, b]);
    expect(flat.shape).toEqual([128]);
    expect([await values(a), await values(b)]).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    assign(flat, mul(flat, 10));
    expect([await values(a), await values(b)]).toEqual([
      [10, 20],
      [30, 40, 50],
    ]);
    const [, again] = unpackStates(flat, [a, b]);
    assign(again!, zeros([3, 1]));
    expect([await values(a), await values(b)]).toEqual([
      [10, 20],
      [0, 0, 0],
    ]);
  });

  it('are assigned from one another', async () => {
    const [a, b] = [state([1, 2]), state([3, 4])];
    packStates([a, b]);
    assign(a, b);
    assign(b, add(a, b));
    expect([await values(a), await values(b)]).toEqual([
      [3, 4],
      [6, 8],
    ]);
  });

  it('may all have one gradient', async () => {
    const x = mul(tensor([1, 2]), 2);
    const whole = await values(pack([x, x]));
    expect([whole.slice(0, 2), whole.slice(64, 66)]).toEqual([
      [2, 4],
      [2, 4],
    ]);
  });
});
