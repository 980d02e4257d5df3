import { momentsCandidates, momentsReference, Rng } from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { cases, expectClose, openRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

async function check(
  rows: number,
  channels: number,
  { mean, std, batches = 1 }: { mean: number; std: number; batches?: number },
  rel: number,
) {
  const x = new Rng(rows).normals(batches * rows * channels, mean, std);
  const expected = momentsReference({ batches, rows, channels }, x);
  const length = batches * channels;
  const ran = new Map<string, string>();
  for (const adapter of ['swiftshader', 'gpu'] as const) {
    for (const candidate of momentsCandidates({ batches, rows, channels }, adapter)) {
      const code = candidate.stages.map((s) => s.kernel.code).join('\n');
      if (ran.has(code)) continue;
      ran.set(code, candidate.name);
      const [m, v] = await rig.run(candidate, [x], [{ length }, { length }]);
      const what = `${candidate.name} of [${batches}, ${rows}, ${channels}]`;
      expectClose(m!, expected.mean, { rel: 1e-6, abs: 3e-6 * std }, `mean, ${what}`);
      expectClose(v!, expected.variance, { rel }, `variance, ${what}`);
    }
  }
  return [...new Set(ran.values())].sort();
}

describe('moments', () => {
  it('of any number of rows and channels', async () => {
    const spec = fc.record({ rows: fc.integer({ min: 1, max: 700 }), channels: fc.integer({ min: 1, max: 40 }) });
    await cases(
      spec,
      12,
      async ({ rows, channels }) => void (await check(rows, channels, { mean: 0.5, std: 2 }, 1e-5)),
    );
  });

  it('by every rung that a GPU or a CPU is offered', async () => {
    const rungs = await check(300, 8, { mean: 1, std: 1 }, 1e-5);
    expect(rungs).toEqual(['0-serial', '1-vec4', '2-chunked', '3-workgroup-tree']);
    expect(await check(1000, 8, { mean: 1, std: 1 }, 1e-5)).toEqual(['2-chunked', '3-workgroup-tree', '4-blocks']);
  });

  it.each([
    [300, 8],
    [1000, 12],
    [45, 3],
  ])('of each of three batches of [%i, %i]', async (rows, channels) => {
    await check(rows, channels, { mean: 1, std: 1, batches: 3 }, 1e-5);
  });

  it('keeps the digits of a small variance about a large mean', async () => {
    await check(12544, 8, { mean: 1000, std: 0.1 }, 1e-5);
  });

  // So many channels that one invocation each would do, but for the length of the sum.
  it('of more channels than invocations', async () => {
    await check(520, 4100, { mean: 1, std: 1 }, 1e-5);
  });

  it('of a constant channel: variance exactly 0', async () => {
    const x = new Float32Array(300 * 4).fill(1234.567);
    for (const candidate of momentsCandidates({ rows: 300, channels: 4 }, 'gpu')) {
      const [mean, variance] = await rig.run(candidate, [x], [{ length: 4 }, { length: 4 }]);
      expect([...mean!]).toEqual([...x.subarray(0, 4)]);
      expect([...variance!]).toEqual([0, 0, 0, 0]);
    }
  });

  it('is unhurt by a first row that lies far out', async () => {
    const [rows, channels] = [2048, 4];
    const x = new Rng(5).normals(rows * channels);
    x.fill(30, 0, channels);
    const expected = momentsReference({ rows, channels }, x);
    for (const candidate of momentsCandidates({ rows, channels }, 'gpu')) {
      const [, variance] = await rig.run(candidate, [x], [{ length: channels }, { length: channels }]);
      expectClose(variance!, expected.variance, { rel: 2e-4 }, candidate.name);
    }
  });
});
