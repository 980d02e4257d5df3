/** The measured ladders, read from where the benchmark writes them: the READMEs of the gallery. */
import { readLadder } from '../../bench/ladder-tables.ts';
import { galleryReadme } from './measured.ts';

export interface MeasuredRung {
  rung: string;
  /** By class of adapter, where the rung was measured on one. */
  ms: Record<string, number>;
  gflops: Record<string, number>;
}

/** @throws Error where the family's README has no such case */
export function measuredLadder(family: string, name: string): readonly MeasuredRung[] {
  const rungs = readLadder(galleryReadme(family), name);
  if (rungs.length === 0) throw new Error(`figures: the gallery's ${family} has no measured case ${name}`);
  return rungs.map(([rung, pairs]) => ({
    rung,
    ms: numbers(pairs, 0),
    gflops: numbers(pairs, 1),
  }));
}

/** The number at the beginning of each text: `8.15` of `8.15 GFLOP/s (12.0%)`. */
const numbers = (pairs: ReadonlyMap<string, readonly [string, string]>, part: 0 | 1): Record<string, number> =>
  Object.fromEntries(Array.from(pairs, ([adapter, pair]) => [adapter, Number.parseFloat(pair[part])]));
