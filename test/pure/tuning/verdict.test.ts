/** From times to rungs, and from rungs to the table that comes with the package. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SHIPPED } from '@ganvas/tensor';
import { parseTuneOptions } from '../../../bench/tune/options.ts';
import { printShipped, shippedWith } from '../../../bench/tune/ship.ts';
import { judge, loss, summarizeLosses, verdictTable } from '../../../bench/tune/verdict.ts';

const names = { key: 'sum [8]', first: 'a', untuned: 'a' };
const verdict = (times: Record<string, number>, untuned = 'a') => judge({ ...names, untuned }, { times, left: {} });

describe('judge', () => {
  it('takes the fastest, where it beats the first of the order by more than the noise', () => {
    expect(verdict({ a: 2, b: 1, c: 3 })).toMatchObject({ rung: 'b', ms: 1, against: { a: 2, c: 3 } });
    expect(verdict({ a: 1.02, b: 1 })).toMatchObject({ rung: 'a', ms: 1.02, against: { b: 1 } });
    expect(verdict({ a: 1.04, b: 1 })).toMatchObject({ rung: 'b' });
  });

  it('says nothing where there is nothing to compare', () => {
    expect(verdict({ a: 2 })).toBeNull();
    expect(verdict({ b: 2, c: 1 })).toBeNull();
  });
});

it('the summary is the geometric mean of untuned over tuned, and the worst', () => {
  const verdicts = [verdict({ a: 2, b: 1 })!, verdict({ a: 1, b: 2 })!, verdict({ a: 8, b: 2, c: 16 }, 'c')!];
  expect(verdicts.map(loss)).toEqual([2, 1, 8]);
  const { mean, worst } = summarizeLosses(verdicts);
  expect(mean).toBeCloseTo(16 ** (1 / 3), 12);
  expect(worst).toBe(8);
  expect(verdictTable(verdicts).split('\n')).toEqual([
    'untuned  ms    tuned  ms    ratio  kernel work',
    'a        2.00  b      1.00  2.00   sum [8]',
    'a        1.00               1.00   sum [8]',
    'c        16.0  b      2.00  8.00   sum [8]',
  ]);
});

describe('the shipped table', () => {
  const file = readFileSync(
    fileURLToPath(new URL('../../../packages/tensor/src/tuning/shipped.ts', import.meta.url)),
    'utf8',
  );

  it('has a line where the first of the order is not the best, and keeps what was not measured', () => {
    const before = { 'sum [8]': 'c', 'sum [64]': 'c' };
    expect(shippedWith(before, [verdict({ a: 2, b: 1 })!])).toEqual({ 'sum [8]': 'b', 'sum [64]': 'c' });
    expect(shippedWith(before, [verdict({ a: 1, b: 2 })!])).toEqual({ 'sum [64]': 'c' });
  });

  it('is written as it is', () => {
    expect(printShipped(file, SHIPPED)).toBe(file);
  });

  it('is replaced, and nothing else of its file', () => {
    const tables = { 'llvmpipe, robustness off': { 'sum [8]': 'b', 'matmul [8,8]': '$1' } };
    const printed = printShipped(file, tables);
    expect(printed).toContain(
      "= {\n  'llvmpipe, robustness off': {\n    'matmul [8,8]': '$1',\n    'sum [8]': 'b',\n  },\n};\n",
    );
    expect(printShipped(printed, SHIPPED)).toBe(file);
  });
});

describe('the command line', () => {
  it('has defaults', () => {
    expect(parseTuneOptions(['dcgan'])).toMatchObject({ filter: 'dcgan', adapter: 'auto', budget: 300, ship: false });
  });

  it.each([
    [['--budget', 'long'], /--budget long: expected seconds/],
    [['--fast'], /^tune: Unknown option '--fast'/],
    [['sum', '4M'], /expected one FILTER, got "sum" and "4M"/],
  ])('%j is one line', (args, message) => {
    expect(() => parseTuneOptions(args)).toThrow(message);
  });
});
