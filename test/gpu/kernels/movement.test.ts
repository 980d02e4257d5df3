/** The kernels that move elements, and the sums that bring them back, against plain loops. */
import {
  concat,
  concatReference,
  gatherAxis,
  gatherAxisReference,
  type IndexedAxis,
  linspace,
  linspaceReference,
  MOST_PARTS,
  Rng,
  scatterAdd,
  scatterAddReference,
  sizeOf,
  unslice,
  unsliceReference,
  wordOf,
} from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { cases, expectClose, openRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const words = (size: number) => Uint32Array.from({ length: size }, (_, i) => i * 2654435761 + 1);
const EXACT = {};

describe('unslice', () => {
  /** An axis of the input, and where it comes to lie: whole, inside, with gaps, or backwards. */
  const axis = fc
    .record({
      count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(4, 8)),
      step: fc.constantFrom(1, 1, 1, 2, 3, -1, -2),
      before: fc.constantFrom(0, 0, 1, 4),
      after: fc.constantFrom(0, 0, 1, 4),
    })
    .map(({ count, step, before, after }) => {
      const reach = (count - 1) * Math.abs(step);
      return { count, step, start: before + (step < 0 ? reach : 0), out: before + reach + 1 + after };
    });

  it('lays an input of any rank by any starts and steps', async () => {
    await cases(fc.array(axis, { maxLength: 4 }), 40, async (axes) => {
      const spec = {
        shape: axes.map((a) => a.out),
        sizes: axes.map((a) => a.count),
        starts: axes.map((a) => a.start),
        steps: axes.map((a) => a.step),
      };
      const x = words(sizeOf(spec.sizes));
      const output = { length: sizeOf(spec.shape), type: 'u32' as const };
      const [out] = await rig.run(unslice({ ...spec, word: 7 }), [x], [output]);
      expectClose(out!, unsliceReference(spec, x, 7), EXACT);
    });
  });

  it('fills with infinity, which no WGSL literal can say', async () => {
    const spec = { shape: [3], sizes: [1], starts: [1], steps: [1], word: wordOf(Number.NEGATIVE_INFINITY, 'f32') };
    const [out] = await rig.run(unslice(spec), [Float32Array.of(5)], [{ length: 3 }]);
    expect([...out!]).toEqual([Number.NEGATIVE_INFINITY, 5, Number.NEGATIVE_INFINITY]);
  });
});

describe('concat', () => {
  const spec = fc.record({
    rows: fc.integer({ min: 1, max: 5 }),
    columns: fc.oneof(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: MOST_PARTS }),
      fc.array(fc.constantFrom<number[]>(4, 8, 12), { minLength: 1, maxLength: 3 }),
    ),
  });

  it('puts parts side by side', async () => {
    await cases(spec, 30, async (s) => {
      const parts = s.columns.map((n, i) => words(s.rows * n).map((w) => w ^ i));
      const output = { length: s.rows * s.columns.reduce((a, b) => a + b), type: 'u32' as const };
      const [out] = await rig.run(concat(s), parts, [output]);
      expectClose(out!, concatReference(s, parts), EXACT);
    });
  });

  it('says how many parts it takes', () => {
    expect(() => concat({ rows: 1, columns: Array(8).fill(1) })).toThrow('concat: expected 1 to 7 parts, got 8');
  });
});

describe('gather and scatter', () => {
  const spec: fc.Arbitrary<IndexedAxis> = fc.record({
    outer: fc.integer({ min: 1, max: 3 }),
    range: fc.integer({ min: 1, max: 6 }),
    inner: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(4, 8)),
    count: fc.integer({ min: 1, max: 9 }),
    each: fc.boolean(),
  });

  /** Indices of the axis, and now and then one before or behind it. */
  function indicesOf({ outer, range, inner, count, each }: IndexedAxis): Int32Array {
    const rng = new Rng(range + count);
    return Int32Array.from({ length: each ? outer * count * inner : count }, () => rng.below(range + 2) - 1);
  }

  it('gathers what the indices name, and the missing word for what is beyond the axis', async () => {
    await cases(spec, 30, async (s) => {
      const x = words(s.outer * s.range * s.inner);
      const indices = indicesOf(s);
      const output = { length: s.outer * s.count * s.inner, type: 'u32' as const };
      const [out] = await rig.run(gatherAxis({ ...s, missing: 9 }), [x, indices], [output]);
      expectClose(out!, gatherAxisReference(s, x, indices, 9), EXACT);
    });
  });

  it('adds up what has the same index, and nothing that is beyond the axis', async () => {
    await cases(spec, 30, async (s) => {
      const updates = new Rng(s.count).normals(s.outer * s.count * s.inner);
      const indices = indicesOf(s);
      const output = { length: s.outer * s.range * s.inner };
      const [out] = await rig.run(scatterAdd({ ...s, type: 'f32' }), [updates, indices], [output]);
      expectClose(out!, scatterAddReference(s, updates, indices), { abs: 2e-6 });
    });
  });

  it('adds in the order of the indices: the same bits as f32 sums from the first to the last', async () => {
    const spec = { outer: 1, range: 2, inner: 1, count: 200, each: false };
    const updates = new Rng(3).normals(200);
    const indices = Uint32Array.from({ length: 200 }, (_, i) => i % 2);
    const [out] = await rig.run(scatterAdd({ ...spec, type: 'f32' }), [updates, indices], [{ length: 2 }]);
    const sums = [0, 0];
    updates.forEach((u, i) => {
      sums[i % 2] = Math.fround(sums[i % 2]! + u);
    });
    expect([...out!]).toEqual(sums);
  });

  it('adds whole numbers, which wrap around', async () => {
    const spec = { outer: 1, range: 1, inner: 1, count: 2, each: false };
    const kernel = scatterAdd({ ...spec, type: 'u32' });
    const [out] = await rig.run(
      kernel,
      [Uint32Array.of(0xffffffff, 3), new Uint32Array(2)],
      [{ length: 1, type: 'u32' }],
    );
    expect([...out!]).toEqual([2]);
  });
});

describe('linspace', () => {
  it('spaces numbers equally, both ends exactly', async () => {
    for (const spec of [
      { first: -1, last: 1, count: 11 },
      { first: 0.1, last: 1e4, count: 130 },
      { first: 3, last: 3, count: 1 },
    ]) {
      const [out] = await rig.run(linspace({ ...spec, type: 'f32' }), [], [{ length: spec.count }]);
      expectClose(out!, linspaceReference(spec), { rel: 3e-7, abs: 1e-7 });
      expect([out![0], out!.at(-1)]).toEqual([Math.fround(spec.first), Math.fround(spec.last)]);
    }
  });

  it('counts in whole numbers, below 0 too', async () => {
    const spec = { first: 5, last: -7, count: 5 };
    const [out] = await rig.run(linspace({ ...spec, type: 'i32' }), [], [{ length: 5, type: 'i32' }]);
    expect([...out!]).toEqual([5, 2, -1, -4, -7]);
  });
});
