/** `gan import`: nets from PyTorch become step 0 of a run, to go on training here. */
import { existsSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { type Device, openDevice } from '@ganvas/tensor';
import { configSchema, type RunConfig } from '../config.ts';
import { openData } from '../data/open.ts';
import { importSafetensors, readMetadata } from '../export/safetensors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { FileError } from '../files/file-error.ts';
import { saveCheckpoint } from '../run/checkpoint.ts';
import { keepKernelChoices } from '../run/kernel-choices.ts';
import { createRunFolder } from '../run/run-folder.ts';
import { createTrainer } from '../training/trainer.ts';
import { readConfigFile } from './config-options.ts';
import { adapterOption, orUsageError, strict, UsageError } from './options.ts';
import { say } from './say.ts';

const importCommand = () =>
  new Command('npm run gan -- import')
    .usage('GENERATOR.safetensors [options]')
    .description('Makes a run of weights in PyTorch’s layout, at step 0; train --resume goes on from there.')
    .argument('[generator]', 'what export --net generator or save_file(module.state_dict(), …) wrote')
    .option('--discriminator <file>', 'the other net (default: new weights)')
    .option('--config <file>', 'JSON or YAML: the configuration of the run (default: that in the file’s metadata)')
    .option('--out <dir>', 'folder of the run')
    .addOption(adapterOption())
    .option('-h, --help', 'print this page');

/** @param args the words after `import` */
export async function importRun(args: readonly string[]): Promise<void> {
  const command = strict(importCommand());
  orUsageError(() => command.parse(args, { from: 'user' }));
  const { help, out, adapter, discriminator, config: configFile } = command.opts();
  if (help) {
    say(command.helpInformation().trimEnd());
    return;
  }
  const [generator] = command.processedArgs;
  if (generator === undefined)
    throw new UsageError('which file? expected GENERATOR.safetensors (--help lists the options)');
  if (out === undefined)
    throw new UsageError('--out: expected the folder of the run that is made (--help lists the options)');
  const config = configOf(generator, configFile);
  const device = await openDevice({ adapter, robustness: false });
  try {
    await makeRun(device, config, { generator, discriminator }, out);
  } finally {
    device.close();
  }
}

async function makeRun(
  device: Device,
  config: RunConfig,
  files: { generator: string; discriminator: string | undefined },
  out: string,
): Promise<void> {
  say(`adapter  ${device.note}`);
  const source = await openData(config.data, { ...config, device, note: (line) => say(`note     ${line}`) });
  const trainer = createTrainer(device, config, source);
  importSafetensors(files.generator, trainer, 'generator');
  if (files.discriminator !== undefined) importSafetensors(files.discriminator, trainer, 'discriminator');
  trainer.startAverage();
  const folder = createRunFolder(out);
  const kernels = keepKernelChoices(device, null).record();
  await saveCheckpoint(folder.checkpointAt(0), trainer.state, {
    ...{ config, step: 0, adapter: device.adapter.name, kernels },
    data: source,
  });
  // Behind the checkpoint: a folder with a configuration alone is a run that begins from new weights.
  writeFileAtomic(folder.config, `${JSON.stringify(config, null, 2)}\n`);
  say(
    `done     ${folder.path}: ${config.model} at step 0. Train it with: npm run gan -- train --resume ${folder.path}`,
  );
}

/** @throws FileError where the configuration is nowhere, or not whole */
function configOf(generator: string, file: string | undefined): RunConfig {
  if (!existsSync(generator)) throw new FileError(`${generator}: no such file`);
  const given = file === undefined ? jsonOf(readMetadata(generator).config) : readConfigFile(file);
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const where = file ?? `${generator}: its metadata`;
  throw new FileError(
    `${where}: expected the complete configuration of a run, such as its config.json (${path.join('.') || 'config'}: ${message}); give it with --config`,
  );
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
