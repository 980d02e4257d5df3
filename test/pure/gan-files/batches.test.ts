import fc from 'fast-check';
import { batchIndices, stepsPerEpoch } from '../../../packages/gan/src/data/batches.ts';

const epoch = (seed: number, count: number, batch: number, number: number) => {
  const steps = stepsPerEpoch({ count, batch });
  return Array.from({ length: steps }, (_, i) => [
    ...batchIndices({ seed, count, batch, step: number * steps + i }),
  ]).flat();
};

describe('batchIndices', () => {
  it('shows every image at most once an epoch, and all that fill batches', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(),
        fc.nat(5),
        (a, b, seed, n) => {
          const [batch, count] = [Math.min(a, b), Math.max(a, b)];
          const seen = epoch(seed, count, batch, n);
          expect(seen.length).toBe(count - (count % batch));
          expect(new Set(seen).size).toBe(seen.length);
          expect(Math.max(...seen)).toBeLessThan(count);
        },
      ),
    );
  });

  it('gives a step the same batch whenever it is asked for', () => {
    const ask = (step: number) => [...batchIndices({ seed: 3, count: 100, batch: 8, step })];
    const forwards = Array.from({ length: 40 }, (_, step) => ask(step));
    for (const step of [39, 0, 25, 12, 11]) expect(ask(step)).toEqual(forwards[step]);
  });

  it('shuffles each epoch and each seed anew', () => {
    const order = (seed: number, n: number) => epoch(seed, 1000, 10, n).join();
    const orders = new Set([order(1, 0), order(1, 1), order(2, 0), order(2 ** 32 + 1, 0), order(1, 2)]);
    expect(orders.size).toBe(5);
  });

  it('puts every image in every place equally often', () => {
    const places = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
    const epochs = 5000;
    for (let n = 0; n < epochs; n++) for (const [place, image] of epoch(9, 5, 5, n).entries()) places[image]![place]!++;
    // χ² of the 5×5 table has 16 degrees of freedom: 45 is passed by chance once in 7,000.
    const expected = epochs / 5;
    const chiSquare = places.flat().reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(45);
  });

  it('refuses a batch larger than the data set, and a step that is none', () => {
    expect(() => batchIndices({ seed: 1, count: 10, batch: 11, step: 0 })).toThrow(
      'expected a batch of 1 to 10 images',
    );
    expect(() => batchIndices({ seed: 1, count: 10, batch: 5, step: -1 })).toThrow(
      'expected a step of 0 or more, got -1',
    );
  });
});
