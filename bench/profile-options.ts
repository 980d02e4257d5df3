/** The command line of the profile. */
import { parseArgs } from 'node:util';
import { CASES, type Case, type ImageGanCase, imageGan, isNamed } from './cases.ts';
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

Times every dispatch of a captured program on this machine. CASE is dcgan, cgan or acgan, or a case of
npm run bench: 'batch-norm 64x14x14x64'.

  --size N         of these: height and width of an image (default 28)
  --width N        of these: channels of the layer next to the image (default 64; of acgan 32)
  --batch N        of these: images in a batch (default 64; of acgan 100)
  --runs N         how often each dispatch is timed (default 5)
  --adapter WORD   auto, hardware, software, llvmpipe, swiftshader, or a part of an adapter's name
  --unsafe         no clamping of buffer accesses in shaders (robustness off)
  --plan           print the compiled plan as well: kernels, workgroups, buffers
  --json FILE      write the profile
  --trace FILE     write it for Perfetto or chrome://tracing
  --svg FILE       draw the program as it was recorded
  --plan-svg FILE  draw the compiled plan; the longer a dispatch takes, the redder it is
  --help           print this page`;

/** The widths and batches of their papers and scripts. */
const IMAGE_GANS: Readonly<Record<ImageGanCase['op'], { size: number; width: number; batch: number }>> = {
  dcgan: { size: 28, width: 64, batch: 64 },
  cgan: { size: 28, width: 64, batch: 64 },
  acgan: { size: 28, width: 32, batch: 100 },
};
const isImageGan = (name: string): name is ImageGanCase['op'] => Object.hasOwn(IMAGE_GANS, name);

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
    case: isImageGan(name) ? sizedCase(name, values) : findCase(name, values),
    runs: values.runs === undefined ? 5 : wholeNumber('runs', values.runs),
    ...{ adapter, unsafe, plan, json, trace, svg },
    planSvg: values['plan-svg'] ?? null,
  };
}

const SIZES = ['size', 'width', 'batch'] as const;
type SizeFlags = Partial<Record<(typeof SIZES)[number], string>>;

function sizedCase(op: ImageGanCase['op'], flags: SizeFlags): Case {
  const of = (flag: (typeof SIZES)[number]) =>
    flags[flag] === undefined ? IMAGE_GANS[op][flag] : wholeNumber(flag, flags[flag]);
  const [size, width, batch] = SIZES.map(of) as [number, number, number];
  if (op === 'acgan' && (size % 4 !== 0 || size < 20))
    throw new UsageError(`profile: --size of acgan expects a multiple of 4 from 20, got ${size}`);
  if (op !== 'acgan' && size !== 28 && !(size >= 16 && Number.isInteger(Math.log2(size))))
    throw new UsageError(`profile: --size expects 28, or a power of two from 16, got ${size}`);
  return imageGan({ op, size, width, batch });
}

function findCase(name: string, flags: SizeFlags): Case {
  const stray = SIZES.find((flag) => flags[flag] !== undefined);
  if (stray) throw new UsageError(`profile: --${stray} goes with dcgan, cgan and acgan alone, got "${name}"`);
  const exact = CASES.find((c) => c.name === name);
  if (exact) return exact;
  const matches = CASES.filter((c) => isNamed(c.name, name));
  if (matches.length === 1) return matches[0]!;
  const names = (matches.length > 0 ? matches : CASES).map((c) => c.name).join(', ');
  throw new UsageError(
    matches.length > 0
      ? `profile: "${name}" is a part of several cases: ${names}`
      : `profile: no case "${name}"; there is ${Object.keys(IMAGE_GANS).join(', ')}, ${names}`,
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
