/** What the races say: which rung to take for a key, and how much the untuned choice loses. */
import type { MeasuredRung } from '@ganvas/tensor';
import type { Race } from './race.ts';

/** The family's first rung stays unless another one beats it by more than the noise. */
const NOISE = 0.03;

export interface Verdict extends MeasuredRung {
  key: string;
  /** First in the family's order. */
  first: string;
  /** What is taken without tuning: the shipped table's rung, or the first. */
  untuned: string;
}

/** Null where fewer than two rungs were timed. */
export function judge({ key, first, untuned }: Pick<Verdict, 'key' | 'first' | 'untuned'>, race: Race): Verdict | null {
  const times = Object.entries(race.times).sort(([, a], [, b]) => a - b);
  const [fastest] = times;
  const own = race.times[first];
  if (!fastest || own === undefined || times.length < 2) return null;
  const rung = fastest[1] * (1 + NOISE) < own ? fastest[0] : first;
  const { [rung]: ms, ...against } = race.times;
  return { key, first, untuned, rung, ms: ms!, against };
}

/** How many times as long as the tuned choice the untuned one takes. */
export const loss = ({ untuned, ms, against }: Verdict): number => (against[untuned] ?? ms) / ms;

export interface Summary {
  /** Geometric mean of the losses. */
  mean: number;
  worst: number;
}

export function summarizeLosses(verdicts: readonly Verdict[]): Summary {
  const losses = verdicts.map(loss);
  const mean = Math.exp(losses.reduce((sum, l) => sum + Math.log(l), 0) / Math.max(1, losses.length));
  return { mean, worst: Math.max(1, ...losses) };
}

/** A line a key: the untuned rung and the tuned one, each with its milliseconds, and how much the first loses. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const ms = (value: number | undefined) => (value === undefined ? '–' : value.toPrecision(3));
  const rows = verdicts.map((v) => {
    const changed = v.rung !== v.untuned;
    const before = ms(v.against[v.untuned] ?? v.ms);
    return [v.untuned, before, changed ? v.rung : '', changed ? ms(v.ms) : '', loss(v).toFixed(2), v.key];
  });
  const table = [['untuned', 'ms', 'tuned', 'ms', 'ratio', 'kernel work'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
