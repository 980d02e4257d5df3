/** One run of a recipe, judged. */
import {
  completeConfig,
  createTrainer,
  type Generate,
  glanceAtDigits,
  grid,
  type Judgement,
  type MnistJudge,
  modeCoverage,
  openData,
  ring,
  type Trainer,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import { COMMON, COMMON_OF_POINTS, type Recipe } from './recipes.ts';
import type { Moment, RecipeRun } from './store.ts';

/** Samples of the last judgement, as many as there are test digits, and of those on the way. */
const SAMPLES = { last: 10_000, way: 2000 };
/** Judgements on the way. */
const MOMENTS = 8;
/** Samples that the pictures show of a recipe. */
export const SHOWN = 16;
/** Stream of the noise that is judged: not one that the trainer uses. */
const STREAM = 21;

export type Progress = (step: number, steps: number) => void;

/** @returns the run, and its first samples [SHOWN, 28, 28, 1] */
export async function trainOnDigits(
  device: Device,
  judge: MnistJudge,
  recipe: Recipe,
  seed: number,
  progress: Progress,
): Promise<{ run: RecipeRun; samples: Float32Array }> {
  const config = completeConfig({ ...COMMON, ...recipe.settings, seed }, 'quick');
  const source = await openData(config.data, { ...config, device });
  const trainer = createTrainer(device, config, source, { norms: true });
  const z = new Rng(seed).fork(STREAM).normals(SAMPLES.last * config.latent);
  const look = async (generate: Generate, count: number) => {
    const images = await generate(z.subarray(0, count * config.latent));
    return { images, figures: record(await glanceAtDigits(judge, { images, count, height: 28, width: 28 })) };
  };
  const course: Moment[] = [];
  await play(trainer, config.steps, progress, async (step, report) => {
    course.push({ step, ...report, ...(await look(trainer.generate, SAMPLES.way)).figures });
  });
  const { images, figures } = await look(trainer.generate, SAMPLES.last);
  const raw = (await look(trainer.generateRaw, SAMPLES.last)).figures;
  release(trainer, source);
  const samples = images.slice(0, SHOWN * 28 * 28);
  return { run: { data: 'mnist', recipe: recipe.name, seed, figures, raw, course }, samples };
}

/** Points that coverage is counted over: PacGAN's 2,500. */
const POINTS = 2500;

export async function trainOnPoints(
  device: Device,
  data: 'ring' | 'grid',
  recipe: Recipe,
  seed: number,
  progress: Progress,
): Promise<{ run: RecipeRun; points: Float32Array }> {
  const config = completeConfig({ ...COMMON_OF_POINTS, data, ...recipe.settings, seed }, 'quick');
  const source = await openData(data, { ...config, device });
  const trainer = createTrainer(device, config, source);
  const z = new Rng(seed).fork(STREAM).normals(POINTS * config.latent);
  const mixture = data === 'ring' ? ring() : grid();
  const cover = async (generate: Generate) => {
    const points = await generate(z);
    const { modes, quality } = modeCoverage(mixture, points);
    return { points, figures: { modes, quality } };
  };
  await play(trainer, config.steps, progress, async () => {});
  const { points, figures } = await cover(trainer.generate);
  const raw = (await cover(trainer.generateRaw)).figures;
  release(trainer, source);
  return { run: { data, recipe: recipe.name, seed, figures, raw, course: [] }, points };
}

async function play(
  trainer: Trainer,
  steps: number,
  progress: Progress,
  moment: (step: number, report: Record<string, number>) => Promise<void>,
): Promise<void> {
  await trainer.prepare();
  const every = Math.ceil(steps / MOMENTS);
  for (let step = 1; step <= steps; step++) {
    trainer.step(step - 1);
    const arrived = await trainer.reports.arrived();
    if (arrived.length > 0) progress(step, steps);
    if (step % every !== 0 && step !== steps) continue;
    const last = (await trainer.reports.flush()).at(-1) ?? arrived.at(-1)!;
    await moment(step, last);
  }
}

function release(trainer: Trainer, source: { dispose(): void }): void {
  trainer.dispose();
  for (const t of Object.values(trainer.state)) t.dispose();
  source.dispose();
}

const record = (judgement: Judgement): Record<string, number> =>
  Object.fromEntries(judgement.map(({ name, value }) => [name, value]));
