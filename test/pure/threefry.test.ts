import { Rng, threefry2x32, type Words } from '@ganvas/kernels-wgsl';

describe('threefry2x32', () => {
  // Random123's kat_vectors, `threefry2x32 20`.
  it.each<{ key: Words; counter: Words; block: Words }>([
    { key: [0, 0], counter: [0, 0], block: [0x6b200159, 0x99ba4efe] },
    { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], block: [0x1cb996fc, 0xbb002be7] },
    { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], block: [0xc4923a9c, 0x483df7a0] },
  ])('key $key, counter $counter', ({ key, counter, block }) => {
    expect(threefry2x32(key, counter)).toEqual(block);
  });
});

describe('Rng', () => {
  const take = (rng: Rng, n: number) => Array.from({ length: n }, () => rng.uniform());

  it('gives the same stream for the same seed, and another for another', () => {
    expect(take(new Rng(5), 20)).toEqual(take(new Rng([5, 0]), 20));
    expect(take(new Rng(5), 20)).not.toEqual(take(new Rng(6), 20));
    expect(take(new Rng(5), 20)).not.toEqual(take(new Rng(5 + 2 ** 32), 20));
  });

  it('forks into streams that do not depend on what was drawn', () => {
    const rng = new Rng(5);
    const early = take(rng.fork(1), 20);
    take(rng, 7);
    expect(take(rng.fork(1), 20)).toEqual(early);
    expect(take(rng.fork(2), 20)).not.toEqual(early);
    expect(early).not.toEqual(take(new Rng(5), 20));
  });

  it('draws normals with the mean and spread asked for', () => {
    const [mean, std, n] = [3, 0.5, 20_000];
    const x = new Rng(8).normals(n, mean, std);
    const average = x.reduce((a, b) => a + b, 0) / n;
    const variance = x.reduce((a, b) => a + (b - average) ** 2, 0) / n;
    expect(Math.abs(average - mean)).toBeLessThan((4 * std) / Math.sqrt(n));
    expect(Math.abs(variance / std ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  it('draws whole numbers below a limit, each about equally often', () => {
    const counts = new Array<number>(6).fill(0);
    const rng = new Rng(9);
    for (let i = 0; i < 6000; i++) counts[rng.below(6)]!++;
    expect(counts.length).toBe(6);
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });

  it('says what a seed must be', () => {
    expect(() => new Rng(0.5)).toThrow('Rng: expected a whole number or two 32-bit words as seed, got 0.5');
  });
});
