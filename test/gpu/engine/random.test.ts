/** Distributions: what comes of whole numbers against the host's stream, bit for bit; the others against their statistics. */
import { Rng } from '@ganvas/kernels-wgsl';
import {
  capture,
  erf,
  erfinv,
  randomBernoulli,
  randomCategorical,
  randomGenerator,
  randomInteger,
  randomPermutation,
  randomTruncatedNormal,
  type Shape,
  type TruncatedNormalOptions,
  tensor,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();

const SEED = 5;
const generator = () => randomGenerator(SEED);
const COUNT = 20_000;
const counterOf = async (state: ReturnType<typeof generator>) => (await state.data())[2];

describe('randomInteger', () => {
  it('draws what the host draws, bit for bit, call after call', async () => {
    const [state, rng] = [generator(), new Rng(SEED)];
    const draw = capture(() => randomInteger(state, [7, 3], 1_000_003));
    for (let call = 0; call < 3; call++) {
      const numbers = draw();
      expect(numbers.dtype).toBe('u32');
      expect(await numbers.data()).toEqual(Uint32Array.from({ length: 21 }, () => rng.integer(1_000_003)));
    }
    expect(await counterOf(state)).toBe(63);
  });

  it('draws every number as often as any other', async () => {
    const counts = new Array<number>(10).fill(0);
    for (const n of await randomInteger(generator(), [COUNT], 10).data()) counts[n]!++;
    expect(chiSquare(counts, () => COUNT / 10)).toBeLessThan(27.9); // 9 degrees of freedom: once in a thousand
  });

  it.each([0, 1.5, 2 ** 32 + 1, Number.NaN])('refuses the limit %d', (limit) => {
    expect(() => randomInteger(generator(), [2], limit)).toThrow(
      `integer: limit: expected a whole number from 1 to 2³², got ${limit}`,
    );
  });
});

const chiSquare = (counts: readonly number[], expected: (i: number) => number) =>
  counts.reduce((total, n, i) => total + (n - expected(i)) ** 2 / expected(i), 0);

describe('randomBernoulli', () => {
  it.each([0, 0.3, 1])('is 1 where the host’s number is below %d, bit for bit', async (p) => {
    const rng = new Rng(SEED);
    const mask = await randomBernoulli(generator(), [40, 50], p).data();
    expect(mask).toEqual(Float32Array.from({ length: 2000 }, () => Number(rng.uniform() < Math.fround(p))));
  });

  it('takes a probability for each place', async () => {
    const mask = randomBernoulli(generator(), [COUNT / 4, 4], tensor([0, 0.1, 0.75, 1]));
    const counts = [0, 0, 0, 0];
    (await mask.data()).forEach((x, i) => {
      counts[i % 4]! += x;
    });
    const means = counts.map((n) => n / (COUNT / 4));
    expect([means[0], means[3]]).toEqual([0, 1]);
    expect(Math.abs(means[1]! - 0.1)).toBeLessThan(4 * Math.sqrt(0.09 / (COUNT / 4)));
    expect(Math.abs(means[2]! - 0.75)).toBeLessThan(4 * Math.sqrt(0.1875 / (COUNT / 4)));
  });

  it('refuses what is no probability', () => {
    expect(() => randomBernoulli(generator(), [2], 1.5)).toThrow(
      'randomBernoulli: p: expected a probability from 0 to 1',
    );
  });
});

describe('randomTruncatedNormal', () => {
  /** Simpson's rule over the density. */
  const normalArea = (from: number, to: number) => {
    const [n, f] = [2000, (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)];
    const h = (to - from) / n;
    return Array.from({ length: n + 1 }, (_, i) => f(from + i * h) * (i === 0 || i === n ? 1 : i % 2 ? 4 : 2)).reduce(
      (a, b) => a + (b * h) / 3,
      0,
    );
  };

  it.each<[TruncatedNormalOptions, [number, number, number, number]]>([
    [{}, [0, 1, -2, 2]],
    [{ mean: 3, std: 0.02 }, [3, 0.02, 2.96, 3.04]],
    [{ low: 0.5, high: 9 }, [0, 1, 0.5, 9]],
    [{ mean: 1, std: 2, low: -30, high: 30 }, [1, 2, -30, 30]],
  ])('%j is the normal distribution between its bounds', async (options, [mean, std, low, high]) => {
    const state = generator();
    const sample = await randomTruncatedNormal(state, [COUNT], options).data();
    expect(await counterOf(state)).toBe(COUNT);
    const sorted = Float64Array.from(sample).sort();
    expect(sorted[0]).toBeGreaterThanOrEqual(Math.fround(low));
    expect(sorted.at(-1)).toBeLessThanOrEqual(Math.fround(high));
    const [a, b] = [Math.max(-8, (low - mean) / std), Math.min(8, (high - mean) / std)];
    const whole = normalArea(a, b);
    // Kolmogorov and Smirnov's distance at every 50th of the sample; above 1.95/√n once in a thousand.
    for (let i = 0; i < COUNT; i += 50) {
      const share = normalArea(a, (sorted[i]! - mean) / std) / whole;
      expect(Math.abs(share - i / COUNT)).toBeLessThan(1.95 / Math.sqrt(COUNT));
    }
  });

  it('refuses bounds in the wrong order', () => {
    expect(() => randomTruncatedNormal(generator(), [2], { low: 1, high: -1 })).toThrow(
      'randomTruncatedNormal: expected std above 0 and low below high, got 1, 1 and -1',
    );
  });
});

describe('randomCategorical', () => {
  it('draws classes as often as softmax says', async () => {
    const logits = [2, -1, 0.5, 0, -4];
    const drawn = randomCategorical(generator(), tensor(logits), [COUNT]);
    expect([drawn.dtype, drawn.shape]).toEqual(['i32', [COUNT]]);
    const counts = logits.map(() => 0);
    for (const n of await drawn.data()) counts[n]!++;
    const total = logits.reduce((sum, l) => sum + Math.exp(l), 0);
    expect(chiSquare(counts, (i) => (COUNT * Math.exp(logits[i]!)) / total)).toBeLessThan(18.5); // 4 degrees of freedom
  });

  it('gives rare classes their share', async () => {
    const rare = await randomCategorical(generator(), tensor([0, Math.log(2e-3)]), [50_000]).data();
    const count = Array.from(rare).filter((n) => n === 1).length;
    expect(Math.abs(count - 99.8)).toBeLessThan(4 * Math.sqrt(100));
  });

  it('draws one of each row, and none that is impossible', async () => {
    const rows = tensor([
      [0, 1000, 0],
      [-1e9, -1e9, 0],
    ]);
    expect(Array.from(await randomCategorical(generator(), rows).data())).toEqual([1, 2]);
    const more = randomCategorical(generator(), rows, [50, 2]);
    expect(Array.from(await more.data())).toEqual(Array.from({ length: 100 }, (_, i) => 1 + (i % 2)));
  });
});

describe('randomPermutation', () => {
  it.each([1, 2, 100, 1000])('ranks the host’s words, %i of them, bit for bit', async (n) => {
    const [state, rng] = [generator(), new Rng(SEED)];
    const words = Array.from({ length: n }, () => rng.integer(2 ** 32));
    const sorted = [...words].sort((a, b) => a - b);
    const permutation = randomPermutation(state, n);
    expect(await permutation.data()).toEqual(Uint32Array.from(words, (word) => sorted.indexOf(word)));
    expect(await counterOf(state)).toBe(n);
  });

  it('takes every order as often as any other', async () => {
    const state = generator();
    const draw = capture(() => randomPermutation(state, 3));
    const log = draw.log();
    const counts = new Map<string, number>();
    for (let i = 0; i < 600; i++) {
      draw();
      for (const row of await log.arrived()) counts.set(row.join(), (counts.get(row.join()) ?? 0) + 1);
    }
    for (const row of await log.flush()) counts.set(row.join(), (counts.get(row.join()) ?? 0) + 1);
    expect(counts.size).toBe(6);
    expect(chiSquare([...counts.values()], () => 100)).toBeLessThan(20.5); // 5 degrees of freedom
  });

  it.each([0, 2.5, 16385])('refuses %d', (n) => {
    expect(() => randomPermutation(generator(), n)).toThrow(
      'randomPermutation: n: expected a whole number from 1 to 16384',
    );
  });
});

describe('erfinv', () => {
  it('undoes erf, and is exact where that is known', async () => {
    const x = Float32Array.from({ length: 399 }, (_, i) => (i - 199) / 200);
    const back = await erf(erfinv(tensor(x))).data();
    x.forEach((value, i) => {
      expect(Math.abs(back[i]! - value)).toBeLessThan(1e-6);
    });
    const known: [number, number][] = [
      [0.5, 0.4769362762044699],
      [-0.9, -1.1630871536766743],
      [1 - 2 ** -20, 3.465505025803331],
      [1e-4, 8.862269278e-5],
      [0, 0],
    ];
    const values = await erfinv(tensor(known.map(([at]) => at))).data();
    known.forEach(([, expected], i) => {
      expect(Math.abs(values[i]! - expected)).toBeLessThanOrEqual(3e-6 * Math.abs(expected));
    });
  });
});

it('a generator of another shape is refused, by name', () => {
  const draws = [(g: ReturnType<typeof generator>, shape: Shape) => randomInteger(g, shape, 5)];
  for (const draw of draws)
    expect(() => draw(tensor([1, 2]), [3])).toThrow(
      'integer: expected a generator made by randomGenerator(seed), got f32[2]',
    );
});
