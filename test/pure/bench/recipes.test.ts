/** The comparison of recipes: what is kept of a run, and the tables that are made of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completeConfig, configSchema } from '@ganvas/gan';
import { COMMON, COMMON_OF_POINTS, DIGIT_RECIPES, POINT_RECIPES } from '../../../bench/recipes/recipes.ts';
import { openStore, type RecipeRun } from '../../../bench/recipes/store.ts';
import { renderTables } from '../../../bench/recipes/tables.ts';

const device = { adapter: 'an adapter', driver: 'a driver', date: '2026-01-02T03:04:05.000Z' };

const digits = (recipe: string, seed: number, distance: number, course: RecipeRun['course'] = []): RecipeRun => ({
  ...{ data: 'mnist', recipe, seed, course },
  figures: { 'MNIST-FD': distance, 'MNIST score': 10 - distance / 10 },
  raw: { 'MNIST-FD': distance + 1 },
});
const points = (data: string, recipe: string, seed: number, modes: number): RecipeRun => ({
  ...{ data, recipe, seed, raw: null, course: [] },
  figures: { modes, quality: modes / 10 },
});
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));

it('ranks the recipes of digits by their mean distance, with the range over the seeds', () => {
  const runs = [digits('worse', 1, 20), digits('better', 1, 10), digits('worse', 2, 24), digits('better', 2, 14)];
  const { text, pictured } = renderTables({ device, runs });
  expect(pictured).toEqual(['better', 'worse']);
  const [, better, worse] = rowsOf(text);
  expect(better).toEqual(['better', '2', '12.0 (10.0–14.0)', '8.80 (8.60–9.00)', '13.0 (11.0–15.0)']);
  expect(worse![0]).toBe('worse');
});

it('says of a critic how steep it is at the end, and how its estimate goes with the score', () => {
  const course = [1, 2, 3].map((step) => ({ step, slope: 2 - step / 3, lossD: -10 + step, 'MNIST score': step }));
  const { text } = renderTables({ device, runs: [digits('wgan-gp', 1, 20, course)] });
  expect(text).toContain('mean slope is 1.00. Over');
  expect(text).toContain('r = -1.00');
});

it('has a row for each recipe of points, ring and grid side by side', () => {
  const runs = [points('ring', 'plain', 1, 4), points('ring', 'plain', 2, 6), points('grid', 'packs', 1, 20)];
  const { text } = renderTables({ device, runs });
  const rows = rowsOf(text).filter(([name]) => ['plain', 'packs'].includes(name!));
  expect(rows).toEqual([
    ['plain', '2', '5.00 (4.00–6.00)', '50.0 (40.0–60.0)', '0', '–', '–'],
    ['packs', '0', '–', '–', '1', '20.0', '200'],
  ]);
});

it('keeps a run of each recipe and seed, the latest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-recipes-'));
  const path = join(folder, 'recipes.json');
  const store = openStore(path);
  store.add(digits('a', 1, 10), device);
  store.add(digits('a', 2, 11), device);
  store.add(digits('a', 1, 12.345678), device);
  expect(openStore(path).has({ data: 'mnist', recipe: 'a', seed: 2 })).toBe(true);
  expect(openStore(path).has({ data: 'mnist', recipe: 'b', seed: 2 })).toBe(false);
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { runs: RecipeRun[] };
  expect(kept.runs.map(({ seed, figures }) => [seed, figures['MNIST-FD']])).toEqual([
    [2, 11],
    [1, 12.346],
  ]);
  rmSync(folder, { recursive: true });
});

it('compares configurations that can be trained', () => {
  const all = [
    ...DIGIT_RECIPES.map(({ settings }) => ({ ...COMMON, ...settings })),
    ...POINT_RECIPES.map(({ settings }) => ({ ...COMMON_OF_POINTS, data: 'ring', ...settings })),
  ];
  for (const settings of all) expect(configSchema.safeParse(completeConfig(settings, 'quick')).success).toBe(true);
  expect(new Set(DIGIT_RECIPES.map(({ name }) => name)).size).toBe(DIGIT_RECIPES.length);
});
