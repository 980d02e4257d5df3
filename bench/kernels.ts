/**
 * Prints kernels. No GPU is needed: a kernel is a function of its shape, and of the class of adapter it should run on.
 *
 *     npm run kernels -- list [NAME] [--adapter gpu|llvmpipe|swiftshader]
 *     npm run kernels -- show NAME [--shape FIELD=VALUE,...] [--rung R] [--adapter gpu|llvmpipe|swiftshader]
 */
import { parseArgs } from 'node:util';
import {
  type AdapterClass,
  CATALOGUE,
  type Candidate,
  type KernelFamily,
  metric,
  printCandidate,
  ShapeTextError,
} from '@ganvas/kernels-wgsl';

const ADAPTERS: readonly AdapterClass[] = ['gpu', 'llvmpipe', 'swiftshader'];

const USAGE = `npm run kernels -- list [NAME] [--adapter A]
    kernel families and their rungs at canonical shapes, in the order in which that class of
    adapter tries them: dispatches, operations, bytes moved, operations a byte; with a NAME,
    that family alone, and how its shapes are written
npm run kernels -- show NAME [--shape FIELD=VALUE,...] [--rung R] [--adapter A]
    the complete WGSL of a kernel, dispatch by dispatch, under its bindings, workgroups and cost
  --shape    fields of the shape that differ from the family's first shape, as in stride=1,padding=0
  --rung     name of a rung, its number alone, or its beginning (default: the first that the
             adapter tries)
  --adapter  ${ADAPTERS.join(', ')} (default: gpu)`;

/** The command line asks for something that there is not. One line. */
class UsageError extends Error {}

function findFamily(name: string): KernelFamily {
  const family = CATALOGUE.find((f) => f.name === name);
  if (family) return family;
  throw new UsageError(`no kernel family "${name}"; the families are ${CATALOGUE.map((f) => f.name).join(', ')}`);
}

function findAdapter(word: string): AdapterClass {
  const adapter = ADAPTERS.find((a) => a === word);
  if (adapter) return adapter;
  throw new UsageError(`no adapter class "${word}"; the classes are ${ADAPTERS.join(', ')}`);
}

function findRung(candidates: readonly Candidate[], text: string): Candidate {
  const exact = candidates.filter((c) => c.name === text);
  // A number is a whole number: 1 means 1-workgroup-tile, and not 10-subgroup as well.
  const beginning = /^\d+$/.test(text) ? `${text}-` : text;
  const matches = exact.length > 0 ? exact : candidates.filter((c) => text !== '' && c.name.startsWith(beginning));
  if (matches.length === 1) return matches[0]!;
  const names = (matches.length > 0 ? matches : candidates).map((c) => c.name).join(', ');
  throw new UsageError(
    matches.length > 0
      ? `"${text}" begins several rungs: ${names}`
      : `no rung "${text}"; at this shape the rungs are ${names}`,
  );
}

/** A family's shapes, and under each the rungs that it has. */
function listFamily(family: KernelFamily, adapter: AdapterClass): string {
  const rungs = family.shapes.flatMap((text) => {
    const { shape, candidates } = family.problem(text);
    return [`  ${shape}`, ...candidates(adapter).map((candidate) => `    ${rungLine(candidate)}`)];
  });
  return [`${family.name}: ${family.about}`, ...rungs].join('\n');
}

function rungLine({ name, stages }: Candidate): string {
  const total = (key: 'flops' | 'bytes') => stages.reduce((sum, s) => sum + s.kernel.cost[key], 0);
  const [flops, bytes] = [total('flops'), total('bytes')];
  return [
    name.padEnd(30),
    `${stages.length} dispatch${stages.length === 1 ? '' : 'es'}`.padEnd(12),
    metric(flops, 'flop').padStart(12),
    metric(bytes, 'B').padStart(9),
    `${(flops / bytes).toPrecision(3)} flop/B`.padStart(13),
  ].join('  ');
}

function show(name: string, shape: string | undefined, rung: string | undefined, adapter: AdapterClass): string {
  const family = findFamily(name);
  const problem = family.problem(shape);
  const candidates = problem.candidates(adapter);
  const candidate =
    rung === undefined ? candidates.find((c) => !c.requires?.inputPrecision)! : findRung(candidates, rung);
  return printCandidate({ family, problem, adapter, candidate }).join('\n');
}

function run(args: string[]): string {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      adapter: { type: 'string', default: 'gpu' },
      shape: { type: 'string' },
      rung: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return `${USAGE}\n`;
  const [command, name, ...more] = positionals;
  const adapter = findAdapter(values.adapter);
  if (more.length > 0) throw new UsageError(`expected one NAME, got ${[name, ...more].join(' ')} (--help says more)`);
  if (command === 'list') {
    if (values.shape !== undefined || values.rung !== undefined)
      throw new UsageError('list takes neither --shape nor --rung; show does');
    if (name === undefined) return `${CATALOGUE.map((f) => listFamily(f, adapter)).join('\n\n')}\n`;
    const family = findFamily(name);
    const fields = Object.entries(family.fields).map(([field, syntax]) => `  ${field}=${syntax}\n`);
    return `${listFamily(family, adapter)}\n\nfields of --shape, joined by commas:\n${fields.join('')}`;
  }
  if (command === 'show' && name !== undefined) return show(name, values.shape, values.rung, adapter);
  const got = command === 'show' ? 'show without a NAME' : command === undefined ? 'nothing' : `"${command}"`;
  throw new UsageError(`expected list or show NAME, got ${got} (--help says more)`);
}

// Whoever reads the output may stop early, as head does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.stdout.write(run(process.argv.slice(2)));
} catch (error) {
  const { code = '', message } = error as Error & { code?: string };
  const foreseen = error instanceof UsageError || error instanceof ShapeTextError || code.startsWith('ERR_PARSE_ARGS');
  if (!foreseen) throw error;
  process.stderr.write(`kernels: ${message.replaceAll('\n', ' ')}\n`);
  process.exitCode = 2;
}
