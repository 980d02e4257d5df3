/** Figures that a classifier's answers give. */
import {
  classBalance,
  confidences,
  inceptionScore,
  likeliestClasses,
  type Rows,
  readAsAsked,
  stackedModes,
  stackedNumbers,
  takeRows,
} from '@ganvas/gan';
import { PROBABILITIES } from '../../fixtures/read-metrics.ts';

const rows = (...list: number[][]): Rows => ({
  values: Float64Array.from(list.flat()),
  count: list.length,
  width: list[0]!.length,
});

it('the likeliest class and its probability', () => {
  const p = rows([0.2, 0.5, 0.3], [0.4, 0.2, 0.4], [0, 0, 1]);
  expect([...likeliestClasses(p)]).toEqual([1, 0, 2]);
  expect([...confidences(p)]).toEqual([0.5, 0.4, 1]);
});

it('class balance', () => {
  const { shares, entropy, hit } = classBalance([3, 3, 1, 1, 1, 0, 0, 0], 4);
  expect(shares).toEqual([3 / 8, 3 / 8, 0, 2 / 8]);
  expect(entropy).toBeCloseTo(-(2 * 0.375 * Math.log(0.375) + 0.25 * Math.log(0.25)), 12);
  expect(hit).toBe(3);
  expect(classBalance([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).entropy).toBeCloseTo(Math.log(10), 12);
  expect(classBalance([4, 4, 4])).toMatchObject({ entropy: 0, hit: 1 });
});

it('label accuracy', () => {
  expect([...readAsAsked([1, 2, 3, 4], [1, 0, 3, 3])]).toEqual([1, 0, 1, 0]);
  expect(() => readAsAsked([1], [1, 2])).toThrow('readAsAsked: expected a label for each of 1 samples, got 2');
});

describe('inceptionScore', () => {
  it('is what numpy finds', () => {
    expect(inceptionScore(PROBABILITIES.rows)).toBeCloseTo(PROBABILITIES.score, 12);
  });

  it('is 1 where all answers are alike, the number of classes where each is sure and all come', () => {
    expect(inceptionScore(rows([0.2, 0.8], [0.2, 0.8]))).toBeCloseTo(1, 12);
    expect(inceptionScore(rows([1, 0, 0], [0, 1, 0], [0, 0, 1]))).toBeCloseTo(3, 12);
    expect(inceptionScore(rows([1, 0, 0], [1, 0, 0]))).toBeCloseTo(1, 12);
  });

  it('of some rows, repeated ones too, is that of a set of those', () => {
    const indices = [3, 3, 17, 0, 39, 8];
    const taken = takeRows(PROBABILITIES.rows, indices);
    expect(inceptionScore(PROBABILITIES.rows, indices)).toBeCloseTo(inceptionScore(taken), 12);
  });
});

describe('Stacked MNIST', () => {
  it('numbers are read from their channels', () => {
    expect([...stackedNumbers([1, 2, 3, 0, 0, 7, 9, 9, 9])]).toEqual([123, 7, 999]);
    expect(() => stackedNumbers([1, 2])).toThrow('stackedNumbers: expected three digits a sample, got 2 digits');
  });

  it('all thousand, evenly, diverge by 0; one by ln 1000; half of them by ln 2', () => {
    const all = Array.from({ length: 2000 }, (_, i) => i % 1000);
    expect(stackedModes(all).modes).toBe(1000);
    expect(stackedModes(all).divergence).toBeCloseTo(0, 12);
    expect(stackedModes([5, 5, 5]).divergence).toBeCloseTo(Math.log(1000), 12);
    const half = stackedModes(all.map((n) => n % 500));
    expect(half.modes).toBe(500);
    expect(half.divergence).toBeCloseTo(Math.log(2), 12);
  });
});
