/**
 * `npm run recipes`: ways to train, compared over seeds at the same arithmetic, by the same judge. Results are kept run by run in
 * bench/results/recipes.json; the tables in docs/training.md and the picture are written from it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  encodeGrid,
  glanceAtDigits,
  type MnistJudge,
  openMnistJudge,
  readIdx,
  writeFileAtomic,
  writeIdx,
} from '@ganvas/gan';
import { type Device, openDevice } from '@ganvas/tensor';
import { describeMachine } from '../machine.ts';
import { progress, say } from '../terminal.ts';
import { DIGIT_RECIPES, POINT_RECIPES, type Recipe } from './recipes.ts';
import { openStore, type Store } from './store.ts';
import { renderTables } from './tables.ts';
import { SHOWN, trainOnDigits, trainOnPoints } from './train.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RESULTS = join(ROOT, 'bench/results/recipes.json');
const DOCUMENT = join(ROOT, 'docs/training.md');
const PICTURE = join(ROOT, 'docs/images/recipes.png');
/** First samples of each recipe's first seed, for the picture. */
const SAMPLES = join(ROOT, 'runs/recipes');
const [BEGIN, END] = ['<!-- recipes -->', '<!-- /recipes -->'];

const HELP = `Usage: npm run recipes -- [options]

  --data NAMES      what is trained: mnist,ring,grid (default: all)
  --only TEXT       recipes whose name contains this
  --seeds N         seeds of each recipe: of digits (default 3) and of points (default 10)
  --adapter NAME    as of npm run gan -- train
  --again           train what has a result already, too
  --samples NAME=FILE[,FILE...]
                    judge digits in IDX files, as the seeds of a recipe of that name, and train nothing
  --tables          only write the tables and the picture`;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: 'mnist,ring,grid' },
    only: { type: 'string', default: '' },
    seeds: { type: 'string' },
    adapter: { type: 'string', default: 'auto' },
    again: { type: 'boolean', default: false },
    samples: { type: 'string' },
    tables: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (options.help) say(HELP);
else await main();

async function main(): Promise<void> {
  const store = openStore(RESULTS);
  if (!options.tables) {
    const device = await openDevice({ adapter: options.adapter, robustness: false });
    const judge = openMnistJudge(device);
    mkdirSync(SAMPLES, { recursive: true });
    if (options.samples) await judgeFiles(device, judge, store, options.samples);
    else for (const data of options.data.split(',')) await compare(device, judge, store, data);
    device.close();
  }
  writeTables(store);
}

async function compare(device: Device, judge: MnistJudge, store: Store, data: string): Promise<void> {
  const digits = data === 'mnist';
  const recipes = (digits ? DIGIT_RECIPES : POINT_RECIPES).filter(({ name }) => name.includes(options.only));
  const seeds = Number(options.seeds ?? (digits ? 3 : 10));
  // Seed by seed: a comparison that is stopped has as many seeds of each.
  for (let seed = 1; seed <= seeds; seed++) {
    for (const recipe of recipes) {
      if (!options.again && store.has({ data, recipe: recipe.name, seed })) continue;
      const label = `${data}, ${recipe.name}, seed ${seed}`;
      const run = await trainOne(device, judge, data, recipe, seed, (step, steps) =>
        progress(`${label}: step ${step} of ${steps}`),
      );
      store.add(run, { ...machineOf(device) });
      progress('');
      say(
        `${label}: ${Object.entries(run.figures)
          .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
          .join(', ')}`,
      );
    }
  }
}

async function trainOne(
  device: Device,
  judge: MnistJudge,
  data: string,
  recipe: Recipe,
  seed: number,
  tell: (step: number, steps: number) => void,
) {
  if (data !== 'mnist') return (await trainOnPoints(device, data === 'ring' ? 'ring' : 'grid', recipe, seed, tell)).run;
  const { run, samples } = await trainOnDigits(device, judge, recipe, seed, tell);
  const bytes = Uint8Array.from(samples, (v) => Math.round((v + 1) * 127.5));
  if (seed === 1) writeIdx(sampleFile(recipe.name), [SHOWN, 28, 28], bytes);
  return run;
}

function sampleFile(recipe: string): string {
  return join(SAMPLES, `${recipe.replaceAll(/[^\w.]+/g, '-')}.idx3-ubyte`);
}

function machineOf(device: Device): Record<string, string> {
  const { adapter, driver, date } = describeMachine(device, false);
  return { adapter, driver, date };
}

/** Other tools' samples, read as ours are. */
async function judgeFiles(device: Device, judge: MnistJudge, store: Store, asked: string): Promise<void> {
  const [recipe, files] = asked.split('=') as [string, string];
  for (const [i, file] of files.split(',').entries()) {
    const { dims, data: images } = readIdx(file);
    const [count, height, width] = dims as [number, number, number];
    const figures = Object.fromEntries(
      (await glanceAtDigits(judge, { images, count, height, width })).map(({ name, value }) => [name, value]),
    );
    const run = { data: 'mnist', recipe, seed: i + 1, figures, raw: null, course: [] };
    store.add(run, machineOf(device));
    if (i === 0) writeIdx(sampleFile(recipe), [SHOWN, height, width], images.subarray(0, SHOWN * height * width));
    say(`${recipe}, ${file}: ${JSON.stringify(figures)}`);
  }
}

function writeTables(store: Store): void {
  const page = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT}: expected the markers ${BEGIN} and ${END}`);
  const { text, pictured } = renderTables(store.results);
  writeFileSync(DOCUMENT, `${page.slice(0, begin + BEGIN.length)}\n${text}\n${page.slice(end)}`);

  const rows = pictured.map((name) => readIdx(sampleFile(name)).data.subarray(0, SHOWN * 28 * 28));
  const images = Float32Array.from(Buffer.concat(rows), (byte) => byte / 127.5 - 1);
  const layout = { count: SHOWN * rows.length, columns: SHOWN, height: 28, width: 28, channels: 1 as const, scale: 2 };
  if (rows.length > 0) writeFileAtomic(PICTURE, encodeGrid(images, layout));
}
