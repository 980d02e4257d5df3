/** The steps of a run, from where it stands to its end or to Ctrl-C, and everything that they leave in its folder. */
import { readFileSync } from 'node:fs';
import type { Device } from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';
import { stepsPerEpoch } from '../data/batches.ts';
import type { DataSource } from '../data/source.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { describeEnvironment } from '../files/environment.ts';
import { accessFile, FileError } from '../files/file-error.ts';
import { openRunJudge, type RunJudge } from '../judge/run-judge.ts';
import { isCrossEntropy } from '../losses/index.ts';
import { NonFiniteError, saveCheckpoint } from '../run/checkpoint.ts';
import { keepCheckpoint } from '../run/checkpoints.ts';
import type { KernelChoices } from '../run/kernel-choices.ts';
import { encodeEvolution, openSampleBoard } from '../run/pictures.ts';
import { type Figures, openRecorder, type Recorder } from '../run/recorder.ts';
import type { RunFolder } from '../run/run-folder.ts';
import type { Generate } from '../training/generate.ts';
import type { StepReport } from '../training/reports.ts';
import type { Trainer } from '../training/trainer.ts';
import { isSound, openWatch, remedies } from '../training/watch.ts';
import { DivergedError } from './fail.ts';
import { untilInterrupted } from './interrupt.ts';
import { startProgress } from './progress.ts';
import { say } from './say.ts';
import type { TrainOptions } from './train-options.ts';

export interface Session {
  device: Device;
  config: RunConfig;
  source: DataSource;
  kernels: KernelChoices;
  trainer: Trainer;
  folder: RunFolder;
  options: TrainOptions;
  /** Steps that are done already. */
  start: number;
}

/** @throws DivergedError where a loss or gradient is not finite, and the run does not skip such steps */
export async function play(session: Session): Promise<void> {
  const { device, config, source, kernels, trainer, folder, options, start } = session;
  const judge = openRunJudge(config, trainer.generator, device, options.judgeSamples);
  const recorder = openRecorder(folder, config, judge?.names ?? [], start > 0 ? start : undefined);
  const board = openSampleBoard(config, source, trainer.generator.classes > 0);
  const watch = openWatch(config);
  const notes: string[] = start > 0 ? [`continued from step ${start}`] : [];
  const progress = startProgress({ total: config.steps });
  const stop = untilInterrupted((line) => progress.note(line));
  const epochSteps =
    source.count > 0 ? stepsPerEpoch({ count: source.count, batch: config.batch }) / config.nCritic : 0;
  let [step, reported] = [start, start];
  let figures: Figures = recorder.judgements().at(-1) ?? {};
  let best = bestOf(recorder.judgements(), judge);

  const warn = (line: string | null) => {
    if (line === null) return;
    notes.push(line);
    progress.note(`warning  ${line}`);
  };
  const take = (reports: readonly StepReport[]) => {
    for (const values of reports) {
      reported++;
      recorder.report(reported, epochSteps > 0 ? Math.floor((reported - 1) / epochSteps) : 0, values);
      if (!isSound(values) && !values.skipped)
        throw new DivergedError(`step ${reported}: not finite: ${unsound(values)}`);
      warn(watch.step(reported, values));
    }
    const last = reports.at(-1);
    if (last) progress.update(reported, factsOf(config, last, figures));
  };
  const checkpoint = () => ({
    config,
    step,
    adapter: device.adapter.name,
    kernels: kernels.record(),
    data: source,
  });
  const save = async () => {
    recorder.sync();
    const lost = kernels.lost();
    if (lost) progress.note(lost);
    await keepCheckpoint(folder, trainer, checkpoint(), options.keep);
  };
  const generate: Generate = async (z, labels) => {
    const samples = await trainer.generate(z, labels);
    if (samples.every(Number.isFinite)) return samples;
    throw new NonFiniteError(`step ${step}: the samples are not finite`);
  };
  const draw = async (path: string) => {
    const samples = await trainer.generate(board.z, board.labels);
    warn(watch.samples(step, samples, board.count, board.labels));
    const { png, ...size } = await board.draw(samples);
    writeFileAtomic(path, png);
    recorder.picture(step, png, size);
  };
  const assess = async () => {
    if (!judge) return;
    try {
      figures = await judge.judge(generate);
    } catch (error) {
      if (!(error instanceof NonFiniteError) || config.onNonFinite === 'stop') throw error;
      warn(`${error.message}: nobody can judge them`);
      return;
    }
    recorder.judged(step, figures);
    if (!better(figures, best, judge)) return;
    best = figures;
    await saveCheckpoint(folder.best, trainer.state, checkpoint());
  };

  try {
    if (start === 0) await save(); // from here on the run can be killed at any moment, and resumed
    while (step < config.steps && !stop.requested) {
      trainer.step(step++);
      take(await trainer.reports.arrived());
      const [draws, judges, saves] = [options.sampleEvery, options.judgeEvery, options.checkpointEvery].map(
        (every) => every > 0 && step % every === 0,
      );
      if (draws || judges || saves || step === config.steps) take(await trainer.reports.flush());
      if (draws) await draw(folder.gridAt(step));
      if (judges || (step === config.steps && judge)) await assess();
      if (saves) await save();
    }
    take(await trainer.reports.flush());
    if (folder.checkpoints().at(-1)?.step !== step) await save();
    if (step === config.steps) await draw(folder.grid);
  } catch (error) {
    if (error instanceof DivergedError || error instanceof NonFiniteError) throw stoppedBy(error, folder, config);
    if (error instanceof FileError) throw keptBy(error, folder);
    throw error;
  } finally {
    progress.stop();
    recorder.close();
    stop.end();
    judge?.dispose();
  }

  await conclude(session, recorder, notes);
  if (step < config.steps) {
    say(
      `stopped  after step ${step}; everything is saved. Continue with: npm run gan -- train --resume ${folder.path}`,
    );
    process.exitCode = 130;
    return;
  }
  if (judge) say(`judged   ${describeFigures(figures)} of ${options.judgeSamples} samples`);
  say(`done     ${folder.grid}, ${folder.report}, ${folder.checkpointAt(step)}`);
}

/** What is made of all steps: charts, report, and the grids in motion. */
async function conclude({ config, device, folder }: Session, recorder: Recorder, notes: string[]): Promise<void> {
  // The chart library takes a second to load.
  const [{ drawCurves }, { renderReport }] = await Promise.all([
    import('../files/chart.ts'),
    import('../files/report.ts'),
  ]);
  const metrics = recorder.rows();
  const judged = recorder.judgements();
  const grids = folder.grids();
  if (metrics.length > 0) writeFileAtomic(folder.curves, await drawCurves(metrics));
  if (grids.length > 0) writeFileAtomic(folder.evolution, encodeEvolution(grids.map(({ path }) => path)));
  const samples = grids.map(({ step, path }) => ({ step, png: accessFile('read', path, () => readFileSync(path)) }));
  const environment = describeEnvironment(device.adapter);
  const title = `${config.model} on ${config.data}`;
  writeFileAtomic(folder.report, renderReport({ title, config, environment, metrics, judged, samples, notes }));
}

/** The best of earlier judgements. */
const bestOf = (rows: readonly Figures[], judge: RunJudge | null): Figures | null =>
  judge ? rows.reduce<Figures | null>((best, row) => (better(row, best, judge) ? row : best), null) : null;

const better = (figures: Figures, best: Figures | null, { best: by }: RunJudge): boolean =>
  best === null || (by.highest ? figures[by.name]! > best[by.name]! : figures[by.name]! < best[by.name]!);

const unsound = (values: StepReport): string =>
  Object.entries(values)
    .filter(([, value]) => !Number.isFinite(value))
    .map(([name]) => name)
    .join(', ');

function stoppedBy(error: Error, folder: RunFolder, config: RunConfig): DivergedError {
  const kept = folder.checkpoints().at(-1);
  return new DivergedError(
    `stopped: ${error.message}; the last good checkpoint is ${kept?.path ?? 'none'}; ${remedies(config, 'finite')}`,
  );
}

/**
 * A file could not be written (the disk is full, say). No checkpoint is made of where the run stands: resumed from one, it would lack
 * the rows and pictures that did not fit; from the last one they come again.
 */
function keptBy(error: FileError, folder: RunFolder): FileError {
  const kept = folder.checkpoints().at(-1);
  return kept
    ? new FileError(`${error.message}; the run is saved up to step ${kept.step}: --resume ${folder.path}`)
    : error;
}

const describeFigures = (figures: Figures): string =>
  Object.entries(figures)
    .filter(([name]) => name !== 'step')
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');

/** What the progress line shows, the most important first. */
function factsOf(config: RunConfig, report: StepReport, figures: Figures): string[] {
  const { lossD, lossG, dReal, dFake, gradD, gradG } = report as Record<string, number>;
  const digits = isCrossEntropy(config.loss) ? 2 : 3;
  return [
    `loss D ${lossD!.toFixed(3)} G ${lossG!.toFixed(3)}`,
    `D(x) ${dReal!.toFixed(digits)}`,
    `D(G(z)) ${dFake!.toFixed(digits)}`,
    ...Object.entries(figures)
      .filter(([name]) => name !== 'step')
      .slice(0, 2)
      .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`),
    ...(gradD !== undefined ? [`|∇D| ${gradD.toPrecision(2)}`, `|∇G| ${gradG!.toPrecision(2)}`] : []),
  ];
}
