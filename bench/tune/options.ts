/** The command line of the tuner. */
import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';

export interface TuneOptions {
  filter: string;
  adapter: string;
  /** Seconds. */
  budget: number;
  unsafe: boolean;
  ship: boolean;
  explain: boolean;
  help: boolean;
}

export const TUNE_HELP = `npm run tune -- [FILTER] [options]

Times every way to compute the kernels of the suite and of small DCGANs on this machine, and keeps the
fastest for later programs. FILTER is the beginning of a word in a case's name: dcgan.

  --adapter WORD    auto, hardware, software, llvmpipe, swiftshader, or a part of an adapter's name
  --budget SECONDS  stop after that long, default 300; what was measured by then is kept
  --unsafe          tune for programs without clamping of buffer accesses, as npm run dcgan is
  --ship            write the results into the table that comes with the package, too
  --explain         print every rung's time, and why others have none
  --help            print this page`;

/** @throws UsageError for an unknown flag, a missing or malformed value, or more than one FILTER */
export function parseTuneOptions(args: readonly string[]): TuneOptions {
  const { values, positionals } = parsed([...args]);
  if (positionals.length > 1)
    throw new UsageError(`tune: expected one FILTER, got "${positionals.join('" and "')}" (quote a name with spaces)`);
  const budget = Number(values.budget);
  if (!(budget > 0)) throw new UsageError(`tune: --budget ${values.budget}: expected seconds above 0, like 300`);
  return { ...values, budget, filter: positionals[0] ?? '' };
}

function parsed(args: string[]) {
  try {
    const flag = { type: 'boolean', default: false } as const;
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        adapter: { type: 'string', default: 'auto' },
        budget: { type: 'string', default: '300' },
        unsafe: flag,
        ship: flag,
        explain: flag,
        help: flag,
      },
    });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new UsageError(`tune: ${message.split('\n')[0]} (npm run tune -- --help lists the options)`);
  }
}
