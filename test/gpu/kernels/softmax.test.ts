import { Rng, type SoftmaxSpec, softmaxCandidates, softmaxReference } from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { cases, expectClose, openRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

/** Every candidate, whatever adapter it is meant for, against the reference. Returns the rungs that ran. */
async function check(spec: SoftmaxSpec, x = new Rng(1).normals(spec.outer * spec.range * spec.inner, 0, 3)) {
  const expected = softmaxReference(spec, x);
  const ran = new Map<string, string>();
  for (const adapter of ['swiftshader', 'gpu'] as const) {
    for (const candidate of softmaxCandidates(spec, adapter)) {
      const { code } = candidate.stages[0]!.kernel;
      if (ran.has(code) || !rig.admits(candidate)) continue;
      ran.set(code, candidate.name);
      const [actual] = await rig.run(candidate, [x], [{ length: x.length }]);
      const what = `${candidate.stages[0]!.kernel.name} of ${JSON.stringify(spec)}`;
      expectClose(actual!, expected, spec.log ? { rel: 1e-6, abs: 3e-6 } : { rel: 1e-5, abs: 1e-30 }, what);
    }
  }
  return [...new Set(ran.values())].sort();
}

const LOGS = [false, true];

describe('softmax', () => {
  it('over the middle axis of any shape', async () => {
    const spec = fc.record({
      outer: fc.integer({ min: 1, max: 9 }),
      range: fc.integer({ min: 1, max: 45 }),
      inner: fc.constantFrom(1, 1, 3, 8),
      log: fc.boolean(),
    });
    await cases(spec, 8, async (one) => void (await check(one)));
  });

  it.each(LOGS)('by every rung that a GPU or a CPU is offered (logarithm: %j)', async (log) => {
    expect(await check({ outer: 5, range: 1024, inner: 1, log })).toEqual([
      '0-serial',
      '1-vec4',
      '2-online',
      '3-workgroup-tree',
      '4-registers',
      '5-subgroups',
    ]);
  });

  // What registers hold: 8 steps of 256 lanes, of a value or of four.
  it.each([
    ['rows that share a workgroup', { outer: 1100, range: 40, inner: 1, log: false }],
    ['a row of one', { outer: 7, range: 1, inner: 1, log: true }],
    ['rows of one, side by side', { outer: 2, range: 1, inner: 8, log: false }],
    ['the longest row of registers', { outer: 1, range: 2048, inner: 1, log: true }],
    ['rows beyond registers, odd', { outer: 2, range: 2055, inner: 1, log: true }],
    ['columns, more than lanes stand side by side', { outer: 2, range: 70, inner: 68, log: false }],
  ])('of %s', async (_, spec) => void (await check(spec)));

  it('of a row too long for one chain: only teams are offered', async () => {
    const rungs = await check({ outer: 1, range: 70001, inner: 1, log: false });
    expect(rungs).toEqual(['3-workgroup-tree', '5-subgroups']);
  });

  it.each(LOGS)('of logits of any size, and of equal ones (logarithm: %j)', async (log) => {
    const range = 36;
    const x = new Rng(2).normals(4 * range);
    x.subarray(0, range).forEach((v, i, row) => {
      row[i] = 1e30 * v;
    });
    x.subarray(range, 2 * range).fill(-88888);
    x.subarray(2 * range, 3 * range).forEach((v, i, row) => {
      row[i] = 5000 + 50 * v;
    });
    await check({ outer: 4, range, inner: 1, log }, x);
  });

  it('gives the same bits every time', async () => {
    const x = new Rng(3).normals(3 * 1000);
    for (const candidate of softmaxCandidates({ outer: 3, range: 1000, inner: 1, log: false }, 'gpu')) {
      const [a] = await rig.run(candidate, [x], [{ length: x.length }]);
      const [b] = await rig.run(candidate, [x], [{ length: x.length }]);
      expect(a).toEqual(b);
    }
  });
});
