/** Other engines beside this one, by wall time. */
import type { Case } from './cases.ts';
import type { PeerGap } from './peers/engine.ts';
import { ganFlops, isGan, isRecipe } from './peers/gan.ts';
import type { CaseResult, Report } from './report.ts';
import { type Column, significant, table } from './table.ts';

/** The peers that compute on the same device. */
const ON_THE_DEVICE = ['tfjs-webgpu', 'jax-js'];

export interface PeerComparison {
  case: string;
  /** Milliseconds of wall time by engine; ganvas as its user calls it. */
  wall: Record<string, number>;
  /** How many times as fast as the better of the WebGPU peers; null where none has a time. */
  ratio: number | null;
}

/** Of the cases that another engine has computed as well. */
export function comparePeers({ cases }: Pick<Report, 'cases'>): PeerComparison[] {
  const names = [...new Set(cases.map((c) => c.case))];
  return names.flatMap((name) => {
    const results = cases.filter((c) => c.case === name);
    const own = results.find(isOwn);
    const peers = results.filter((c) => c.engine !== 'ganvas');
    if (!own || peers.length === 0) return [];
    const wall = Object.fromEntries([own, ...peers].map((c) => [c.engine, c.wall]));
    const best = Math.min(...ON_THE_DEVICE.map((engine) => wall[engine] ?? Number.POSITIVE_INFINITY));
    return [{ case: name, wall, ratio: Number.isFinite(best) ? best / own.wall : null }];
  });
}

const isOwn = ({ engine, rung }: CaseResult): boolean => engine === 'ganvas' && rung === 'captured';

/** Milliseconds of wall time, and how many times as fast as the better of the WebGPU peers this engine is. */
export function peerTable(report: Pick<Report, 'cases'>): string {
  const comparisons = comparePeers(report);
  const engines = [...new Set(comparisons.flatMap(({ wall }) => Object.keys(wall)))];
  const columns: Column[] = [
    { title: 'wall ms', width: 42, left: true },
    ...engines.map((title) => ({ title, width: 11 })),
    { title: 'ratio', width: 7 },
  ];
  const time = (ms: number | undefined) => (ms === undefined ? '–' : significant(ms));
  return table(
    columns,
    comparisons.map((c) => [
      c.case,
      ...engines.map((engine) => time(c.wall[engine])),
      c.ratio === null ? '–' : `${significant(c.ratio)}×`,
    ]),
  );
}

/** What the recipe of each training step asks for: the same of every engine, but for the one that is ganvas's alone. */
export function recipeLines({ cases }: Pick<Report, 'cases'>, measured: readonly Case[]): string[] {
  return measured.flatMap(({ name, problem }) => {
    const own = cases.find((c) => c.case === name && isOwn(c));
    if (!isGan(problem) || problem.op === 'cgan' || !own) return [];
    const [recipe, all] = [ganFlops(problem), own.gflops * own.ms * 1e6];
    const whose = isRecipe(problem)
      ? 'every engine runs the same recipe'
      : problem.op === 'acgan'
        ? "ganvas's recipe for the same nets"
        : 'every engine runs the script';
    return [
      `${name}: ${whose}, ${operations(recipe)} in products and convolutions`,
      `  (${operations(all)} in all of ganvas's kernels, ${significant(own.wall)} ms)`,
    ];
  });
}

const operations = (flops: number): string =>
  flops < 1e8 ? `${significant(flops / 1e6)} Mflop` : `${significant(flops / 1e9)} Gflop`;

/** What an engine cannot do of these cases, or does in another way than one would expect. */
export function gapLines(gaps: readonly PeerGap[], measured: readonly Case[]): string[] {
  const ops = new Set(measured.map(({ problem }) => problem.op));
  const lines = gaps.filter(({ op }) => ops.has(op)).map(({ engine, op, reason }) => `${engine}, ${op}: ${reason}`);
  return [...new Set(lines)];
}
