/**
 * The measured tables of the kernel ladders, in each family's README of the gallery, between two markers. A table has the rungs of
 * a case from naive up, and a pair of columns for each class of adapter; measuring one class leaves what others measured.
 */
import type { AdapterClass } from '@ganvas/kernels-wgsl';
import type { Machine } from './machine.ts';
import type { CaseResult } from './report.ts';
import { percent, significant } from './table.ts';

const BEGIN = '<!-- measured:begin -->';
const END = '<!-- measured:end -->';
const CLASSES: readonly AdapterClass[] = ['gpu', 'llvmpipe', 'swiftshader'];

/** A rung on an adapter: `32.9 (2.10×)`, and `8.15 GFLOP/s (12.0%)`. */
type Pair = [time: string, rate: string];

interface Measured {
  /** A line of adapter, driver and date for each class that was measured. */
  adapters: Map<string, string>;
  /** Case, rung, class. */
  tables: Map<string, Map<string, Map<string, Pair>>>;
}

/**
 * @param readme the whole text; its block is replaced, and made at the end where there is none
 * @param results of the family's cases on this machine, in the rungs of the ladder
 */
export function updateMeasured(readme: string, machine: Machine, results: readonly CaseResult[]): string {
  const [before, block, after] = blockOf(readme);
  const measured = parse(block);
  measured.adapters.set(machine.class, adapterLine(machine));
  for (const name of new Set(results.map((r) => r.case))) {
    const rungs = results.filter((r) => r.case === name);
    const table = measured.tables.get(name) ?? new Map<string, Map<string, Pair>>();
    for (const pairs of table.values()) pairs.delete(machine.class);
    for (const [rung, pair] of pairsOf(rungs)) table.set(rung, (table.get(rung) ?? new Map()).set(machine.class, pair));
    measured.tables.set(name, table);
  }
  return `${before}${BEGIN}\n${render(measured)}\n${END}${after}`;
}

/** What is measured of a case in a family's README: each rung, from naive up, and its texts by class of adapter. */
export function readLadder(readme: string, name: string): [rung: string, pairs: ReadonlyMap<string, Pair>][] {
  return byPlace(parse(blockOf(readme)[1]).tables.get(name) ?? []);
}

function blockOf(readme: string): [before: string, block: string, after: string] {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) return [`${readme.trimEnd()}\n\n`, '', '\n'];
  return [readme.slice(0, begin), readme.slice(begin + BEGIN.length, end), readme.slice(end + END.length)];
}

const adapterLine = (m: Machine): string =>
  `${m.adapter}, ${m.driver}, ${m.threads} threads of ${m.processor}, ${m.toggles[0]}, ${m.date.slice(0, 10)}`;

/** The number at the beginning of a rung's name; those without one come last, in their order. */
const place = (rung: string): number => Number(/^\d+(?=-)/.exec(rung)?.[0] ?? Number.POSITIVE_INFINITY);
const byPlace = <T>(rungs: Iterable<[string, T]>): [string, T][] =>
  [...rungs].sort(([a], [b]) => (place(a) === place(b) ? 0 : place(a) - place(b)));

/** Each time with its ratio to the rung below, each rate with its share of the roofline. */
function pairsOf(rungs: readonly CaseResult[]): [string, Pair][] {
  const ladder = byPlace(rungs.map((r) => [r.rung, r] as [string, CaseResult]));
  return ladder.map(([rung, { ms, gflops, gbps, roofline }], i) => {
    const below = ladder[i - 1]?.[1].ms;
    const rate = rateUnit(rungs[0]!) === 'GB/s' ? gbps : gflops;
    const gain = below === undefined ? '' : ` (${significant(below / ms)}×)`;
    return [rung, [`${significant(ms)}${gain}`, `${significant(rate)} ${rateUnit(rungs[0]!)} (${percent(roofline)})`]];
  });
}

/** Fewer than 4 operations a byte are bound by the memory of any adapter, so that bytes are what counts. */
const rateUnit = ({ gflops, gbps }: CaseResult): string => (gflops < 4 * gbps ? 'GB/s' : 'GFLOP/s');

function render({ adapters, tables }: Measured): string {
  const classes = CLASSES.filter((c) => adapters.has(c));
  const lines = [
    'Milliseconds (times as fast as the rung below), and the rate (share of what the roofline allows):',
    '',
    ...classes.map((c) => `- ${c}: ${adapters.get(c)}`),
  ];
  for (const [name, rungs] of tables) {
    const here = classes.filter((c) => [...rungs.values()].some((pairs) => pairs.has(c)));
    const cells = (row: readonly string[]) => `| ${row.join(' | ')} |`;
    lines.push(
      ...['', `### ${name}`, ''],
      cells(['rung', ...here.flatMap((c) => [`${c}: ms`, `${c}: rate`])]),
      cells(['---', ...here.flatMap(() => ['---:', '---:'])]),
      ...byPlace(rungs)
        .filter(([, pairs]) => pairs.size > 0)
        .map(([rung, pairs]) => cells([rung, ...here.flatMap((c) => pairs.get(c) ?? ['–', '–'])])),
    );
  }
  return lines.join('\n');
}

/** What `render` wrote. */
function parse(block: string): Measured {
  const measured: Measured = { adapters: new Map(), tables: new Map() };
  let table = new Map<string, Map<string, Pair>>();
  let classes: string[] = [];
  for (const line of block.split('\n')) {
    const [, adapter, text] = /^- (\w+): (.*)$/.exec(line) ?? [];
    if (adapter && text) measured.adapters.set(adapter, text);
    const [, name] = /^### (.*)$/.exec(line) ?? [];
    if (name) {
      table = new Map();
      measured.tables.set(name, table);
    }
    if (!line.startsWith('| ') || line.startsWith('| ---')) continue;
    const [rung, ...cells] = line.slice(2, -2).split(' | ');
    if (rung === 'rung') classes = cells.filter((_, i) => i % 2 === 0).map((title) => title.split(':')[0]!);
    else {
      const pairs = classes.map((c, i): [string, Pair] => [c, [cells[2 * i]!, cells[2 * i + 1]!]]);
      table.set(rung!, new Map(pairs.filter(([, [time]]) => time !== '–')));
    }
  }
  return measured;
}
