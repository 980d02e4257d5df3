/** The comparison as tables for docs/training.md. */
import { significant } from '@ganvas/tensor';
import type { RecipeResults, RecipeRun } from './store.ts';

/** @returns the text, and the recipes of digits in the order of the table, which the picture follows */
export function renderTables({ device, runs }: RecipeResults): { text: string; pictured: string[] } {
  const digits = byRecipe(runs.filter(({ data }) => data === 'mnist'));
  const ranked = [...digits].sort(([, a], [, b]) => mean(column(a, 'MNIST-FD')) - mean(column(b, 'MNIST-FD')));
  const points = byRecipe(runs.filter(({ data }) => data !== 'mnist'));
  const text = [
    `${device.adapter}, ${device.date?.slice(0, 10)}. Means over the seeds, and their range.`,
    '',
    '| recipe | seeds | MNIST-FD | MNIST score | MNIST-FD without the average |',
    '|---|---:|---:|---:|---:|',
    ...ranked.map(([name, of]) =>
      row([name, String(of.length), spread(column(of, 'MNIST-FD')), spread(column(of, 'MNIST score')), rawOf(of)]),
    ),
    '',
    ...criticLines(digits),
    ...(points.size > 0 ? pointTable(points) : []),
  ];
  return { text: text.join('\n'), pictured: ranked.map(([name]) => name) };
}

function byRecipe(runs: readonly RecipeRun[]): Map<string, RecipeRun[]> {
  const groups = new Map<string, RecipeRun[]>();
  for (const run of runs) groups.set(run.recipe, [...(groups.get(run.recipe) ?? []), run]);
  return groups;
}

function rawOf(runs: readonly RecipeRun[]): string {
  const raw = runs.flatMap((run) => (run.raw ? [run.raw['MNIST-FD']!] : []));
  return raw.length > 0 ? spread(raw) : '–';
}

/** What a critic under a gradient penalty should show: slopes near 1, and a distance that falls as samples get better. */
function criticLines(digits: ReadonlyMap<string, readonly RecipeRun[]>): string[] {
  const courses = [...digits.values()].flat().filter(({ course }) => course.some(({ slope }) => slope !== undefined));
  if (courses.length === 0) return [];
  const slopes = courses.map(({ course }) => course.at(-1)!.slope!);
  const correlations = courses.map(({ course }) =>
    correlation(
      course.map(({ lossD }) => -lossD!),
      course.map((moment) => moment['MNIST score']!),
    ),
  );
  return [
    `WGAN-GP: at the end the critic's mean slope is ${spread(slopes)}. Over the course of a run the critic's estimate of the ` +
      `distance, −loss D, and the MNIST score correlate with r = ${spread(correlations)}: the distance falls as the samples get better.`,
    '',
  ];
}

function pointTable(points: ReadonlyMap<string, readonly RecipeRun[]>): string[] {
  const cells = (runs: readonly RecipeRun[], data: string) => {
    const of = runs.filter((run) => run.data === data);
    if (of.length === 0) return ['0', '–', '–'];
    return [String(of.length), spread(column(of, 'modes')), spread(column(of, 'quality').map((q) => 100 * q))];
  };
  return [
    '| points | ring: seeds | modes of 8 | good samples, % | grid: seeds | modes of 25 | good samples, % |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...[...points].map(([name, runs]) => row([name, ...cells(runs, 'ring'), ...cells(runs, 'grid')])),
  ];
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const column = (runs: readonly RecipeRun[], name: string): number[] => runs.map(({ figures }) => figures[name]!);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: readonly number[]): string =>
  values.length === 1 || Math.min(...values) === Math.max(...values)
    ? significant(values[0]!)
    : `${significant(mean(values))} (${significant(Math.min(...values))}–${significant(Math.max(...values))})`;

/** Pearson's r. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (f: (i: number) => number) => a.reduce((total, _, i) => total + f(i), 0);
  const covariance = sum((i) => (a[i]! - meanA) * (b[i]! - meanB));
  return covariance / Math.sqrt(sum((i) => (a[i]! - meanA) ** 2) * sum((i) => (b[i]! - meanB) ** 2));
}
