import { readFileSync } from 'node:fs';
import { CASES } from '../../../bench/cases.ts';
import { caseChart, headlines, KINDS, mainChart, rooflineChart } from '../../../bench/charts.ts';
import { renderHtml } from '../../../bench/html.ts';
import { renderPng } from '../../../bench/png.ts';
import type { CaseResult, Report } from '../../../bench/report.ts';
import { ROOT } from '../../documents.ts';

const result = (name: string, engine: string, rung: string, over: Partial<CaseResult> = {}): CaseResult => ({
  ...{ case: name, engine, rung, ms: 33.3, p25: 33, p75: 34, gflops: 8.05, gbps: 0.0944, roofline: 0.115 },
  ...{ clock: 'gpu', wall: 34, compile: 50, samples: 20, outliers: 1 },
  ...over,
});

const REPORT: Report = {
  device: {
    ...{ adapter: 'An <adapter> & more', class: 'gpu', driver: 'D', backend: 'vulkan', features: ['subgroups'] },
    ...{ toggles: ['robustness on'], processor: 'P', threads: 2, node: 'v20', dawn: '0.6.2' },
    date: '2026-01-01T00:00:00.000Z',
  },
  roofline: {
    gflops: 70,
    gbps: 5,
    streams: [
      { bytes: 2 ** 21, gbps: 9.87 },
      { bytes: 2 ** 29, gbps: 5 },
    ],
    eagerOpUs: 87.6,
    replayUs: 4,
    dispatchUs: 5,
    encodeUs: 2.5,
    submitUs: 6,
    readbackUs: 7,
  },
  cases: [
    result('matmul 512x512x512', 'ganvas', '4-wide-tile'),
    result('matmul 512x512x512', 'ganvas', '0-naive', { ms: 333, roofline: 0.0115, gflops: 0.805 }),
    result('sum 4M', 'ganvas', '3-chunked', { gflops: 1.5, gbps: 6, roofline: 1.2 }),
  ],
  untimed: [{ case: 'matmul 512x512x512', engine: 'ganvas', rung: '8-double-buffer', reason: 'took 24 s to compile' }],
  peers: {},
};
const WITH_PEERS: Report = {
  ...REPORT,
  peers: { 'jax-js': '0.1.25' },
  cases: [
    result('matmul 512x512x512', 'ganvas', 'captured'),
    result('matmul 512x512x512', 'jax-js', 'op', { ms: 170, wall: 170, gflops: 1.58, roofline: 0.0226, clock: 'wall' }),
  ],
};

describe('the page', () => {
  const library = readFileSync(`${ROOT}/node_modules/echarts/dist/echarts.common.min.js`, 'utf8');
  const page = renderHtml(REPORT).replace(library, '');

  it('needs nothing from elsewhere', () => {
    expect(renderHtml(REPORT)).toContain(library);
    expect(page).not.toMatch(/https?:|src=|@import|<link/);
  });

  it('has the device, the costs, every result, and what was not timed', () => {
    for (const text of [
      'An &lt;adapter&gt; &amp; more',
      '<td>87.6</td>',
      '<td>2 MB</td><td>9.87</td>',
      'took 24 s to compile',
      '8.05 GFLOP/s',
    ])
      expect(page).toContain(text);
    for (const { rung } of REPORT.cases) expect(page).toContain(rung);
    expect(page).not.toContain('<adapter>');
  });

  it('carries its charts as data, one for each element to draw in', () => {
    const options = JSON.parse(/const options = (.*);\n/.exec(page)![1]!) as object[];
    const charts = [mainChart(REPORT), rooflineChart(REPORT), ...['matmul 512x512x512', 'sum 4M'].map(chartOf)];
    expect(options).toEqual(JSON.parse(JSON.stringify(charts.map((c) => c.option))));
    const elements = Array.from(page.matchAll(/id="chart-(\d+)"/g), (m) => Number(m[1]));
    expect(elements).toEqual(options.map((_, i) => i));
  });

  it('compares engines where others were measured', () => {
    expect(page).not.toContain('<h2>Engines</h2>');
    expect(renderHtml(WITH_PEERS)).toContain('<td>34.0</td><td>170</td><td>5.00×</td>');
  });
});

const chartOf = (name: string) => caseChart(REPORT.cases.filter((c) => c.case === name));

describe('charts', () => {
  it('stand for a case by the rung that the engine takes', () => {
    expect(headlines(REPORT).map((r) => r.rung)).toEqual(['4-wide-tile', '3-chunked']);
  });

  it('draw the roofline through its ridge', () => {
    const [line, cached, ...points] = rooflineChart(REPORT).option.series as { data: unknown[]; name?: string }[];
    expect(line!.data).toEqual([
      [0.1, 0.5],
      [14, 70],
      [100, 70],
    ]);
    expect(cached!.data).toEqual([
      [0.1, 0.987],
      [70 / 9.87, 70],
      [100, 70],
    ]);
    expect(points.map((p) => p.name)).toEqual(KINDS.map((kind) => kind.name));
    expect(points[2]!.data).toEqual([
      { name: 'sum 4M, 3-chunked: 6.00 GB/s, 120% of the roofline', value: [0.25, 1.5] },
    ]);
  });

  it('know the kind of every case of the suite', () => {
    for (const { name } of CASES) expect(KINDS.filter(({ pattern }) => pattern.test(name))).toHaveLength(1);
  });

  it('hold other engines against the roofline by wall time', () => {
    const { series, xAxis } = mainChart(WITH_PEERS).option as {
      series: { name: string; data: { value: number }[] }[];
      xAxis: { type: string };
    };
    const share = (name: string) => series.find((s) => s.name === name)!.data[0]!.value;
    expect(xAxis.type).toBe('log');
    expect(share('ganvas')).toBeCloseTo((11.5 * 33.3) / 34);
    expect(share('jax-js')).toBeCloseTo(2.26);
  });
});

it('the picture is a PNG of the main chart, twice as fine', async () => {
  const png = await renderPng(REPORT);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBe(1800);
  expect(png.readUInt32BE(20)).toBe(2 * (mainChart(REPORT).height + 64));
  expect((await renderPng(WITH_PEERS)).length).toBeGreaterThan(1000);
});
