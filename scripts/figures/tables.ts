/** Tables of measured numbers for chapters 2 to 5. */
import { headlines } from '../../bench/charts.ts';
import type { CaseResult } from '../../bench/report.ts';
import { percent, significant } from '../../bench/table.ts';
import { measuredLadder } from './ladder.ts';
import { markdownTable, resultsOf, type Table } from './measured.ts';

const ADAPTERS = ['llvmpipe', 'swiftshader'] as const;
const MACHINE = 'Two software adapters on one machine with two processors.';
export const titled = (table: readonly string[]): readonly string[] => [MACHINE, '', ...table];

const costs: Table = () => {
  const rows = [
    ['encode one more dispatch (host)', 'encodeUs'],
    ['submit nothing', 'submitUs'],
    ['one more small dispatch, run', 'dispatchUs'],
    ['replay a captured step of one op', 'replayUs'],
    ['read 4 bytes back', 'readbackUs'],
    ['call one small op on its own', 'eagerOpUs'],
  ] as const;
  const cells = rows.map(([name, key]) => [name, ...ADAPTERS.map((a) => significant(resultsOf(a).roofline[key]))]);
  return titled(markdownTable(['microseconds', ...ADAPTERS], cells));
};

const roofs: Table = () =>
  titled(
    markdownTable(
      ['adapter', 'peak, GFLOP/s', 'memory, GB/s', 'ridge, operations a byte'],
      ADAPTERS.map((adapter) => {
        const { gflops, gbps } = resultsOf(adapter).roofline;
        return [adapter, significant(gflops), significant(gbps), significant(gflops / gbps)];
      }),
    ),
  );

export const ladderTable = (family: string, name: string): readonly string[] =>
  markdownTable(
    [name, ...ADAPTERS.flatMap((a) => [`${a}, ms`, `${a}, GFLOP/s`])],
    measuredLadder(family, name).map(({ rung, ms, gflops }) => [
      rung,
      ...ADAPTERS.flatMap((a) => [ms[a], gflops[a]].map((value) => (value === undefined ? '–' : significant(value)))),
    ]),
  );

/** What the engine takes for a case, by adapter. */
const ours = (adapter: (typeof ADAPTERS)[number], name: string): CaseResult | undefined =>
  headlines(resultsOf(adapter)).find((r) => r.case === name);

const rates = (names: readonly string[]): readonly string[] =>
  markdownTable(
    ['case', ...ADAPTERS.flatMap((a) => [`${a}, GFLOP/s`, 'of the roofline'])],
    names.map((name) => [
      name,
      ...ADAPTERS.flatMap((a) => {
        const result = ours(a, name);
        return result ? [significant(result.gflops), percent(result.roofline)] : ['–', '–'];
      }),
    ]),
  );

const LAYER = '64x14x14x64-7x7x128';

/** Wall times of each engine, the one clock that all have. */
export const engines = (adapter: (typeof ADAPTERS)[number], names: readonly string[]): readonly string[] => {
  const { cases } = resultsOf(adapter);
  const present = [...new Set(cases.map((r) => r.engine))];
  return markdownTable(
    [`${adapter}, ms`, ...present],
    names.map((name) => [
      name,
      ...present.map((engine) => {
        const result = cases.find((r) => r.case === name && r.engine === engine);
        return result ? significant(result.wall) : '–';
      }),
    ]),
  );
};

export const chapterTables: Readonly<Record<string, Table>> = {
  costs,
  roofs,
  'matmul-ladder': () => titled(ladderTable('matmul', 'matmul 512x512x512')),
  'convolution-and-product': () => titled(rates(['matmul 3136x1024x128', `conv2d ${LAYER}`])),
  'convolution-ladder': () => titled(ladderTable('conv2d', `conv2d ${LAYER}`)),
  'input-gradients': () =>
    titled(
      engines('llvmpipe', [`conv2d ${LAYER}`, `conv2d-input-grad ${LAYER}`, 'conv-transpose2d 64x7x7x128-14x14x64']),
    ),
  'weight-gradient-ladder': () => titled(ladderTable('conv2d-weight-grad', 'conv2d-weight-grad 64x28x28x1-14x14x64')),
};
