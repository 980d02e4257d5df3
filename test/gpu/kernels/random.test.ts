import { advance, Rng, random } from '@ganvas/kernels-wgsl';
import { expectClose, openRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const COUNT = 100_000;
const state = (seed: number, low = 0, high = 0) => Uint32Array.of(...new Rng(seed).key, low, high);
const draw = async (distribution: 'uniform' | 'normal', from: Uint32Array, count = COUNT) =>
  (await rig.run(random({ distribution, count }), [from], [{ length: count }]))[0] as Float32Array;

/** Kolmogorov and Smirnov's distance between a sample and a distribution function; above 1.95/√n once in a thousand samples. */
function ksDistance(sample: Float32Array, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  return sorted.reduce((worst, x, i) => {
    const p = cdf(x);
    return Math.max(worst, p - i / sorted.length, (i + 1) / sorted.length - p);
  }, 0);
}

/** Φ, from Marsaglia's series ("Evaluating the normal distribution", 2004). */
function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
  let [term, sum] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

const mean = (x: Float32Array) => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x: Float32Array) => {
  const m = mean(x);
  return x.reduce((a, b) => a + (b - m) ** 2, 0) / x.length;
};

describe('random', () => {
  it('uniform: the host stream, bit for bit', async () => {
    const rng = new Rng(7);
    expectClose(
      await draw('uniform', state(7)),
      Float32Array.from({ length: COUNT }, () => rng.uniform()),
      {},
    );
  });

  it.each([1, 2, 10, 65536, 65537, 3_000_000_019, 2 ** 32 - 1, 2 ** 32])(
    'integer: the host stream below %i, bit for bit',
    async (limit) => {
      const rng = new Rng(7);
      const spec = { distribution: 'integer', count: 5000, limit } as const;
      const [actual] = await rig.run(random(spec), [state(7)], [{ length: 5000, type: 'u32' }]);
      expect(actual).toEqual(Uint32Array.from({ length: 5000 }, () => rng.integer(limit)));
    },
  );

  it('normal: the host stream within 1e-5', async () => {
    const rng = new Rng(7);
    expectClose(
      await draw('normal', state(7)),
      Float64Array.from({ length: COUNT }, () => rng.normal()),
      { abs: 1e-5 },
    );
  });

  it.each(['uniform', 'normal'] as const)(
    '%s: element i depends on counter + i alone, carries included',
    async (name) => {
      const whole = await draw(name, state(3, 0xffffffff - 50, 6), 300);
      for (const skipped of [1, 50, 51, 52, 100, 101]) {
        const rest = await draw(name, state(3, (0xffffffff - 50 + skipped) >>> 0, skipped > 50 ? 7 : 6), 199);
        expect([...rest]).toEqual([...whole.subarray(skipped, skipped + 199)]);
      }
    },
  );

  it('the two normals of a block are independent', async () => {
    const x = await draw('normal', state(12));
    const pairs = Array.from({ length: COUNT / 2 }, (_, i) => x[2 * i]! * x[2 * i + 1]!);
    const squares = Array.from({ length: COUNT / 2 }, (_, i) => (x[2 * i]! ** 2 - 1) * (x[2 * i + 1]! ** 2 - 1));
    for (const [values, deviation] of [
      [pairs, 1],
      [squares, 2],
    ] as const) {
      const average = values.reduce((a, b) => a + b, 0) / values.length;
      expect(Math.abs(average)).toBeLessThan((4 * deviation) / Math.sqrt(values.length));
    }
  });

  it('advance adds to the 64-bit counter', async () => {
    const [after] = await rig.run(advance({ count: 100 }), [], [{ from: state(3, 0xffffffff - 50, 6) }]);
    expect([...after!]).toEqual([3, 0, 49, 7]);
    const [again] = await rig.run(advance({ count: 100 }), [], [{ from: after! }]);
    expect([...again!]).toEqual([3, 0, 149, 7]);
  });

  it('seeds give different streams', async () => {
    const [a, b] = [await draw('uniform', state(1), 1000), await draw('uniform', state(2), 1000)];
    expect(a.filter((x, i) => x === b[i]).length).toBeLessThan(3);
  });

  it('has the moments and the distribution that it should', async () => {
    const uniform = await draw('uniform', state(11));
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * COUNT));
    expect(ksDistance(uniform, (x) => x)).toBeLessThan(1.95 / Math.sqrt(COUNT));
    const normal = await draw('normal', state(12));

    expect(Math.abs(mean(normal))).toBeLessThan(4 / Math.sqrt(COUNT));
    expect(Math.abs(variance(normal) - 1)).toBeLessThan(4 * Math.sqrt(2 / COUNT));
    expect(ksDistance(normal, normalCdf)).toBeLessThan(1.95 / Math.sqrt(COUNT));
  });
});
