/** `gan train`: trains a GAN. Reads top to bottom; what each part does is in the file that it comes from. */
import { type Device, explainChoices, openDevice } from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';
import { openData } from '../data/open.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { completeConfig, defaultPreset } from '../presets.ts';
import type { LoadedCheckpoint } from '../run/checkpoint.ts';
import { keepKernelChoices } from '../run/kernel-choices.ts';
import { createRunFolder, resumeRunFolder } from '../run/run-folder.ts';
import { readStanding } from '../run/standing.ts';
import { createTrainer } from '../training/trainer.ts';
import { UsageError } from './options.ts';
import { play } from './play.ts';
import { say } from './say.ts';
import { parseTrainOptions, trainHelp } from './train-options.ts';

/** @param args the words after `train` */
export async function train(args: readonly string[]): Promise<void> {
  const options = parseTrainOptions(args);
  if (options.help) {
    say(trainHelp().trimEnd());
    return;
  }
  const { said, resume } = options;
  const resumed = resume === undefined ? null : readStanding(resume);
  const checkpoint = resumed?.checkpoint ?? null;
  const start = checkpoint?.step ?? 0;
  if (resumed && said.model !== undefined && said.model !== resumed.config.model)
    throw new UsageError(`${said.model}: the run in ${resume} is of the model ${resumed.config.model}; leave it out`);
  const device = await openDevice({ adapter: options.adapter, robustness: false });
  try {
    const config = resumed
      ? { ...resumed.config, steps: said.steps ?? resumed.config.steps }
      : completeConfig(said, options.preset ?? defaultPreset(device.adapter));
    if (config.steps < start)
      throw new UsageError(`--steps ${config.steps}: the run in ${resume} has done ${start} steps already`);
    say(`adapter  ${device.note}`);
    const source = await openData(config.data, { ...config, device, note });
    const kernels = keepKernelChoices(device, checkpoint?.kernels ?? null);
    if (kernels.note) note(kernels.note);
    const trainer = createTrainer(device, config, source, { norms: true });
    checkpoint?.restore(trainer.state);
    const folder =
      resume !== undefined ? resumeRunFolder(resume, start) : createRunFolder(options.out ?? freshFolder(config.model));
    say(`run      ${folder.path}: ${describe(config, source.example)}${resumed ? `, from step ${start}` : ''}`);
    if (checkpoint) noteStranger(checkpoint, device);
    writeFileAtomic(folder.config, `${JSON.stringify(config, null, 2)}\n`);

    const compiling = performance.now();
    await trainer.prepare();
    const seconds = ((performance.now() - compiling) / 1000).toFixed(1);
    say(`step     ${trainer.trainStep.plan!.dispatches.length} dispatches, prepared in ${seconds} s`);
    if (options.explain) say(explainChoices(device.choices()));
    await play({ device, config, source, kernels, trainer, folder, options, start });
  } finally {
    device.close();
  }
}

function noteStranger({ adapter }: LoadedCheckpoint, device: Device): void {
  if (adapter !== device.adapter.name)
    note(`the run was trained on ${adapter} so far; on this adapter it goes on, but not in the same bits`);
}

const describe = ({ model, data, loss, steps, batch, size, lrG, lrD, seed }: RunConfig, example: readonly number[]) =>
  `${model} on ${data}, ${loss}, ${steps} steps, batch ${batch}, ${example.length === 3 ? `${size}×${size}, ` : ''}` +
  `lr ${lrG === lrD ? lrG : `${lrG} and ${lrD}`}, seed ${seed}`;
const freshFolder = (model: string): string =>
  `runs/${model}-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
const note = (line: string): void => say(`note     ${line}`);
