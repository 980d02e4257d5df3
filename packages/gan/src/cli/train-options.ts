/** The options of `gan train`: those of the configuration, and what a run does beside it. */
import { Command, Option } from '@commander-js/extra-typings';
import { MODEL_NAMES, type RunConfig } from '../config.ts';
import { MODEL_SETTINGS } from '../models/create.ts';
import { PRESET_NAMES, type PresetName } from '../presets.ts';
import { addConfigOptions, configOf, flagOf, readConfigFile } from './config-options.ts';
import { adapterOption, orUsageError, positive, strict, UsageError, whole } from './options.ts';

export interface TrainOptions {
  /** What is said of the configuration, by flags and file. */
  said: Partial<RunConfig>;
  preset?: PresetName;
  resume?: string;
  out?: string;
  adapter: string;
  sampleEvery: number;
  checkpointEvery: number;
  keep: number;
  judgeEvery: number;
  judgeSamples: number;
  explain: boolean;
  help?: boolean;
}

const trainCommand = () => {
  const command = new Command('npm run gan -- train')
    .usage('MODEL [options]')
    .description('Trains a GAN and leaves sample grids, metrics, a report, a GIF of the evolution and checkpoints.')
    .argument('[model]', MODEL_NAMES.join(', '))
    .addOption(
      new Option(
        '--preset <name>',
        'ready-made settings (default: quick on a software adapter, else standard)',
      ).choices(PRESET_NAMES),
    )
    .option('--config <file>', 'JSON or YAML with keys of the configuration; flags win over it')
    .option('--out <dir>', 'folder for everything that the run writes (default: a new one under runs/)')
    .option('--resume <dir>', 'continue the run in this folder, with the configuration that it began with')
    .option('--sample-every <n>', 'steps between sample grids, 0: only at the end', whole(0), 100)
    .option('--checkpoint-every <n>', 'steps between checkpoints, 0: only at the end', whole(0), 500)
    .option('--keep <n>', 'checkpoints that are kept beside the best', whole(1), 3)
    .option('--judge-every <n>', 'steps between judgements of samples, 0: only at the end', whole(0), 250)
    .option('--judge-samples <n>', 'samples that a judgement sees', whole(100), 1000)
    .addOption(adapterOption())
    .option('--explain', 'print which kernels were chosen, from how many, and why', false)
    .option('--lr <x>', 'learning rate of both players', positive)
    .option('-h, --help', 'print this page');
  addConfigOptions(command as unknown as Command);
  return command;
};

/**
 * @param args the words after `train`
 * @throws UsageError for an unknown flag, a missing or malformed value, or flags that exclude each other
 */
export function parseTrainOptions(args: readonly string[]): TrainOptions {
  const command = strict(trainCommand());
  orUsageError(() => command.parse(args, { from: 'user' }));
  const { config, lr, preset, resume, out, ...options } = command.opts();
  const [model] = command.processedArgs;
  const flags = configOf(options as Record<string, unknown>);
  if (model !== undefined && !MODEL_NAMES.includes(model as RunConfig['model']))
    throw new UsageError(
      `${model}: no such model; expected one of ${MODEL_NAMES.join(', ')} (--help lists the options)`,
    );
  const said: Partial<RunConfig> = {
    ...(config !== undefined && readConfigFile(config)),
    ...(model !== undefined && { model: model as RunConfig['model'] }),
    ...(lr !== undefined && { lrG: lr, lrD: lr }),
    ...flags,
  };
  if (resume !== undefined) {
    const others = (Object.keys(flags) as (keyof RunConfig)[]).filter((key) => key !== 'steps').map(flagOf);
    const fixed = Object.entries({ config, preset, out, lr }).filter(([, value]) => value !== undefined);
    const first = fixed[0]?.[0] ?? others[0];
    if (first !== undefined)
      throw new UsageError(
        `--resume goes on with the run's own settings; --${first} cannot be given with it (--steps can)`,
      );
  } else if (said.model !== undefined) checkHeeded(flags, said.model, said.data);
  else if (!options.help)
    throw new UsageError(
      `which model? expected one of ${MODEL_NAMES.join(', ')}, or --resume DIR (--help lists the options)`,
    );
  for (const [flag, path] of Object.entries({ out, resume }))
    if (path === '') throw new UsageError(`--${flag}: expected a folder, got an empty name`);
  const { adapter, sampleEvery, checkpointEvery, keep, judgeEvery, judgeSamples, explain, help } = options;
  return {
    said,
    adapter,
    sampleEvery,
    checkpointEvery,
    keep,
    judgeEvery,
    judgeSamples,
    explain,
    ...(preset && { preset }),
    ...(resume !== undefined && { resume }),
    ...(out !== undefined && { out }),
    ...(help && { help }),
  };
}

const OF_NETS: readonly string[] = [...new Set(Object.values(MODEL_SETTINGS).flat())];

/** A file may hold settings that go unheeded (each `config.json` does); one that is typed is meant. */
function checkHeeded(flags: Partial<RunConfig>, model: RunConfig['model'], data: string | undefined): void {
  const heeded: readonly string[] = MODEL_SETTINGS[model];
  for (const key of Object.keys(flags) as (keyof RunConfig)[]) {
    if (OF_NETS.includes(key) && !heeded.includes(key)) {
      const has = MODEL_SETTINGS[model].map((name) => `--${flagOf(name)}`).join(', ');
      throw new UsageError(`--${flagOf(key)}: the model ${model} does not have it; of the nets it has ${has}`);
    }
    if ((key === 'size' || key === 'channels') && (data === 'ring' || data === 'grid'))
      throw new UsageError(`--${key}: the data ${data} are points, not images; leave it out`);
  }
}

/** The page that `--help` prints, at most 100 columns wide. */
export const trainHelp = (): string => strict(trainCommand()).helpInformation();
