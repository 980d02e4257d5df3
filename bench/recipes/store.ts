/** Results of recipes, kept run by run: a comparison of hours can be stopped, and goes on where it was. */
import { existsSync, readFileSync } from 'node:fs';
import { accessFile, writeFileAtomic } from '@ganvas/gan';

export interface Moment {
  step: number;
  [figure: string]: number;
}

export interface RecipeRun {
  data: string;
  recipe: string;
  seed: number;
  /** Figures of the moving average of the weights (of the weights, where there is none), at the end. */
  figures: Record<string, number>;
  /** The same of the weights themselves. */
  raw: Record<string, number> | null;
  /** On the way: what the step reported, and figures at a glance. */
  course: Moment[];
}

export interface RecipeResults {
  /** Adapter and date of the last run. */
  device: Record<string, string>;
  runs: RecipeRun[];
}

export interface Store {
  readonly results: RecipeResults;
  has(run: Pick<RecipeRun, 'data' | 'recipe' | 'seed'>): boolean;
  /** Adds a run in place of an older one of the same recipe and seed, and writes the file. */
  add(run: RecipeRun, device: Record<string, string>): void;
}

export function openStore(path: string): Store {
  const results: RecipeResults = existsSync(path)
    ? JSON.parse(accessFile('read', path, () => readFileSync(path, 'utf8')))
    : { device: {}, runs: [] };
  const same = (a: Pick<RecipeRun, 'data' | 'recipe' | 'seed'>, b: typeof a) =>
    a.data === b.data && a.recipe === b.recipe && a.seed === b.seed;
  return {
    results,
    has: (run) => results.runs.some((other) => same(run, other)),
    add(run, device) {
      results.device = device;
      results.runs = [...results.runs.filter((other) => !same(run, other)), run];
      writeFileAtomic(path, `${JSON.stringify(results, rounded, 1)}\n`);
    },
  };
}

/** Five digits are more than seeds agree on. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
