/** How a command ends when something it was given does not serve: one line on stderr and exit code 2. */
import { AdapterError, GpuError } from '@ganvas/tensor';
import { ConfigError } from '../config-error.ts';
import { FileError } from '../files/file-error.ts';
import { UsageError } from './options.ts';

/** Training left the numbers that are any: one line, and exit code 3, since nothing that was given is at fault by itself. */
export class DivergedError extends Error {
  override name = 'DivergedError';
}

/** Runs a command; errors that a user can mend become one line, all others keep their stack trace. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const foreseen = [UsageError, FileError, ConfigError, AdapterError, GpuError].some((type) => error instanceof type);
    const diverged = error instanceof DivergedError;
    if (!foreseen && !diverged) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = diverged ? 3 : 2;
  }
}
