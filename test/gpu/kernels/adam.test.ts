import { type AdamSpec, adam, adamReference, Rng } from '@ganvas/kernels-wgsl';
import { expectClose, openRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const spec = (size: number, more: Partial<AdamSpec> = {}): AdamSpec => ({
  size,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
  ...more,
});

async function check(s: AdamSpec, t: number, rate = 2e-4) {
  const rng = new Rng(s.size);
  const [p, m, g] = [rng.normals(s.size), rng.normals(s.size, 0, 0.1), rng.normals(s.size)];
  const v = rng.normals(s.size, 0, 0.1).map((x) => x * x);
  const hyper = Float32Array.of(t, rate);
  const outputs = [{ from: p }, { from: m }, { from: v }];
  const actual = await rig.run(adam(s), [g, hyper], outputs);
  const expected = adamReference(s, { p, m, v }, g, { t, rate: hyper[1]! });
  const moved = (next: ArrayLike<number>) => Float64Array.from(p, (x, i) => next[i]! - x);
  expectClose(actual[1]!, expected.m, { rel: 3e-7, abs: 1e-7 }, `m at t = ${t}`);
  expectClose(actual[2]!, expected.v, { rel: 3e-7 }, `v at t = ${t}`);
  expectClose(actual[0]!, expected.p, { rel: 2.4e-7, abs: 1e-6 * rate }, `p at t = ${t}`);
  // The step itself: a wrong bias correction would hide behind the parameter's own size.
  const room = 2 ** -23 * Math.max(...p.map(Math.abs));
  expectClose(moved(actual[0]!), moved(expected.p), { rel: 1.2e-5, abs: room }, `step at t = ${t}`);
}

describe('adam', () => {
  it.each([1, 3, 64, 1023, 4096])('%i parameters', (size) => check(spec(size), 7));
  // A rate of 1000 makes the step visible to the last digits next to p.
  it.each([1, 2, 10, 100, 500, 1000, 10_000, 1_000_000])('bias correction at t = %i', (t) => check(spec(256), t, 1000));
  it.each([0, 0.5, 0.99])('beta1 = %f', (beta1) => check(spec(101, { beta1 }), 3, 1000));
  it('weight decay and eps', () => check(spec(64, { weightDecay: 0.1, eps: 0.5 }), 3, 1000));
  it.each([64, 65])('decoupled weight decay of %i parameters', (size) =>
    check(spec(size, { weightDecay: 1e-4, decoupled: true }), 3, 1000),
  );

  it('follows the reference over 50 steps from zero moments', async () => {
    const s = spec(64, { beta1: 0.5 });
    const rng = new Rng(9);
    let state = [rng.normals(64), new Float32Array(64), new Float32Array(64)];
    let [p, m, v] = state as ArrayLike<number>[];
    for (let t = 1; t <= 50; t++) {
      const g = rng.normals(64);
      state = (await rig.run(
        adam(s),
        [g, Float32Array.of(t, 0.125)],
        state.map((from) => ({ from })),
      )) as Float32Array[];
      ({ p, m, v } = adamReference(s, { p: p!, m: m!, v: v! }, g, { t, rate: 0.125 }));
    }
    expectClose(state[0]!, p!, { rel: 1e-5, abs: 1e-5 });
  });

  it.each([65, 64])(
    'divides %i gradients by a loss scale, and leaves all as it is where it must not proceed',
    async (size) => {
      const [rng, hyper] = [new Rng(3), Float32Array.of(3, 1000)];
      const [p, m, g] = [rng.normals(size), rng.normals(size, 0, 0.1), rng.normals(size)];
      const v = rng.normals(size, 0, 0.1).map((x) => x * x);
      const outputs = [{ from: p }, { from: m }, { from: v }];
      const scaled = g.map((x) => 1024 * x);
      const expected = await rig.run(adam(spec(size)), [g, hyper], outputs);
      const run = (more: Partial<AdamSpec>, gradients: Float32Array, ...conditions: number[]) =>
        rig.run(adam(spec(size, more)), [gradients, hyper, ...conditions.map((x) => Float32Array.of(x))], outputs);
      const both = { scaled: true, checked: true };
      expect(await run({ scaled: true }, scaled, 1024)).toEqual(expected);
      expect(await run({ checked: true }, g, 1)).toEqual(expected);
      expect(await run({ checked: true }, g, 0)).toEqual([p, m, v]);
      expect(await run(both, scaled, 1024, 1)).toEqual(expected);
      expect(await run(both, scaled.fill(Infinity), 1024, 0)).toEqual([p, m, v]);
    },
  );

  it('says what is wrong with beta', () => {
    expect(() => adam(spec(4, { beta2: 1 }))).toThrow(
      'adam: expected beta1 and beta2 from 0 to below 1, got 0.9 and 1',
    );
  });
});
