/** `npm run tune`: times the candidates of every kernel that the suite and small DCGANs run, and keeps the fastest. */
import { FileError } from '@ganvas/gan';
import {
  AdapterError,
  type Device,
  GpuError,
  openDevice,
  rankCandidates,
  readMeasurements,
  refusal,
  shippedName,
  type TunableWork,
  tunableWorks,
  userTuningStore,
  writeMeasurements,
} from '@ganvas/tensor';
import { UsageError } from '../options.ts';
import { parseTuneOptions, TUNE_HELP, type TuneOptions } from './options.ts';
import { recordProblem, tunedProblems } from './programs.ts';
import { createRaces, type Race } from './race.ts';
import { ship } from './ship.ts';
import { judge, loss, summarizeLosses, type Verdict, verdictTable } from './verdict.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What is running now: a line of its own on a terminal, which the next output wipes. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text.slice(0, 99)}`);
}

async function tune(args: readonly string[]): Promise<void> {
  const options = parseTuneOptions(args);
  if (options.help) return say(TUNE_HELP);
  const robustness = !options.unsafe;
  const device = await openDevice({ adapter: options.adapter, robustness, tuning: 'off' });
  try {
    say(`${device.note}\nrobustness ${robustness ? 'on' : 'off, as in npm run dcgan'}`);
    const works = worksToTune(device, options.filter);
    const verdicts = await raceAll(device, works, options);
    progress('');
    if (verdicts.length === 0) return say('Nothing was measured.');
    say(verdictTable(verdicts));
    const { mean, worst } = summarizeLosses(verdicts);
    const slowest = verdicts.find((v) => loss(v) === worst);
    say(
      `\nUntuned takes ${mean.toFixed(3)} times as long on average (geometric mean of ${verdicts.length} kernel works),`,
    );
    say(`at worst ${worst.toFixed(2)} times${slowest && worst > 1 ? ` (${slowest.key})` : ''}.`);
    keep(device, robustness, verdicts);
    if (options.ship) say(`Written to ${ship(shippedName(device.adapter, robustness), verdicts)}`);
  } finally {
    progress('');
    device.close();
  }
}

/** One work a key, of those that have a choice; those with the least arithmetic first. */
function worksToTune(device: Device, filter: string): TunableWork[] {
  const problems = tunedProblems(filter, device);
  if (problems.length === 0)
    throw new UsageError(
      `tune: no case matches "${filter}"; there is ${tunedProblems('', device)
        .map(({ name }) => name)
        .join(', ')}`,
    );
  const works = new Map<string, TunableWork>();
  for (const { name, problem } of problems) {
    progress(`recording ${name}`);
    const program = recordProblem(device, problem);
    for (const work of program ? tunableWorks(program, device.traits) : [])
      if (work.candidates.length > 1 && !works.has(work.key)) works.set(work.key, work);
  }
  const flops = ({ candidates }: TunableWork) =>
    (candidates[0]?.stages ?? []).reduce((sum, { kernel }) => sum + kernel.cost.flops, 0);
  return [...works.values()].sort((a, b) => flops(a) - flops(b));
}

async function raceAll(device: Device, works: readonly TunableWork[], options: TuneOptions): Promise<Verdict[]> {
  const race = createRaces(device);
  const verdicts: Verdict[] = [];
  const deadline = performance.now() + 1000 * options.budget;
  for (const [i, work] of works.entries()) {
    if (performance.now() > deadline) {
      progress('');
      say(
        `The budget of ${options.budget} s is spent: ${works.length - i} of ${works.length} kernel works are untuned.`,
      );
      break;
    }
    progress(`${i + 1}/${works.length} ${work.key}`);
    const { key } = work;
    const candidates = work.candidates.filter((c) => refusal(c, device.traits) === null);
    const [untuned] = rankCandidates(key, work.candidates, device.traits);
    if (candidates.length < 2 || !untuned) continue;
    const result = await race(work, candidates, deadline);
    if (options.explain) explain(work, result);
    const verdict = judge({ key, first: candidates[0]!.name, untuned: untuned.name }, result);
    if (verdict) verdicts.push(verdict);
  }
  return verdicts;
}

function explain({ problem, label }: TunableWork, { times, left }: Race): void {
  progress('');
  say(`${problem} (${label})`);
  for (const [rung, ms] of Object.entries(times)) say(`  ${rung.padEnd(24)} ${ms.toPrecision(3)} ms`);
  for (const [rung, why] of Object.entries(left)) say(`  ${rung.padEnd(24)} ${why}`);
}

/** Adds the results to what the store has. A store that takes none is no failure: the results are on the terminal. */
function keep(device: Device, robustness: boolean, verdicts: readonly Verdict[]): void {
  const store = userTuningStore();
  const target = { adapter: device.adapter, robustness };
  const { measurements } = readMeasurements(store, target);
  const results = verdicts.map(({ key, rung, ms, against }) => [key, { rung, ms, against }] as const);
  try {
    writeMeasurements(store, target, { ...measurements, ...Object.fromEntries(results) });
    say('Kept for the programs that run on this adapter from now on.');
  } catch (error) {
    process.stderr.write(`tune: the results cannot be kept: ${(error as Error).message}\n`);
  }
}

/** Errors that a user can mend are one line; all others keep their stack trace. */
try {
  await tune(process.argv.slice(2));
} catch (error) {
  if (![UsageError, FileError, AdapterError, GpuError].some((type) => error instanceof type)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
