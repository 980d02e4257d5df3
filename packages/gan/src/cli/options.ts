/** The options of `npm run dcgan`: each one's name, type, default, check and help, said once. */
import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from '@commander-js/extra-typings';

/** The command line asks for something that does not exist. One line; the program says it on stderr and exits with 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Names of the ready-made settings. */
export const PRESET_NAMES = ['quick', 'standard', 'paper'] as const;

/** What a resumed run brings with it, and cannot change half way. */
const FIXED_BY_RUN = ['preset', 'batch', 'width', 'size', 'lr', 'seed', 'out'];

const dcganCommand = () =>
  new Command('npm run dcgan --')
    .usage('[options]')
    .description(
      'Trains a DCGAN on MNIST and leaves sample grids, loss.csv, a picture of the losses, a checkpoint and generated digits.',
    )
    .addOption(
      new Option(
        '--preset <name>',
        'ready-made settings (default: quick on a software adapter, else standard)',
      ).choices(PRESET_NAMES),
    )
    .option('--steps <n>', "training steps from the run's start (default: the preset's)", whole(1))
    .option('--batch <n>', "images in a batch (default: the preset's)", whole(2))
    .option('--width <n>', "channels of the narrowest layer (default: the preset's)", whole(1))
    .option('--size <n>', "height and width of an image: 28, or a power of two ≥ 16 (default: the preset's)", imageSize)
    .option('--lr <x>', "Adam's learning rate (default: the preset's)", positive)
    .option('--seed <n>', 'seed of weights, noise and order of the data', whole(0), 1)
    .option('--out <dir>', 'folder for everything the run writes (default: a new one under runs/)')
    .option('--sample-every <n>', 'steps between sample grids, 0: only at the end', whole(0), 100)
    .option('--checkpoint-every <n>', 'steps between checkpoints, 0: only at the end', whole(0), 500)
    .option('--samples <n>', 'digits to generate at the end into samples.idx3-ubyte', whole(0), 1000)
    .option(
      '--adapter <name>',
      "auto, hardware, software, llvmpipe, swiftshader, or part of an adapter's name (npm run adapters lists them)",
      'auto',
    )
    .addOption(
      new Option('--resume <dir>', 'continue the run in this folder, with the settings it began with').conflicts(
        FIXED_BY_RUN,
      ),
    )
    .option('--explain', 'print which kernels were chosen, from how many, and why', false)
    .option('-h, --help', 'print this page');

/** What the command line says. An option without a default is undefined where it was not given: the preset, or the resumed run, decides. */
export type DcganOptions = ReturnType<ReturnType<typeof dcganCommand>['opts']>;

/**
 * @param args the words after the script's name
 * @throws UsageError for an unknown flag, a missing or malformed value, or flags that exclude each other.
 */
export const parseDcganOptions = (args: readonly string[]): DcganOptions =>
  orUsageError(() => strict(dcganCommand()).parse(args, { from: 'user' }).opts());

/** `--help` is an option like the others, words that no option takes are a mistake, and mistakes are thrown, not printed. */
export const strict = <C extends CommandUnknownOpts>(command: C): C =>
  command
    .helpOption(false)
    .allowExcessArguments(false)
    .configureHelp({ helpWidth: 100 })
    .configureOutput({ writeErr: () => {} })
    .exitOverride();

/** Parses; what the parser objects to becomes a UsageError. */
export function orUsageError<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`${error.message.replace(/^error: /, '').replaceAll('\n', ' ')} (--help lists the options)`);
  }
}

/** The page that `--help` prints, at most 100 columns wide. */
export const dcganHelp = (): string => strict(dcganCommand()).helpInformation();

/** A whole number, `min` or more. */
export function whole(min: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || !Number.isSafeInteger(value))
      throw new InvalidArgumentError(`Expected a whole number ≥ ${min}.`);
    return value;
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('Expected a number above 0, like 2e-4.');
  return value;
}

function imageSize(text: string): number {
  const value = Number(text);
  const powerOfTwo = value >= 16 && Number.isInteger(Math.log2(value));
  if (!/^\d+$/.test(text) || !(value === 28 || powerOfTwo))
    throw new InvalidArgumentError('Expected 28, or a power of two ≥ 16.');
  return value;
}
