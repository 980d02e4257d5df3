/** Two reports against each other. */
import type { CaseResult, Report } from './report.ts';

export interface Comparison {
  case: string;
  /** Rungs, then and now: the choice may have changed. */
  before: CaseResult;
  now: CaseResult;
  /** New time over old: below 1 is a gain. */
  ratio: number;
  /** How far a ratio may be from 1 without meaning anything. */
  noise: number;
  verdict: 'faster' | 'slower' | 'same';
}

/** No two runs agree better than this: clock rates, caches, and what else the machine does. */
const LEAST_NOISE = 0.05;

const spread = ({ p25, p75, ms }: CaseResult): number => (p75 - p25) / ms;

/**
 * The results that both reports have. Of a case with one rung in each report these two are compared, of one with several the
 * equal ones. A difference counts where it is larger than both runs' interquartile ranges and 5 %.
 */
export function compareReports(before: Pick<Report, 'cases'>, now: Pick<Report, 'cases'>): Comparison[] {
  return now.cases.flatMap((result) => {
    const candidates = before.cases.filter((c) => c.case === result.case && c.engine === result.engine);
    const several = now.cases.filter((c) => c.case === result.case && c.engine === result.engine).length > 1;
    const old =
      candidates.find((c) => c.rung === result.rung) ??
      (candidates.length === 1 && !several ? candidates[0] : undefined);
    if (!old) return [];
    const ratio = result.ms / old.ms;
    const noise = Math.max(LEAST_NOISE, spread(old), spread(result));
    const verdict = ratio > 1 + noise ? 'slower' : ratio < 1 / (1 + noise) ? 'faster' : 'same';
    return [{ case: result.case, before: old, now: result, ratio, noise, verdict }];
  });
}
