/** `gan train`: trains a GAN. Reads top to bottom; what each part does is in the file that it comes from. */
import { type Device, explainChoices, openDevice } from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';
import { openData } from '../data/open.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { completeConfig, defaultPreset } from '../presets.ts';
import { type LoadedCheckpoint, loadCheckpoint } from '../run/checkpoint.ts';
import { keepKernelChoices } from '../run/kernel-choices.ts';
import { createRunFolder, findCheckpoint, resumeRunFolder } from '../run/run-folder.ts';
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
  const resumed = options.resume === undefined ? null : loadCheckpoint(findCheckpoint(options.resume));
  const start = resumed?.step ?? 0;
  const device = await openDevice({ adapter: options.adapter, robustness: false });
  try {
    const config = resumed
      ? { ...resumed.config, steps: options.said.steps ?? resumed.config.steps }
      : completeConfig(options.said, options.preset ?? defaultPreset(device.adapter));
    if (config.steps < start)
      throw new UsageError(`--steps ${config.steps}: the run in ${options.resume} has done ${start} steps already`);
    say(`adapter  ${device.note}`);
    const source = await openData(config.data, { ...config, device, note });
    const kernels = keepKernelChoices(device, resumed?.kernels ?? null);
    if (kernels.note) note(kernels.note);
    const trainer = createTrainer(device, config, source, { norms: true });
    resumed?.restore(trainer.state);
    const folder = resumed
      ? resumeRunFolder(options.resume!, start)
      : createRunFolder(options.out ?? freshFolder(config.model));
    say(`run      ${folder.path}: ${describe(config)}${resumed ? `, from step ${start}` : ''}`);
    if (resumed) noteStranger(resumed, device);
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

function noteStranger(resumed: LoadedCheckpoint, device: Device): void {
  if (resumed.adapter !== device.adapter.name)
    note(`the run began on ${resumed.adapter}; on this adapter it goes on, but not in the same bits`);
}

const describe = ({ model, data, loss, steps, batch, size, lrG, lrD, seed }: RunConfig): string =>
  `${model} on ${data}, ${loss}, ${steps} steps, batch ${batch}, ${size}×${size}, ` +
  `lr ${lrG === lrD ? lrG : `${lrG} and ${lrD}`}, seed ${seed}`;
const freshFolder = (model: string): string =>
  `runs/${model}-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
const note = (line: string): void => say(`note     ${line}`);
