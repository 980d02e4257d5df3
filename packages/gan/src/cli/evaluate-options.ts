/** The options of `gan evaluate`. */
import { seedOption, within } from './look-options.ts';
import { whole } from './options.ts';
import { runCommandOf } from './run-command.ts';

/** What the judgement of digits takes at least, so that it has parts to draw from. */
export const LEAST_SAMPLES = 100;

export const evaluateCommand = () =>
  runCommandOf(
    'evaluate',
    'Judges samples of a run on mnist, stacked-mnist, ring or grid; or digits of anyone, in an IDX file (images[:labels]). ' +
      'Figures come with their sample count and a bootstrap interval of 95 %.',
  )
    .usage('RUN|FILE [options]')
    .option('--samples <n>', 'samples that are judged (default: 10000, of stacked-mnist 26000)', whole(LEAST_SAMPLES))
    .addOption(seedOption())
    .option('--resamples <n>', 'of each bootstrap', within(1, 100_000), 200)
    .option('--json <file>', 'write all of it to this file, x.json')
    .option('--neighbours <file>', 'of digits: a picture, x.png: samples, each with its nearest training digit');

export type EvaluateOptions = ReturnType<ReturnType<typeof evaluateCommand>['opts']>;
