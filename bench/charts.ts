/** The charts of a report as ECharts options: plain data, drawn by the page's script or into a PNG. */
import type { CaseResult, Report } from './report.ts';
import { bandwidth } from './roofline.ts';
import { contenderName, percent, significant } from './table.ts';

/** An ECharts option without functions, so that it travels as JSON. */
export type ChartOption = Readonly<Record<string, unknown>>;

export interface Chart {
  title: string;
  /** One sentence under the title. */
  about: string;
  /** Pixels. */
  height: number;
  option: ChartOption;
}

const OURS = '#2f7ed8';
const PEER_COLOURS: Record<string, string> = { 'tfjs-webgpu': '#f2a33a', 'tfjs-wasm': '#c46a9c', 'jax-js': '#58a55c' };
const LIMIT = '#999999';
const SHARE_AXIS = {
  axisLabel: { formatter: '{value}%', showMaxLabel: false },
  splitLine: { lineStyle: { opacity: 0.35 } },
};
/** Kinds of cases, by how their names begin; a training step's is that of its nets. */
export const KINDS = [
  { name: 'matrix products', colour: '#2f7ed8', pattern: /^matmul/ },
  { name: 'convolutions', colour: '#f2a33a', pattern: /^conv/ },
  { name: 'sums, maps, Adam', colour: '#58a55c', pattern: /^(sum|softmax|elementwise|batch-norm|adam|random)/ },
  { name: 'training steps', colour: '#c46a9c', pattern: /^[a-z-]*gan/ },
] as const;

/** Pixels for names, which a page as narrow as a phone leaves, and letters of a line of them. */
const NAMES = 150;
const LETTERS = 20;
const GRID = { left: NAMES + 12, right: 90, top: 8, bottom: 28 };
const names = (data: readonly string[]) => ({
  type: 'category',
  inverse: true,
  axisTick: { show: false },
  axisLabel: { fontSize: 11, lineHeight: 12, width: NAMES, overflow: 'break', interval: 0 },
  data: data.map((name) => (name.length > LETTERS ? name.replace(' ', '\n') : name)),
});

/** Of each case the one result that stands for this engine: what it takes. */
export function headlines({ cases }: Pick<Report, 'cases'>): CaseResult[] {
  const own = cases.filter(({ engine }) => engine === 'ganvas');
  return own.filter((r, i) => own.findIndex((other) => other.case === r.case) === i);
}

/** `8.15 GFLOP/s`, or GB/s of what does fewer than 4 operations a byte. */
const rate = ({ gflops, gbps }: CaseResult): string =>
  gflops < 4 * gbps ? `${significant(gbps)} GB/s` : `${significant(gflops)} GFLOP/s`;

/**
 * Operations a byte against GFLOP/s, both logarithmic: the lines are what the adapter allows, from memory and, where that is faster,
 * from a cache; a point is a case.
 */
export function rooflineChart(report: Report): Chart {
  const { gflops, gbps } = report.roofline;
  const cached = bandwidth(0, report.roofline);
  const ridge = gflops / gbps;
  const points = headlines(report).filter((r) => r.gflops > 0);
  const intensities = [...points.map((r) => r.gflops / r.gbps), ridge, gflops / cached];
  const least = 10 ** Math.floor(Math.log10(Math.min(...intensities)));
  const most = 10 ** Math.ceil(Math.log10(Math.max(...intensities)));
  const roof = (rate: number, type: 'solid' | 'dashed') => ({
    ...{ type: 'line', symbol: 'none', silent: true, lineStyle: { color: LIMIT, type } },
    data: [least, gflops / rate, most].map((x) => [x, Math.min(gflops, x * rate)]),
  });
  const axis = (name: string) => ({ type: 'log', name, nameLocation: 'middle' });
  return {
    title: 'Roofline',
    about: `What the adapter allows: ${significant(gflops)} GFLOP/s of arithmetic, or ${significant(gbps)} GB/s of memory, whichever is less${cached > gbps ? `; dashed, ${significant(cached)} GB/s of data that stays in a cache` : ''}. A point is a case, by the kernel that the engine takes.`,
    height: 460,
    option: {
      tooltip: { trigger: 'item', confine: true, formatter: '{b}' },
      legend: { top: 0 },
      grid: { left: 64, right: 24, top: 40, bottom: 48 },
      xAxis: { ...axis('operations a byte'), nameGap: 28, min: least, max: most },
      yAxis: { ...axis('GFLOP/s'), nameGap: 44 },
      series: [
        roof(gbps, 'solid'),
        ...(cached > gbps ? [roof(cached, 'dashed')] : []),
        ...KINDS.map(({ name, colour, pattern }) => ({
          type: 'scatter',
          name,
          color: colour,
          symbolSize: 11,
          data: points
            .filter((r) => pattern.test(r.case))
            .map((r) => ({
              name: `${r.case}, ${r.rung}: ${rate(r)}, ${percent(r.roofline)} of the roofline`,
              value: [r.gflops / r.gbps, r.gflops],
            })),
        })),
      ],
    },
  };
}

/** Every contender of a case as a bar: what share of the roofline it reaches. */
export function caseChart(results: readonly CaseResult[]): Chart {
  return {
    title: results[0]!.case,
    about: '',
    height: 36 + 26 * results.length,
    option: {
      tooltip: { trigger: 'item', confine: true, formatter: '{b}' },
      grid: GRID,
      xAxis: { type: 'value', ...SHARE_AXIS },
      yAxis: names(results.map(contenderName)),
      series: [
        {
          type: 'bar',
          barMaxWidth: 16,
          label: { show: true, position: 'right' },
          data: results.map((r) => ({
            name: `${contenderName(r)}: ${significant(r.ms)} ms, ${rate(r)}, ${percent(r.roofline)} of the roofline`,
            value: 100 * r.roofline,
            label: { formatter: `${significant(r.ms)} ms` },
            itemStyle: { color: PEER_COLOURS[r.engine] ?? OURS },
          })),
        },
      ],
    },
  };
}

/** A line at 100 %. */
const ROOFLINE = {
  type: 'line',
  data: [],
  markLine: {
    symbol: 'none',
    silent: true,
    label: { show: false },
    lineStyle: { color: LIMIT },
    data: [{ xAxis: 100 }],
  },
};

/**
 * Every case, against the roofline and the other engines that were measured. With these the axis is logarithmic and the times are
 * those of the host's clock, the one that all have.
 */
export function mainChart(report: Report): Chart {
  const own = headlines(report);
  const peers = [...new Set(report.cases.map((c) => c.engine))].filter((engine) => engine !== 'ganvas');
  const against = peers.length > 0;
  const share = (r: CaseResult) => 100 * r.roofline * (against ? r.ms / r.wall : 1);
  const bars = (engine: string) => ({
    type: 'bar',
    name: engine,
    barGap: '10%',
    itemStyle: { color: PEER_COLOURS[engine] ?? OURS },
    label: { show: engine === 'ganvas', position: 'right', fontSize: 11 },
    data: own.map(({ case: name }) => {
      const r = (engine === 'ganvas' ? own : report.cases).find((c) => c.case === name && c.engine === engine);
      return r ? { value: share(r), label: { formatter: rate(r) } } : '-';
    }),
  });
  const shares = report.cases.map(share);
  const decade = 10 ** Math.floor(Math.log10(0.8 * Math.min(...shares)));
  const axis = against ? { type: 'log', min: decade, startValue: decade } : { type: 'value', min: 0 };
  return {
    title: `${report.device.adapter}: share of the roofline`,
    about: `${significant(report.roofline.gflops)} GFLOP/s of arithmetic, ${significant(report.roofline.gbps)} GB/s of memory; ${report.device.threads} threads, ${report.device.date.slice(0, 10)}`,
    height: 80 + own.length * (against ? 22 + 12 * peers.length : 26),
    option: {
      ...(against && { legend: { top: 0, right: 0, itemGap: 28 } }),
      grid: { ...GRID, right: 100, top: against ? 34 : 8 },
      xAxis: { ...SHARE_AXIS, ...axis, max: Math.ceil(Math.max(100, ...shares)) },
      yAxis: names(own.map((r) => r.case)),
      series: [...['ganvas', ...peers].map(bars), ROOFLINE],
    },
  };
}
