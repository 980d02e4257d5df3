/** The command line of the suite. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  filter: string;
  quick: boolean;
  adapter: string;
  rungs: boolean;
  unsafe: boolean;
  json: string | null;
  compare: string | null;
  help: boolean;
}

/** The command line asks for something that does not exist. One line; the program says it on stderr and exits with 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export const HELP = `npm run bench -- [FILTER] [options]

Measures kernels and training steps on this machine. FILTER is a part of a case's name: conv2d-dx.

  --quick         small cases and few repetitions
  --rungs         every candidate of a kernel, not only the one that the engine takes
  --adapter WORD  auto, hardware, software, llvmpipe, swiftshader, or a part of an adapter's name
  --unsafe        no clamping of buffer accesses in shaders (robustness off)
  --json FILE     write the results
  --compare FILE  print ratios against results written before; exit 1 where a case became slower
  --help          print this page`;

/** @throws UsageError for an unknown flag, a missing value, or more than one FILTER */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed([...args]);
  if (positionals.length > 1)
    throw new UsageError(`bench: expected one FILTER, got "${positionals.join('" and "')}" (quote a name with spaces)`);
  return {
    filter: positionals[0] ?? '',
    quick: values.quick,
    adapter: values.adapter,
    rungs: values.rungs,
    unsafe: values.unsafe,
    json: values.json ?? null,
    compare: values.compare ?? null,
    help: values.help,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        adapter: { type: 'string', default: 'auto' },
        rungs: { type: 'boolean', default: false },
        unsafe: { type: 'boolean', default: false },
        json: { type: 'string' },
        compare: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new UsageError(`bench: ${message.split('\n')[0]} (npm run bench -- --help lists the options)`);
  }
}
