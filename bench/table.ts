/** The suite's output on a terminal: plain text, at most 100 columns. */
import { percent, significant } from '@ganvas/tensor';
import type { MeasuredCeilings } from './ceilings.ts';
import type { Comparison } from './compare.ts';
import type { Machine } from './machine.ts';
import type { CaseResult, Untimed } from './report.ts';

export { percent, significant };

const WIDTH = 100;

export interface Column {
  title: string;
  width: number;
  /** Text to the left, numbers (the default) to the right. */
  left?: boolean;
}

/** Words that are too long are cut. */
const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

const row = (columns: readonly Column[], cells: readonly string[]): string =>
  columns
    .map(({ width, left }, i) => (left ? cut(cells[i]!, width).padEnd(width) : cells[i]!.padStart(width)))
    .join(' ')
    .trimEnd();
const titles = (columns: readonly Column[]): string =>
  row(
    columns,
    columns.map((c) => c.title),
  );

export const table = (columns: readonly Column[], rows: readonly (readonly string[])[]): string =>
  [titles(columns), ...rows.map((cells) => row(columns, cells))].join('\n');

const RESULT_COLUMNS: Column[] = [
  { title: '  rung', width: 31, left: true },
  { title: 'ms', width: 7 },
  { title: 'p25', width: 7 },
  { title: 'p75', width: 7 },
  { title: 'out', width: 6 },
  { title: 'wall ms', width: 7 },
  { title: 'compile', width: 7 },
  { title: 'GFLOP/s', width: 7 },
  { title: 'GB/s', width: 6 },
  { title: 'roof', width: 6 },
];

/** Our rungs by name, other engines by theirs. */
export const contenderName = ({ engine, rung }: Pick<CaseResult, 'engine' | 'rung'>): string =>
  engine === 'ganvas' ? rung : engine;

export const resultTitles = (): string => titles(RESULT_COLUMNS);

/** A line under its case's name. */
export function resultRow(r: CaseResult): string {
  return row(RESULT_COLUMNS, [
    `  ${contenderName(r)}`,
    significant(r.ms),
    significant(r.p25),
    significant(r.p75),
    `${r.outliers}/${r.samples}`,
    significant(r.wall),
    significant(r.compile),
    significant(r.gflops),
    significant(r.gbps),
    percent(r.roofline),
  ]);
}

/** Under the lines of a training step: how many a second, by wall time, engine by engine. */
export function stepRateRow(results: readonly CaseResult[]): string {
  const rates = results.map((r) => `${contenderName(r)} ${significant(1000 / r.wall)}`);
  return cut(`  steps a second: ${rates.join(', ')}`, WIDTH);
}

/** In the place of a result's line. */
export function untimedRow(u: Untimed): string {
  return cut(`  ${contenderName(u).padEnd(29)} not timed: ${u.reason}`, WIDTH);
}

const COMPARISON_COLUMNS: Column[] = [
  { title: '  rung', width: 31, left: true },
  { title: 'before', width: 7 },
  { title: 'now', width: 7 },
  { title: 'ratio', width: 6 },
  { title: 'noise', width: 6 },
  { title: '', width: 6, left: true },
];

/** Milliseconds then and now; a ratio above 1 is a loss. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap((c, i) => [
    ...(c.case === comparisons[i - 1]?.case ? [] : [c.case]),
    row(COMPARISON_COLUMNS, [
      `  ${contenderName(c.now)}`,
      significant(c.before.ms),
      significant(c.now.ms),
      significant(c.ratio),
      `±${percent(c.noise)}`,
      c.verdict === 'same' ? '' : c.verdict,
    ]),
  ]);
  return [titles(COMPARISON_COLUMNS), ...rows].join('\n');
}

/** `title  words`, broken at spaces to the width. */
function entry(title: string, text: string): string {
  const indent = 10;
  const lines = text.match(new RegExp(`.{1,${WIDTH - indent}}(?: |$)|\\S+ ?`, 'g')) ?? [];
  return lines.map((line, i) => `${(i === 0 ? title : '').padEnd(indent)}${line.trimEnd()}`).join('\n');
}

export function machineLines(m: Machine): string {
  return [
    entry('device', `${m.adapter} (${m.class}, ${m.backend}), driver ${m.driver}`),
    entry('', `features ${m.features.join(', ') || 'none'}; ${m.toggles.join(', ')}`),
    entry('machine', `${m.processor}, ${m.threads} threads, Node ${m.node}, Dawn ${m.dawn}, ${m.date}`),
  ].join('\n');
}

export const peerLines = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([engine, version], i) => entry(i === 0 ? 'peers' : '', `${engine}: ${version}`))
    .join('\n');

export function ceilingLines(c: MeasuredCeilings): string {
  const costs = [
    `eager op ${significant(c.eagerOpUs)}`,
    `replayed step ${significant(c.replayUs)}`,
    `dispatch ${significant(c.dispatchUs)}`,
    `encode ${significant(c.encodeUs)}`,
    `submit ${significant(c.submitUs)}`,
    `readback ${significant(c.readbackUs)}`,
  ];
  const less = c.streams.slice(0, -1).map(({ bytes, gbps }) => `${significant(gbps)} of ${bytes / 2 ** 20} MB`);
  return [
    entry('roofline', `multiply-add peak ${significant(c.gflops)} GFLOP/s, memory ${significant(c.gbps)} GB/s`),
    entry('', `less data, GB/s: ${less.reverse().join(', ')}`),
    entry('costs, µs', costs.join(', ')),
  ].join('\n');
}
