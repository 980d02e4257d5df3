/** A command about a run: `npm run gan -- NAME RUN [options]`, with the options that all of them have. */
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { adapterOption, orUsageError, strict, UsageError } from './options.ts';
import { say } from './say.ts';

export const runCommandOf = (name: string, about: string) =>
  new Command(`npm run gan -- ${name}`)
    .usage('RUN [options]')
    .description(about)
    .argument('[run]', 'the folder of a run, or a checkpoint')
    .option('--best', 'the checkpoint that was judged best, not the latest', false)
    .option('--no-ema', 'the weights themselves, where the run keeps their moving average')
    .addOption(adapterOption())
    .option('-h, --help', 'print this page');

/**
 * @returns null where the help was asked for, and was printed
 * @throws UsageError for an unknown flag, a missing or malformed value, or no RUN
 */
export function parseRunCommand<C extends CommandUnknownOpts>(
  command: C,
  args: readonly string[],
): { run: string; options: ReturnType<C['opts']> } | null {
  orUsageError(() => strict(command).parse(args, { from: 'user' }));
  const options = command.opts() as ReturnType<C['opts']> & { help?: true };
  if (options.help) {
    say(command.helpInformation().trimEnd());
    return null;
  }
  const [run] = command.args;
  if (run !== undefined) return { run, options };
  throw new UsageError('which run? expected the folder of a run, or a checkpoint (--help lists the options)');
}
