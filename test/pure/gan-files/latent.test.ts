import fc from 'fast-check';
import { drawLatent, drawLatents, joinLatents } from '../../../packages/gan/src/latent/draws.ts';
import { parseLatentSum, termText } from '../../../packages/gan/src/latent/expression.ts';
import { loopThrough, pathThrough, slerp } from '../../../packages/gan/src/latent/paths.ts';
import { onSphere, sumLatent, termLatent } from '../../../packages/gan/src/latent/sums.ts';

const length = (z: Float32Array) => Math.hypot(...z);
const expectNear = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-5) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(tolerance);
};

describe('drawLatents', () => {
  it('gives every seed a latent of its own, whichever is the first that is asked for', () => {
    const all = drawLatents(5, 4, { latent: 7 });
    expect(all.subarray(14, 21)).toEqual(drawLatent(7, { latent: 7 }));
    expect(joinLatents([5, 6, 7, 8].map((seed) => drawLatent(seed, { latent: 7 })))).toEqual(all);
    expect(new Set(all).size).toBe(28);
  });

  it('draws standard normal numbers, also over many seeds', () => {
    const z = drawLatents(1, 4000, { latent: 10 });
    const mean = z.reduce((sum, v) => sum + v / z.length, 0);
    const variance = z.reduce((sum, v) => sum + v ** 2 / z.length, 0) - mean ** 2;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });

  it('draws anew what lies beyond the truncation, and nothing else', () => {
    const whole = drawLatents(1, 500, { latent: 20 });
    const cut = drawLatents(1, 500, { latent: 20, truncation: 0.5 });
    expect(Math.max(...whole.map(Math.abs))).toBeGreaterThan(3);
    expect(Math.max(...cut.map(Math.abs))).toBeLessThanOrEqual(0.5);
    // Truncated at T: variance 1 − 2Tφ(T)/(2Φ(T) − 1), 0.0807 for T = 1/2. Clamping would give 0.17 and more.
    const variance = cut.reduce((sum, v) => sum + v ** 2 / cut.length, 0);
    expect(Math.abs(variance - 0.0807)).toBeLessThan(0.005);
    expect(drawLatent(3, { latent: 20, truncation: 10 })).toEqual(drawLatent(3, { latent: 20 }));
  });
});

describe('slerp', () => {
  it('goes along the quarter of a circle', () => {
    const half = slerp(Float32Array.of(2, 0), Float32Array.of(0, 2), 0.5);
    expectNear(half, [Math.SQRT2, Math.SQRT2]);
    expectNear(slerp(Float32Array.of(2, 0), Float32Array.of(0, 2), 1 / 3), [Math.sqrt(3), 1]);
  });

  it('begins and ends where it should, and keeps the length of latents of one length', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.double({ min: 0, max: 1, noNaN: true }), (p, q, t) => {
        fc.pre(p !== q);
        const [a, b] = [p, q].map((seed) => onSphere(drawLatent(seed, { latent: 50 }))!) as [
          Float32Array,
          Float32Array,
        ];
        expectNear(slerp(a, b, 0), a);
        expectNear(slerp(a, b, 1), b);
        expect(length(slerp(a, b, t))).toBeCloseTo(Math.sqrt(50), 3);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['the same', [1, 2], [1, 2]],
    ['opposite', [1, 2], [-1, -2]],
    ['single', [1], [-3]],
    ['without a length', [0, 0], [1, 1]],
  ])('goes straight between latents that are %s', (_, a, b) => {
    const [from, to] = [a, b].map((v) => Float32Array.from(v)) as [Float32Array, Float32Array];
    expectNear(
      slerp(from, to, 0.25),
      a.map((v, i) => 0.75 * v + 0.25 * b[i]!),
    );
  });
});

describe('paths', () => {
  const stops = [1, 2, 3].map((seed) => drawLatent(seed, { latent: 30 }));

  it('pass every stop once, from the first to the last', () => {
    const path = pathThrough(stops, 5);
    expect(path).toHaveLength(9);
    for (const [i, stop] of stops.entries()) expectNear(path[4 * i]!, stop);
    expectNear(path[1]!, slerp(stops[0]!, stops[1]!, 1 / 4));
  });

  it('close: the step from the last frame to the first is as long as any', () => {
    const loop = loopThrough(stops, 30);
    expect(loop).toHaveLength(30);
    for (const [i, stop] of stops.entries()) expectNear(loop[10 * i]!, stop);
    const gaps = loop.map((z, i) => length(z.map((v, k) => v - loop[(i + 1) % 30]![k]!)));
    expect(Math.max(...gaps) / Math.min(...gaps)).toBeLessThan(2);
    // Fewer frames than stops: some are passed over, none is asked for that is not there.
    expectNear(loopThrough(stops, 2)[1]!, slerp(stops[1]!, stops[2]!, 0.5));
  });
});

describe('parseLatentSum', () => {
  it.each([
    ['3', [[1, [3]]]],
    [
      '3 - 1 + 4',
      [
        [1, [3]],
        [-1, [1]],
        [1, [4]],
      ],
    ],
    [
      '3-1+4',
      [
        [1, [3]],
        [-1, [1]],
        [1, [4]],
      ],
    ],
    [
      '-3 + mean( 1,2 ,3)',
      [
        [-1, [3]],
        [1, [1, 2, 3]],
      ],
    ],
    ['mean(7)', [[1, [7]]]],
  ])('reads %j', (text, expected) => {
    expect(parseLatentSum(text)).toEqual(expected.map(([sign, seeds]) => ({ sign, seeds })));
  });

  it.each([
    ['', '"": expected a seed or mean(…), found its end'],
    ['3 +', '"3 +": expected a seed or mean(…) after "3 +", found its end'],
    ['3 4', '"3 4": expected "+" or "-" after "3", found "4"'],
    ['3 + + 4', 'after "3 +", found "+"'],
    ['a - b', 'expected a seed or mean(…), found "a"'],
    ['3 * 2', 'expected "+" or "-" after "3", found "*"'],
    ['3.5', 'expected "+" or "-" after "3", found ".5"'],
    ['mean', 'expected "(" after "mean", found its end'],
    ['mean()', 'expected a seed after "mean (", found ")"'],
    ['mean(1', 'expected "," or ")" after "mean ( 1", found its end'],
    ['mean(1,)', 'found ")"'],
    ['meaning(1)', 'found "meaning"'],
    ['(3)', 'found "("'],
    ['9007199254740993', 'found "9007199254740993"'],
  ])('refuses %j in a line with the place', (text, message) => {
    expect(() => parseLatentSum(text)).toThrow(SyntaxError);
    expect(() => parseLatentSum(text)).toThrow(message);
    expect(() => parseLatentSum(text)).toThrow(/^[^\n]*$/);
  });

  it('reads what it writes, and fails only with a SyntaxError', () => {
    const seeds = fc.array(fc.nat(), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(seeds, (s) =>
        expect(parseLatentSum(termText({ sign: 1, seeds: s }))).toEqual([{ sign: 1, seeds: s }]),
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseLatentSum(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});

describe('sums of latents', () => {
  const options = { latent: 12 };
  const of = (seed: number) => drawLatent(seed, options);

  it('add and subtract, means as they are', () => {
    const sum = sumLatent(parseLatentSum('3 - 1 + mean(4, 5)'), options);
    const [three, one, four, five] = [3, 1, 4, 5].map(of) as [Float32Array, Float32Array, Float32Array, Float32Array];
    expectNear(
      sum,
      three.map((v, i) => v - one[i]! + (four[i]! + five[i]!) / 2),
    );
    expect(termLatent({ sign: -1, seeds: [3] }, options)).toEqual(three);
  });

  it('come to the length of a normal latent, or have no direction', () => {
    const sum = sumLatent(parseLatentSum('3 + 1 + 2'), options);
    const there = onSphere(sum)!;
    expect(length(there)).toBeCloseTo(Math.sqrt(12), 5);
    const scale = there[0]! / sum[0]!;
    expectNear(
      there,
      sum.map((v) => scale * v),
    );
    expect(onSphere(sumLatent(parseLatentSum('3 - 3'), options))).toBeNull();
  });
});
