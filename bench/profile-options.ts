/** The command line of the profile. */
import { parseArgs } from 'node:util';
import { CASES, type Case } from './cases.ts';
import { UsageError } from './options.ts';

export interface ProfileCommand {
  case: Case;
  runs: number;
  adapter: string;
  unsafe: boolean;
  /** Print the compiled plan as well. */
  plan: boolean;
  json: string | null;
  trace: string | null;
  /** Where the drawings go: of the recorded program, and of the compiled plan. */
  svg: string | null;
  planSvg: string | null;
}

export const PROFILE_HELP = `npm run profile -- CASE [options]

Times every dispatch of a captured program on this machine. CASE is dcgan, or a case of
npm run bench: 'batch-norm 64x14x14x64'.

  --size N         of dcgan: height and width of an image (default 28)
  --width N        of dcgan: channels of the narrowest layer (default 64)
  --batch N        of dcgan: images in a batch (default 64)
  --runs N         how often each dispatch is timed (default 5)
  --adapter WORD   auto, hardware, software, llvmpipe, swiftshader, or a part of an adapter's name
  --unsafe         no clamping of buffer accesses in shaders (robustness off)
  --plan           print the compiled plan as well: kernels, workgroups, buffers
  --json FILE      write the profile
  --trace FILE     write it for Perfetto or chrome://tracing
  --svg FILE       draw the program as it was recorded
  --plan-svg FILE  draw the compiled plan; the longer a dispatch takes, the redder it is
  --help           print this page`;

const DCGAN = { size: 28, width: 64, batch: 64 };

/**
 * @returns null where help is asked for
 * @throws UsageError for an unknown flag or case, or a value that does not fit its flag
 */
export function parseProfileCommand(args: readonly string[]): ProfileCommand | null {
  const { values, positionals } = parsed(args);
  if (values.help) return null;
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0)
    throw new UsageError(
      `profile: expected one CASE, got ${name === undefined ? 'none' : `"${positionals.join('" and "')}"`} (--help lists them; quote a name with spaces)`,
    );
  const { json = null, trace = null, svg = null, adapter, unsafe, plan } = values;
  return {
    case: name === 'dcgan' ? dcganCase(values) : findCase(name, values),
    runs: values.runs === undefined ? 5 : wholeNumber('runs', values.runs),
    ...{ adapter, unsafe, plan, json, trace, svg },
    planSvg: values['plan-svg'] ?? null,
  };
}

type DcganFlags = Partial<Record<keyof typeof DCGAN, string>>;

function dcganCase(flags: DcganFlags): Case {
  const of = (flag: keyof typeof DCGAN) => (flags[flag] === undefined ? DCGAN[flag] : wholeNumber(flag, flags[flag]));
  const [size, width, batch] = [of('size'), of('width'), of('batch')];
  if (size !== 28 && !(size >= 16 && Number.isInteger(Math.log2(size))))
    throw new UsageError(`profile: --size expects 28, or a power of two from 16, got ${size}`);
  const problem = { op: 'dcgan', size, width, batch } as const;
  return { name: `dcgan ${size}x${size} w${width} b${batch}`, problem, kernel: null, quick: false, gpuOnly: false };
}

function findCase(name: string, flags: DcganFlags): Case {
  const stray = (['size', 'width', 'batch'] as const).find((flag) => flags[flag] !== undefined);
  if (stray) throw new UsageError(`profile: --${stray} goes with dcgan alone, got "${name}"`);
  const exact = CASES.find((c) => c.name === name);
  if (exact) return exact;
  const matches = CASES.filter((c) => c.name.toLowerCase().includes(name.toLowerCase()));
  if (matches.length === 1) return matches[0]!;
  const names = (matches.length > 0 ? matches : CASES).map((c) => c.name).join(', ');
  throw new UsageError(
    matches.length > 0
      ? `profile: "${name}" is a part of several cases: ${names}`
      : `profile: no case "${name}"; there is dcgan, ${names}`,
  );
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`profile: --${flag} expects a whole number from 1, got "${text}"`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        size: { type: 'string' },
        width: { type: 'string' },
        batch: { type: 'string' },
        runs: { type: 'string' },
        adapter: { type: 'string', default: 'auto' },
        unsafe: { type: 'boolean', default: false },
        plan: { type: 'boolean', default: false },
        json: { type: 'string' },
        trace: { type: 'string' },
        svg: { type: 'string' },
        'plan-svg': { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new UsageError(`profile: ${message.split('\n')[0]} (npm run profile -- --help lists the options)`);
  }
}
