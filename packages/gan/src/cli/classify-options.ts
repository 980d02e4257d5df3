/** The options of `npm run classify`. */
import { Command } from '@commander-js/extra-typings';
import { orUsageError, strict, whole } from './options.ts';

const classifyCommand = () =>
  new Command('npm run classify --')
    .usage('[options]')
    .description(
      'Trains a classifier of digits on MNIST, tests it on 10,000 others, and leaves those that it gets wrong.',
    )
    .option('--epochs <n>', 'how often each of the 60,000 digits is seen', whole(1), 4)
    .option('--batch <n>', 'images in a batch', whole(2), 100)
    .option('--width <n>', 'channels of the first convolution', whole(1), 16)
    .option('--seed <n>', 'seed of weights, shifts and order of the data', whole(0), 1)
    .option('--out <dir>', 'folder for the misclassified digits (default: a new one under runs/)')
    .option('--save <file>', 'write the trained weights to this file (safetensors)')
    .option(
      '--adapter <name>',
      "auto, hardware, software, llvmpipe, swiftshader, or part of an adapter's name (npm run adapters lists them)",
      'auto',
    )
    .option('-h, --help', 'print this page');

/** What the command line says. */
export type ClassifyOptions = ReturnType<ReturnType<typeof classifyCommand>['opts']>;

/**
 * @param args the words after the script's name
 * @throws UsageError for an unknown flag, or a missing or malformed value
 */
export const parseClassifyOptions = (args: readonly string[]): ClassifyOptions =>
  orUsageError(() => strict(classifyCommand()).parse(args, { from: 'user' }).opts());

/** The page that `--help` prints, at most 100 columns wide. */
export const classifyHelp = (): string => strict(classifyCommand()).helpInformation();
