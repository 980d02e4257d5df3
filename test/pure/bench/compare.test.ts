import { compareReports } from '../../../bench/compare.ts';
import type { CaseResult } from '../../../bench/report.ts';

const result = (over: Partial<CaseResult>): CaseResult => ({
  ...{ case: 'matmul', engine: 'ganvas', rung: 'naive', ms: 10, p25: 9.9, p75: 10.1 },
  ...{ gflops: 1, gbps: 1, roofline: 0.5, clock: 'gpu', wall: 10, compile: 1, samples: 9, outliers: 0 },
  ...over,
});
const report = (...cases: Partial<CaseResult>[]) => ({ cases: cases.map(result) });
const verdicts = (before: Partial<CaseResult>, now: Partial<CaseResult>) =>
  compareReports(report(before), report(now)).map((c) => c.verdict);

it('calls a difference one only beyond both spreads and 5 %', () => {
  expect(verdicts({}, { ms: 10.4 })).toEqual(['same']);
  expect(verdicts({}, { ms: 10.6 })).toEqual(['slower']);
  expect(verdicts({}, { ms: 9.6 })).toEqual(['same']);
  expect(verdicts({}, { ms: 9.4 })).toEqual(['faster']);
  expect(verdicts({ p25: 8, p75: 12 }, { ms: 13 })).toEqual(['same']);
  expect(verdicts({}, { ms: 13, p25: 10, p75: 16 })).toEqual(['same']);
  expect(verdicts({ p25: 8, p75: 12 }, { ms: 15 })).toEqual(['slower']);
});

it('reports the ratio of the times and the noise that it was held against', () => {
  const [comparison] = compareReports(report({ p75: 11.9 }), report({ ms: 15 }));
  expect(comparison).toMatchObject({ case: 'matmul', ratio: 1.5, verdict: 'slower' });
  expect(comparison!.noise).toBeCloseTo(0.2);
});

it('compares what both reports have, engine by engine', () => {
  const before = report({ case: 'a' }, { case: 'b' }, { case: 'c', engine: 'other' });
  const now = report({ case: 'b' }, { case: 'c' }, { case: 'd' });
  expect(compareReports(before, now).map((c) => c.case)).toEqual(['b']);
});

it('follows a case to its new rung, unless there are several to follow', () => {
  const [changed] = compareReports(report({ rung: 'old' }), report({ rung: 'new', ms: 5 }));
  expect(changed).toMatchObject({ before: { rung: 'old' }, now: { rung: 'new' }, verdict: 'faster' });

  const ladder = [
    { rung: 'naive', ms: 100 },
    { rung: 'tile', ms: 10 },
  ];
  const compared = compareReports(report(...ladder), report({ rung: 'tile', ms: 20 }, { rung: 'new', ms: 1 }));
  expect(compared.map((c) => [c.now.rung, c.ratio])).toEqual([['tile', 2]]);
});

it("compares an engine's results with its own", () => {
  const before = report({}, { engine: 'jax-js', rung: 'op', ms: 40 });
  const now = report({ ms: 5 }, { engine: 'jax-js', rung: 'op', ms: 80 });
  expect(compareReports(before, now).map((c) => [c.now.engine, c.ratio])).toEqual([
    ['ganvas', 0.5],
    ['jax-js', 2],
  ]);
});
