/** `npm run dcgan`: trains a DCGAN on MNIST. Reads top to bottom; what each part does is in the file that it comes from. */
import { Rng } from '@ganvas/kernels-wgsl';
import { type Device, explainChoices, openDevice } from '@ganvas/tensor';
import { loadCheckpoint, saveCheckpoint } from '../checkpoint.ts';
import { batchIndices, stepsPerEpoch } from '../data/batches.ts';
import { writeIdx } from '../data/idx.ts';
import { loadMnist } from '../data/mnist.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { openCsv, readCsv } from '../files/csv.ts';
import { FileError } from '../files/file-error.ts';
import { pixelBytes } from '../files/pixels.ts';
import { encodeGrid } from '../files/png.ts';
import { keepKernelChoices } from '../kernel-choices.ts';
import { LATENT } from '../models/dcgan.ts';
import { defaultPreset, PRESETS, type RunConfig } from '../presets.ts';
import { createRunFolder, openRunFolder, type RunFolder } from '../run-folder.ts';
import { createTrainer, type StepReport, type Trainer } from '../train.ts';
import { runCommand } from './fail.ts';
import { type DcganOptions, dcganHelp, parseDcganOptions, UsageError } from './options.ts';
import { outliveClosedPipes, startProgress } from './progress.ts';

const LOSS_COLUMNS = ['step', 'epoch', 'lossD', 'lossG', 'dReal', 'dFake'] as const;
const GRID = { columns: 8, count: 64 };
/** Digits generated in one go for the final file. */
const SAMPLE_BATCH = 100;
/** Streams of the seed beside the trainer's. */
const STREAM = { grid: 11, samples: 12 };

async function main(): Promise<void> {
  outliveClosedPipes();
  const options = parseDcganOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(dcganHelp());
    return;
  }
  const resumed = options.resume === undefined ? null : loadCheckpoint(openRunFolder(options.resume).checkpoint);
  const device = await openDevice({ adapter: options.adapter, robustness: false });
  try {
    const config = resumed
      ? { ...resumed.config, steps: options.steps ?? resumed.config.steps }
      : configOf(options, device);
    const start = resumed?.step ?? 0;
    if (config.steps < start)
      throw new UsageError(`--steps ${config.steps}: the run in ${options.resume} has done ${start} steps already`);
    const folder = resumed ? openRunFolder(options.resume!) : createRunFolder(options.out ?? freshFolder());
    say(`adapter  ${device.note}`);
    say(`run      ${folder.path}: ${describe(config)}${resumed ? `, from step ${start}` : ''}`);
    if (resumed && resumed.adapter !== device.adapter.name) {
      say(`note     the run began on ${resumed.adapter}; on this adapter it goes on, but not in the same bits`);
    }
    await train(device, config, folder, options, resumed);
  } finally {
    device.close();
  }
}

async function train(
  device: Device,
  config: RunConfig,
  folder: RunFolder,
  options: DcganOptions,
  resumed: ReturnType<typeof loadCheckpoint> | null,
): Promise<void> {
  const digits = loadMnist('train');
  const kernels = keepKernelChoices(folder.kernels, device, resumed !== null);
  if (kernels.note) say(`note     ${kernels.note}`);
  const saveKernels = () => {
    const lost = kernels.save();
    if (lost) process.stderr.write(`${lost}\n`);
  };
  const trainer = createTrainer(device, config, digits);
  resumed?.restore(trainer.state);
  const start = resumed?.step ?? 0;

  const compiling = performance.now();
  await trainer.prepare();
  say(
    `step     ${trainer.trainStep.plan!.dispatches.length} dispatches, prepared in ${((performance.now() - compiling) / 1000).toFixed(1)} s`,
  );

  saveKernels();
  if (options.explain) say(explainChoices(device.choices()));

  const losses = openCsv(folder.losses, LOSS_COLUMNS, { resumeFrom: start });
  const progress = startProgress({ total: config.steps });
  const gridNoise = new Rng(config.seed).fork(STREAM.grid).normals(GRID.count * LATENT);
  const epochSteps = stepsPerEpoch({ count: digits.count, batch: config.batch });
  const stop = untilInterrupted((line) => progress.note(line));

  const save = async (step: number) => {
    losses.sync();
    saveKernels();
    await saveCheckpoint(folder.checkpoint, trainer.state, { config, step, adapter: device.adapter.name });
  };
  const drawGrid = async (path: string) => {
    const layout = { ...GRID, height: config.size, width: config.size, channels: 1 } as const;
    writeFileAtomic(path, encodeGrid(await trainer.generate(gridNoise), layout));
  };
  let [step, reported] = [start, start];
  const report = (reports: readonly StepReport[]) => {
    for (const values of reports) {
      reported++;
      losses.append({ step: reported, epoch: Math.floor((reported - 1) / epochSteps), ...values });
    }
    const last = reports.at(-1);
    if (last) progress.update(reported, factsOf(last));
  };
  try {
    while (step < config.steps && !stop.requested) {
      const indices = batchIndices({ seed: config.seed, count: digits.count, batch: config.batch, step });
      step++;
      trainer.step(indices);
      report(await trainer.reports.arrived());
      const [draws, saves] = [due(step, options.sampleEvery), due(step, options.checkpointEvery)];
      if (draws || saves) report(await trainer.reports.flush());
      if (draws) await drawGrid(folder.gridAt(step));
      if (saves) await save(step);
    }
    report(await trainer.reports.flush());
    await save(step);
  } catch (error) {
    if (error instanceof FileError && step > start) throw await rescued(error, () => save(step), folder);
    throw error;
  } finally {
    progress.stop();
    losses.close();
    stop.end();
  }
  if (step < config.steps) {
    say(`stopped  after step ${step}; everything is saved. Continue with: npm run dcgan -- --resume ${folder.path}`);
    process.exitCode = 130;
    return;
  }

  await drawGrid(folder.grid);
  if (options.samples > 0)
    writeIdx(
      folder.samples,
      [options.samples, config.size, config.size],
      await sample(trainer, config, options.samples),
    );
  saveKernels();
  const { drawLossChart } = await import('../files/chart.ts'); // the chart library takes a second to load
  writeFileAtomic(folder.lossChart, await drawLossChart(readCsv(folder.losses, LOSS_COLUMNS)));
  say(
    `done     ${folder.grid}, ${folder.lossChart}${options.samples > 0 ? `, ${folder.samples}` : ''}, ${folder.checkpoint}`,
  );
}

/** A picture or a row could not be written (the disk is full, say): where the checkpoint still can, no step is lost. */
async function rescued(error: FileError, save: () => Promise<void>, folder: RunFolder): Promise<FileError> {
  try {
    await save();
    return new FileError(`${error.message}; all steps so far are saved, continue with --resume ${folder.path}`);
  } catch {
    return error;
  }
}

/** `count` digits as bytes [count, size, size]. */
async function sample(trainer: Trainer, { seed, size }: RunConfig, count: number): Promise<Uint8Array> {
  const noise = new Rng(seed).fork(STREAM.samples);
  const bytes = new Uint8Array(Math.ceil(count / SAMPLE_BATCH) * SAMPLE_BATCH * size * size);
  for (let at = 0; at < count; at += SAMPLE_BATCH) {
    bytes.set(pixelBytes(await trainer.generate(noise.normals(SAMPLE_BATCH * LATENT))), at * size * size);
  }
  return bytes.subarray(0, count * size * size);
}

/** Ctrl-C once: finish the step and save. Twice: leave at once, with the last checkpoint. */
function untilInterrupted(note: (line: string) => void): { readonly requested: boolean; end(): void } {
  let requested = false;
  const onSignal = () => {
    if (requested) process.exit(130);
    requested = true;
    note('stopping after this step, then saving (Ctrl-C again leaves at once)');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    get requested() {
      return requested;
    },
    end: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}

function configOf(options: DcganOptions, device: Device): RunConfig {
  const preset = PRESETS[options.preset ?? defaultPreset(device.adapter)];
  const {
    steps = preset.steps,
    batch = preset.batch,
    width = preset.width,
    size = preset.size,
    lr = preset.lr,
    seed,
  } = options;
  return { steps, batch, width, size, lr, seed };
}

const describe = ({ steps, batch, width, size, lr, seed }: RunConfig): string =>
  `${steps} steps, batch ${batch}, width ${width}, ${size}×${size}, lr ${lr}, seed ${seed}`;
const factsOf = ({ lossD, lossG, dReal, dFake }: StepReport): string[] => [
  `loss D ${lossD.toFixed(3)} G ${lossG.toFixed(3)}`,
  `D(x) ${dReal.toFixed(2)}`,
  `D(G(z)) ${dFake.toFixed(2)}`,
];
const due = (step: number, every: number): boolean => every > 0 && step % every === 0;
const freshFolder = (): string => `runs/dcgan-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

await runCommand(main);
