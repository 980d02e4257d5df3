/** What the options of all commands share: how values are read, and how a mistake is told. */
import { CommanderError, type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';

/** The command line asks for something that does not exist. One line; the program says it on stderr and exits with 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export const adapterOption = () =>
  new Option(
    '--adapter <name>',
    "auto, hardware, software, llvmpipe, swiftshader, or part of an adapter's name (npm run adapters lists them)",
  ).default('auto');

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

/** A whole number, `min` or more. */
export function whole(min: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || !Number.isSafeInteger(value))
      throw new InvalidArgumentError(`Expected a whole number ≥ ${min}.`);
    return value;
  };
}

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('Expected a number above 0, like 2e-4.');
  return value;
}
