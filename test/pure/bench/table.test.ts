import { CASES } from '../../../bench/cases.ts';
import { comparePeers, peerTable, recipeLines } from '../../../bench/peer-table.ts';
import { PEER_ENGINES } from '../../../bench/peers/engine.ts';
import type { CaseResult } from '../../../bench/report.ts';
import {
  ceilingLines,
  comparisonTable,
  machineLines,
  percent,
  resultRow,
  resultTitles,
  significant,
  stepRateRow,
  untimedRow,
} from '../../../bench/table.ts';

const WIDTH = 100;
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

/** Every figure as wide as it gets. */
const RESULT: CaseResult = {
  ...{ case: 'matmul 4096x4096x4096', engine: 'ganvas', rung: 'register-tile-8x16-transposed' },
  ...{ ms: 12345.6, p25: 12300.1, p75: 0.0123456, gflops: 65432.1, gbps: 4321.98, roofline: 1.2345 },
  ...{ clock: 'gpu', wall: 12355.5, compile: 24000.7, samples: 500, outliers: 12 },
};

describe('significant', () => {
  it.each([
    [12345.6, '12300'],
    [1234.4, '1230'],
    [123.45, '123'],
    [99.96, '100'],
    [12.345, '12.3'],
    [1, '1.00'],
    [0.999, '0.999'],
    [0.9996, '1.00'],
    [0.012345, '0.0123'],
    [0, '0'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%d is %s', (value, text) => {
    expect(significant(value)).toBe(text);
  });

  it('writes shares in percent', () => {
    expect([0.121, 1.07, 0.00354].map(percent)).toEqual(['12.1%', '107%', '0.354%']);
  });
});

it('keeps results under their titles, within 100 columns', () => {
  const [title, line] = [resultTitles(), resultRow(RESULT)];
  expect(widest(title)).toBeLessThanOrEqual(WIDTH);
  expect(line).toHaveLength(title.length);
  expect(line).toMatch(/^ {2}register-tile-8x16-transposed {2,}12300 {3}12300 +0\.0123 12\/500 .*123%$/);
});

it('keeps comparisons within 100 columns, whatever the case', () => {
  const comparisons = CASES.map(({ name }) => ({
    ...{ case: name, before: RESULT, now: RESULT, ratio: 12.345, noise: 0.1234, verdict: 'slower' as const },
  }));
  const table = comparisonTable(comparisons);
  expect(table.split('\n')).toHaveLength(2 * CASES.length + 1); // a case, and its rung
  expect(table).toContain(`\n${CASES[0]!.name}\n  register-tile-8x16-transposed `);
  expect(widest(table)).toBeLessThanOrEqual(WIDTH);
});

it('cuts what would not fit', () => {
  const rung = '12-subgroup-matrix-16x16x16-wave64';
  expect(resultRow({ ...RESULT, rung })).toHaveLength(resultTitles().length);
  const line = untimedRow({ case: 'sum 4M', engine: 'ganvas', rung, reason: 'because '.repeat(20) });
  expect(line).toHaveLength(WIDTH);
  expect(line).toMatch(/^ {2}12-subgroup-matrix-16x16x16-wave64 not timed: because .*…$/);
});

describe('other engines', () => {
  const timed = (engine: string, rung: string, wall: number): CaseResult => ({ ...RESULT, engine, rung, wall });
  const own = timed('ganvas', 'captured', 10);

  it('stand beside the captured program, the ratio being to the better one on the device', () => {
    const cases = [own, timed('tfjs-webgpu', 'op', 80), timed('tfjs-wasm', 'op', 20), timed('jax-js', 'op', 45)];
    expect(comparePeers({ cases: [timed('ganvas', '0-naive', 1), ...cases] })).toEqual([
      { case: RESULT.case, wall: { ganvas: 10, 'tfjs-webgpu': 80, 'tfjs-wasm': 20, 'jax-js': 45 }, ratio: 4.5 },
    ]);
    expect(comparePeers({ cases: [own, timed('tfjs-wasm', 'op', 20)] })).toMatchObject([{ ratio: null }]);
    expect(comparePeers({ cases: [own] })).toEqual([]);
  });

  it('fit 100 columns, whatever the case', () => {
    const cases = CASES.flatMap(({ name }) =>
      [own, ...PEER_ENGINES.map((engine) => timed(engine, 'op', 123456))].map((r) => ({ ...r, case: name })),
    );
    const text = peerTable({ cases });
    expect(text.split('\n')).toHaveLength(CASES.length + 1);
    expect(widest(text)).toBeLessThanOrEqual(WIDTH);
    for (const { name } of CASES) expect(text).toContain(`\n${name} `);
    expect(text).toMatch(/^wall ms +ganvas tfjs-webgpu +tfjs-wasm +jax-js +ratio\n/);
    expect(widest(recipeLines({ cases }, CASES).join('\n'))).toBeLessThanOrEqual(WIDTH);
    expect(recipeLines({ cases }, CASES).join('\n')).toMatch(/^dcgan 28x28 w32 b64: every engine .* [\d.]+ Gflop/);
    expect(recipeLines({ cases }, CASES).join('\n')).toMatch(/\nacgan 28x28 w32 b100: ganvas's recipe .* 51\.\d Gflop/);
    expect(recipeLines({ cases }, CASES).join('\n')).toMatch(
      /\nacgan-script 28x28 w32 b100: .* the script, 87\.\d Gflop/,
    );
    expect(recipeLines({ cases }, CASES).join('\n')).toMatch(/\nmlp-gan ring b64 h32: every engine .* 1\.56 Mflop/);
  });

  it('are told in steps a second where the case is one', () => {
    const results = [own, timed('tfjs-webgpu', 'op', 80), timed('jax-js', 'op', 0.4)];
    expect(stepRateRow(results)).toBe('  steps a second: captured 100, tfjs-webgpu 12.5, jax-js 2500');
    const many = PEER_ENGINES.flatMap((engine) => [timed(engine, 'op', 1e-3), timed(engine, 'op', 1e-3)]);
    expect(stepRateRow(many)).toHaveLength(WIDTH);
  });
});

it('breaks long descriptions at spaces', () => {
  const machine = machineLines({
    ...{ adapter: 'An adapter with a name as long as names get', class: 'gpu', backend: 'vulkan' },
    driver: 'driver '.repeat(20).trim(),
    features: Array.from({ length: 30 }, (_, i) => `feature-${i}`),
    ...{ toggles: ['robustness on'], processor: 'x'.repeat(40), threads: 128 },
    ...{ node: 'v20.20.2', dawn: '0.6.2', date: '2026-11-22T07:11:17.607Z' },
  });
  expect(widest(machine)).toBeLessThanOrEqual(WIDTH);
  for (const word of ['feature-0', 'feature-29', 'robustness on', '128 threads', 'Dawn 0.6.2'])
    expect(machine).toContain(word);

  const ceilings = ceilingLines({
    ...{ gflops: 70.612, gbps: 5.7632 },
    streams: [2, 8, 32, 128, 512].map((mb, i) => ({ bytes: mb * 2 ** 20, gbps: 9.8765 - i })),
    ...{ eagerOpUs: 49.51, replayUs: 26.7, dispatchUs: 18.3, encodeUs: 2.5, submitUs: 5.66, readbackUs: 48.04 },
  });
  expect(widest(ceilings)).toBeLessThanOrEqual(WIDTH);
  expect(ceilings).toContain('70.6 GFLOP/s, memory 5.76 GB/s');
  expect(ceilings).toMatch(/\n +less data, GB\/s: 6\.88 of 128 MB, .*, 9\.88 of 2 MB\n/);
  expect(ceilings).toMatch(/\ncosts, µs eager op 49\.5, .* readback 48\.0$/);
});
