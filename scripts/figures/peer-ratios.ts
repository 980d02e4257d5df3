/** How many times as fast as other engines this one is, on every adapter and processor that was measured with them. */
import { comparePeers } from '../../bench/peer-table.ts';
import { markdownTable, resultsOf, type Table } from './measured.ts';

const RUNS = [
  ['llvmpipe, Zen 5', 'llvmpipe'],
  ['llvmpipe, Zen 3', 'llvmpipe-zen3'],
  ['SwiftShader', 'swiftshader'],
] as const;

const times = (ratio: number | null | undefined): string =>
  ratio === null || ratio === undefined ? '–' : ratio.toFixed(ratio < 10 ? 1 : 0);

const ratios: Table = () => {
  const runs = RUNS.map(([, file]) => new Map(comparePeers(resultsOf(file)).map((c) => [c.case, c])));
  const names = [...new Set(runs.flatMap((run) => [...run.keys()]))];
  const row = (name: string) =>
    runs.flatMap((run) => {
      const { ratio, wall } = run.get(name) ?? {};
      return [ratio, wall?.['tfjs-wasm'] && wall['tfjs-wasm'] / wall.ganvas!].map(times);
    });
  return markdownTable(
    ['case', ...RUNS.flatMap(([title]) => [title, 'wasm'])],
    names.map((name) => [`\`${name}\``, ...row(name)]),
  );
};

export const peerTables: Readonly<Record<string, Table>> = { 'peer-ratios': ratios };
