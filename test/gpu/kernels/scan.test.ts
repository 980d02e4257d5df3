import { Rng, type ScanSpec, scanCandidates, scanReference } from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { cases, expectClose, openRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

/** Every candidate against the reference. Returns how many ran. */
async function check(spec: ScanSpec): Promise<number> {
  const x = new Rng(3).normals(spec.outer * spec.range * spec.inner);
  const candidates = scanCandidates(spec, 'gpu').filter((c) => rig.admits(c));
  for (const candidate of candidates) {
    const [y] = await rig.run(candidate, [x], [{ length: x.length }]);
    expectClose(y!, scanReference(spec, x), { rel: 2e-6, abs: 1e-4 }, `${candidate.name} ${JSON.stringify(spec)}`);
  }
  return candidates.length;
}

const small = fc.integer({ min: 1, max: 9 });

describe('scan', () => {
  it('sums along the middle axis, both ways, with and without each element', async () => {
    const spec = fc.record({
      outer: small,
      range: small,
      inner: small,
      reverse: fc.boolean(),
      exclusive: fc.boolean(),
    });
    await cases(spec, 12, async (one) => {
      await check(one);
    });
  });

  it.each([63, 64, 65, 130, 3000])('a range of %i', async (range) => {
    expect(await check({ outer: 2, range, inner: 3, reverse: true, exclusive: true })).toBe(2);
    expect(await check({ outer: 1, range, inner: 1, reverse: false, exclusive: false })).toBe(2);
  });

  it('shares few long ranges on a GPU, and no others', () => {
    const first = (outer: number, range: number, adapter: 'gpu' | 'swiftshader') =>
      scanCandidates({ outer, range, inner: 1, reverse: false, exclusive: false }, adapter)[0]!.name;
    expect(first(8, 1000, 'gpu')).toBe('1-workgroup');
    expect(first(8, 50, 'gpu')).toBe('0-serial');
    expect(first(100_000, 1000, 'gpu')).toBe('0-serial');
    expect(first(8, 1000, 'swiftshader')).toBe('0-serial');
  });
});
