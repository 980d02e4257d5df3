/** How a command ends when something it was given does not serve: one line on stderr and exit code 2. */
import { AdapterError, GpuError } from '@ganvas/tensor';
import { FileError } from '../files/file-error.ts';
import { UsageError } from './options.ts';

/** Runs a command; errors that a user can mend become one line, all others keep their stack trace. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const foreseen = [UsageError, FileError, AdapterError, GpuError].some((type) => error instanceof type);
    if (!foreseen) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}
