/** Points of the plane, judged: which modes of a mixture come, and how many of the points lie well. */
import { type Mixture, modeCoverage } from '../data/points.ts';
import { bootstrap, meanOf } from '../metrics/bootstrap.ts';
import type { Judgement } from './judgement.ts';

/** For each of the points [count, 2] the mode that it counts for, or −1: see `modeCoverage`. */
export const modesOf = (mixture: Mixture, points: Float32Array): Int32Array =>
  Int32Array.from({ length: points.length / 2 }, (_, i) =>
    modeCoverage(mixture, points.subarray(2 * i, 2 * i + 2)).counts.indexOf(1),
  );

/**
 * Modes covered, and the share of high-quality points (VEEGAN). A resample misses a mode that is rarely hit, so the interval of the
 * modes, of 95 % like the other, is of what comes again, and may begin below the figure; it never ends above it.
 * @param points [count, 2]
 */
export function judgePoints(mixture: Mixture, points: Float32Array, { resamples = 200, seed = 0 } = {}): Judgement {
  const hit = modesOf(mixture, points);
  const samples = hit.length;
  const covered = (indices: Uint32Array) => {
    const modes = new Set<number>();
    for (const i of indices) if (hit[i]! >= 0) modes.add(hit[i]!);
    return modes.size;
  };
  const good = Uint8Array.from(hit, (mode) => (mode >= 0 ? 1 : 0));
  const draw = { resamples, seed };
  return [
    { name: `modes of ${mixture.centres.length}`, ...bootstrap(samples, covered, draw), samples },
    { name: 'share of good samples', ...bootstrap(samples, meanOf(good), draw), samples },
  ];
}
