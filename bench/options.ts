/** The command line of the suite. */
import { parseArgs } from 'node:util';
import { PEER_ENGINES, type PeerEngine } from './peers/engine.ts';

export interface BenchOptions {
  filter: string;
  quick: boolean;
  adapter: string;
  rungs: boolean;
  /** Other engines to measure as well; null for none. */
  peers: PeerEngine[] | null;
  unsafe: boolean;
  explain: boolean;
  tables: boolean;
  json: string | null;
  compare: string | null;
  html: string | null;
  png: string | null;
  help: boolean;
}

/** The command line asks for something that does not exist. One line; the program says it on stderr and exits with 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export const HELP = `npm run bench -- [FILTER] [options]

Measures kernels and training steps on this machine.
FILTER is the beginning of a word in a case's name: matmul.

  --quick            small cases and few repetitions
  --rungs            every candidate of a kernel, not only the one that the engine takes;
                     training steps with and without the compiler's passes
  --peers [ENGINES]  other engines in the same run: tfjs-webgpu,jax-js (default: all)
  --adapter WORD     auto, hardware, software, llvmpipe, swiftshader, or a part of an adapter's name
  --unsafe           no clamping of buffer accesses in shaders (robustness off)
  --explain          print which kernels the engine chose, and why
  --json FILE        write the results
  --compare FILE     print ratios against results written before; exit 1 where a case became slower
  --html FILE        write the results as a page with charts
  --png FILE         write the main chart
  --tables           write the measured ladders into the gallery of kernels (implies --rungs)
  --help             print this page`;

/** @throws UsageError for an unknown flag, a missing value, or more than one FILTER */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args.flatMap(withEngines));
  if (positionals.length > 1)
    throw new UsageError(`bench: expected one FILTER, got "${positionals.join('" and "')}" (quote a name with spaces)`);
  const { peers, json = null, compare = null, html = null, png = null, ...flags } = values;
  return {
    ...{ ...flags, json, compare, html, png },
    filter: positionals[0] ?? '',
    rungs: flags.rungs || flags.tables,
    peers: peers === undefined ? null : enginesOf(peers),
  };
}

/** `--peers` alone means all engines; a word after it is its value where it reads as engines' names, else it is the FILTER. */
function withEngines(arg: string, i: number, args: readonly string[]): string[] {
  const engines = /^(tfjs-|jax-)[^ ]*$/;
  if (arg === '--peers') return [`--peers=${engines.test(args[i + 1] ?? '') ? args[i + 1] : ''}`];
  return args[i - 1] === '--peers' && engines.test(arg) ? [] : [arg];
}

function enginesOf(text: string): PeerEngine[] {
  if (text === '') return [...PEER_ENGINES];
  return text.split(',').map((name) => {
    const engine = PEER_ENGINES.find((e) => e === name);
    if (engine) return engine;
    throw new UsageError(`bench: --peers knows no engine "${name}"; there is ${PEER_ENGINES.join(', ')}`);
  });
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
        peers: { type: 'string' },
        unsafe: { type: 'boolean', default: false },
        explain: { type: 'boolean', default: false },
        tables: { type: 'boolean', default: false },
        json: { type: 'string' },
        compare: { type: 'string' },
        html: { type: 'string' },
        png: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new UsageError(`bench: ${message.split('\n')[0]} (npm run bench -- --help lists the options)`);
  }
}
