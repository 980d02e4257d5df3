/** Generated digits, judged: in full with intervals, or at a glance while training goes on. */
import { type BootstrapOptions, bootstrap, type Interval, meanOf } from '../metrics/bootstrap.ts';
import { classBalance, confidences, likeliestClasses, readAsAsked } from '../metrics/class-balance.ts';
import { type FeatureStatistics, featureStatistics, mergeStatistics } from '../metrics/feature-statistics.ts';
import { frechetDistance, frechetDistanceFrom } from '../metrics/frechet-distance.ts';
import { inceptionScore } from '../metrics/inception-score.ts';
import { kernelDistance } from '../metrics/kernel-distance.ts';
import { precisionRecall } from '../metrics/precision-recall.ts';
import { type Rows, spreadRows, takeRows } from '../metrics/rows.ts';
import type { MnistJudge } from './digit-judge.ts';
import type { Figure, Judgement } from './judgement.ts';
import type { ReadableImages } from './reader.ts';

export interface Samples extends ReadableImages {
  /** `[count]`: which digit each was asked to be; null or absent where none was. */
  labels?: ArrayLike<number> | null;
}

export interface JudgeOptions {
  /** Features of real digits, for the kernel distance, precision and recall. Default: those of the 10,000 test digits. */
  real?: Rows;
  /** Of each bootstrap. Default 200. */
  resamples?: number;
  /** Of the draws. Default 0. */
  seed?: number;
}

/** Samples of either kind that precision and recall take at most: their time grows with the square. */
const MANIFOLD = 5000;
/** Samples in a subset of the kernel distance, at most. */
const SUBSET = 1000;
/** Parts of the samples that the interval of a Fréchet distance draws from. */
const PARTS = 100;

/**
 * What a judge finds at a glance, no intervals: MNIST score, MNIST-FD, confidence, classes hit, and label accuracy. A thousand
 * samples do. MNIST-FD grows as samples become fewer: figures of as many samples compare.
 */
export async function glanceAtDigits(judge: MnistJudge, samples: Samples): Promise<Judgement> {
  const { probabilities, features } = await judge.read(samples);
  const answers = likeliestClasses(probabilities);
  const figure = (name: string, value: number): Figure => ({
    name,
    value,
    low: null,
    high: null,
    samples: samples.count,
  });
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
  return [
    figure('MNIST score', inceptionScore(probabilities)),
    figure('MNIST-FD', frechetDistance(judge.statistics, featureStatistics(features))),
    figure('confidence', mean(confidences(probabilities))),
    figure('classes hit', classBalance(answers).hit),
    ...(samples.labels ? [figure('label accuracy', mean(readAsAsked(answers, samples.labels)))] : []),
  ];
}

/**
 * Everything that a judge finds of digits [count, height, width, 1]: class balance, confidence, MNIST score, MNIST-FD from the 10,000
 * test digits, kernel distance, precision and recall, and label accuracy. Intervals hold 95 %.
 * @throws Error for less than four samples
 */
export async function judgeDigits(judge: MnistJudge, samples: Samples, options: JudgeOptions = {}): Promise<Judgement> {
  const { resamples = 200, seed = 0 } = options;
  const { count, labels } = samples;
  if (count < 4) throw new Error(`judgeDigits: expected at least 4 samples, got ${count}`);
  const { probabilities, features } = await judge.read(samples);
  const real = options.real ?? (await judge.real()).features;
  const answers = likeliestClasses(probabilities);
  const { hit, shares } = classBalance(answers, probabilities.width);
  const draw = { resamples, seed };
  const mean = (name: string, values: ArrayLike<number>): Figure => ({
    ...{ name, samples: values.length },
    ...bootstrap(values.length, meanOf(values), draw),
  });
  const among = (statistic: (indices: Uint32Array) => number): Interval & { samples: number } => ({
    ...bootstrap(count, statistic, { ...draw, centred: true }),
    samples: count,
  });
  return [
    { name: 'MNIST score', ...among((indices) => inceptionScore(probabilities, indices)) },
    { name: 'MNIST-FD', ...frechetInterval(judge.statistics, features, draw), samples: count },
    kernelFigure(real, features, draw),
    ...manifoldFigures(real, features, mean),
    mean('confidence', confidences(probabilities)),
    ...(labels ? [mean('label accuracy', readAsAsked(answers, labels))] : []),
    { name: 'classes hit', value: hit, low: null, high: null, samples: count },
    { name: 'class entropy', ...among((indices) => classBalance(indices.map((i) => answers[i]!)).entropy) },
    ...shares.map((_, digit) =>
      mean(
        `share of ${digit}`,
        answers.map((answer) => (answer === digit ? 1 : 0)),
      ),
    ),
  ];
}

/** Resamples whole parts of the samples, whose statistics are taken once: each resample would else cost as much as the figure. */
function frechetInterval(reference: FeatureStatistics, features: Rows, draw: BootstrapOptions): Interval {
  const parts = Math.min(PARTS, Math.floor(features.count / 2));
  const edge = (part: number) => Math.floor((part * features.count) / parts);
  const statistics = Array.from({ length: parts }, (_, part) => {
    const rows = Uint32Array.from({ length: edge(part + 1) - edge(part) }, (_, i) => edge(part) + i);
    return featureStatistics(takeRows(features, rows));
  });
  const distance = frechetDistanceFrom(reference);
  const figure = (indices: Uint32Array) => distance(mergeStatistics(Array.from(indices, (i) => statistics[i]!)));
  return bootstrap(parts, figure, { ...draw, centred: true });
}

/** As many subsets as share no sample, so that they are independent and can be resampled: ten at least, small ones of few samples. */
function kernelFigure(real: Rows, features: Rows, draw: BootstrapOptions): Figure {
  const least = Math.min(real.count, features.count);
  const size = Math.max(2, Math.min(SUBSET, Math.floor(least / 10)));
  const subsets = Math.floor(least / size);
  const { values } = kernelDistance(real, features, { subsets, size, seed: draw.seed });
  return { name: 'kernel distance', ...bootstrap(subsets, meanOf(values), draw), samples: subsets * size };
}

function manifoldFigures(real: Rows, features: Rows, mean: (name: string, values: Uint8Array) => Figure): Figure[] {
  const most = Math.min(MANIFOLD, real.count, features.count);
  const { realistic, covered } = precisionRecall(spreadRows(real, most), spreadRows(features, most));
  return [mean('precision', realistic), mean('recall', covered)];
}
