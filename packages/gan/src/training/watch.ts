/** What goes wrong with GANs, seen in the numbers of a run, and what is usually done about it. */
import type { RunConfig } from '../config.ts';
import { isCrossEntropy } from '../losses/index.ts';
import { MODEL_SETTINGS } from '../models/create.ts';
import type { StepReport } from './reports.ts';

export interface Watch {
  /** @returns a warning with advice, the first time that it applies; else null */
  step(step: number, report: StepReport): string | null;
  /** The same for samples [count, size], values in [−1, 1], and what class each was asked to be, where G is told one. */
  samples(step: number, samples: Float32Array, count: number, labels?: Uint32Array | null): string | null;
}

/** Steps over which D's answers are averaged. */
const WINDOW = 200;
/** D is sure of 99 in 100 real and generated examples alike. */
const OUTRIGHT = 0.98;
/** Least spread of a pixel over samples of different noise: below it one sees one picture. */
const ALIKE = 0.02;
/** Least spread within a class as a share of the spread over all: 0.8 in MNIST; at 0.3 one sees one picture a class. */
const CLASS_ALIKE = 0.3;
/** Warnings of a kind in a run. */
const OFTEN = 3;

/** @param steps the least number of steps between two warnings of a kind. Default 1000 */
export function openWatch(config: RunConfig, steps = 1000): Watch {
  const gaps: number[] = [];
  const said = new Map<string, { times: number; step: number }>();
  const once = (kind: string, step: number, text: string): string | null => {
    const { times, step: last } = said.get(kind) ?? { times: 0, step: Number.NEGATIVE_INFINITY };
    if (times >= OFTEN || step - last < steps) return null;
    said.set(kind, { times: times + 1, step });
    return `step ${step}: ${text}`;
  };
  return {
    step(step, report) {
      if (report.skipped)
        return once(
          'skipped',
          step,
          `a loss or gradient was not finite and the update was skipped; ${remedies(config, 'finite')}`,
        );
      if (!isCrossEntropy(config.loss)) return null;
      gaps.push(report.dReal! - report.dFake!);
      if (gaps.length > WINDOW) gaps.shift();
      const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
      if (gaps.length < WINDOW || mean < OUTRIGHT) return null;
      return once('outright', step, `D wins outright, G learns nothing from it; ${remedies(config, 'outright')}`);
    },
    samples(step, samples, count, labels) {
      const differ = spread(samples, count);
      if (Number.isNaN(differ))
        return once('unsound', step, `the samples are not finite; ${remedies(config, 'finite')}`);
      // The first samples of a run are all alike, before G has learnt what z is for.
      if (step < WINDOW) return null;
      const whose =
        differ < ALIKE
          ? 'the samples'
          : labels && spreadWithin(samples, labels) < CLASS_ALIKE * differ
            ? 'the samples of a class'
            : null;
      return whose && once('collapse', step, `${whose} are all alike (mode collapse); ${remedies(config, 'collapse')}`);
    },
  };
}

/** Not finite: what a step reports of its losses and gradients. Penalties that a round leaves out do not count. */
export const isSound = ({ lossD, lossG, gradD = 0, gradG = 0 }: StepReport): boolean =>
  [lossD, lossG, gradD, gradG].every(Number.isFinite);

/** Mean over the values of a sample of their standard deviation over the samples. */
export function spread(samples: Float32Array, count: number): number {
  const size = samples.length / count;
  let total = 0;
  for (let at = 0; at < size; at++) {
    let sum = 0;
    let squares = 0;
    for (let n = 0; n < count; n++) {
      const value = samples[n * size + at]!;
      sum += value;
      squares += value * value;
    }
    total += Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  }
  return total / size;
}

/** The same among the samples of a class, in the mean over the classes. */
export function spreadWithin(samples: Float32Array, labels: Uint32Array): number {
  const size = samples.length / labels.length;
  const classes = new Map<number, number[]>();
  labels.forEach((label, n) => void classes.set(label, [...(classes.get(label) ?? []), n]));
  const spreads = [...classes.values()].map((members) => {
    const own = new Float32Array(members.length * size);
    members.forEach((n, i) => void own.set(samples.subarray(n * size, (n + 1) * size), i * size));
    return spread(own, members.length);
  });
  return spreads.reduce((a, b) => a + b, 0) / spreads.length;
}

/** What the run does not do yet, of what helps and goes with its model. */
export function remedies(config: RunConfig, trouble: 'outright' | 'collapse' | 'finite'): string {
  const lower = `a lower --lr-d (now ${config.lrD})`;
  const candidates: Record<typeof trouble, [done: boolean, flag: string][]> = {
    outright: [
      [false, lower],
      [config.labelSmoothing > 0, '--label-smoothing 0.1'],
      [config.spectralNorm, '--spectral-norm'],
      [config.r1 > 0, '--r1 10'],
      [config.dropout > 0, '--dropout 0.3'],
      [config.augment.length > 0, '--augment translation,cutout'],
    ],
    collapse: [
      [config.minibatch !== 'none', '--minibatch stddev'],
      [config.pack > 1 || !MODEL_SETTINGS[config.model].includes('pack'), '--pack 2'],
      [config.loss === 'wgan-gp', '--loss wgan-gp'],
      [config.spectralNorm, '--spectral-norm'],
      [false, lower],
    ],
    finite: [
      [false, `lower learning rates (now ${config.lrG} and ${config.lrD})`],
      [config.clipNorm > 0, '--clip-norm 1'],
      [config.onNonFinite === 'skip', '--on-non-finite skip'],
    ],
  };
  const open = candidates[trouble].filter(([done]) => !done).map(([, flag]) => flag);
  return `try ${open.slice(0, 4).join(', or ')}`;
}
