/** `npm run bench`: the adapter's roofline, then every case against it. */
import { FileError } from '@ganvas/gan';
import { AdapterError, GpuError, openDevice } from '@ganvas/tensor';
import { selectCases } from './cases.ts';
import { measureCeilings } from './ceilings.ts';
import { compareReports } from './compare.ts';
import { describeMachine } from './machine.ts';
import { EFFORT } from './measure.ts';
import { HELP, parseBenchOptions, UsageError } from './options.ts';
import { checkWritable, type Report, readReport, writeReport } from './report.ts';
import { runCase, WrongResult } from './run-case.ts';
import { createStopwatch } from './stopwatch.ts';
import { ceilingLines, comparisonTable, machineLines, resultRow, resultTitles } from './table.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What is running now: a line of its own on a terminal, which the next output wipes. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text.slice(0, 99)}`);
}

/** @returns the exit code */
async function bench(args: readonly string[]): Promise<number> {
  const options = parseBenchOptions(args);
  if (options.help) {
    say(HELP);
    return 0;
  }
  const before = options.compare === null ? null : readReport(options.compare);
  if (options.json !== null) checkWritable(options.json);
  const device = await openDevice({ adapter: options.adapter, robustness: !options.unsafe });
  try {
    const cases = selectCases(options.filter, options.quick, device.adapter.class);
    if (cases.length === 0)
      throw new UsageError(
        `bench: no case${options.quick ? ' of --quick' : ''} matches "${options.filter}"; there is ` +
          [...new Set(selectCases('', options.quick, device.adapter.class).map((c) => c.name))].join(', '),
      );

    const machine = describeMachine(device, !options.unsafe);
    say(machineLines(machine));
    const effort = options.quick ? EFFORT.quick : EFFORT.full;
    progress('roofline');
    const ceilings = await measureCeilings(device, EFFORT.quick);
    progress('');
    say(`${ceilingLines(ceilings)}\n\n${resultTitles()}`);

    const report: Report = { device: machine, roofline: ceilings, cases: [] };
    const settings = { device, stopwatch: createStopwatch(device), ceilings, effort, rungs: options.rungs };
    for (const [i, testCase] of cases.entries()) {
      const status = `${i + 1}/${cases.length} ${testCase.name}`;
      say(testCase.name);
      progress(status);
      for await (const result of runCase(testCase, settings)) {
        progress('');
        say(resultRow(result));
        progress(status);
        report.cases.push(result);
      }
      progress('');
    }
    if (options.json !== null) writeReport(options.json, report);
    return before ? compared(before, report) : 0;
  } finally {
    progress('');
    device.close();
  }
}

/** Prints the comparison. @returns 1 where a case became slower, else 0 */
function compared(before: Report, now: Report): number {
  const comparisons = compareReports(before, now);
  if (before.device.adapter !== now.device.adapter)
    say(`\nThe older results are from another adapter: ${before.device.adapter}`);
  if (comparisons.length === 0) throw new UsageError('bench: the compared file has none of these cases');
  say(`\n${comparisonTable(comparisons)}`);
  const slower = comparisons.filter((c) => c.verdict === 'slower').length;
  say(slower === 0 ? 'No case became slower.' : `${slower} of ${comparisons.length} became slower.`);
  return slower === 0 ? 0 : 1;
}

/** Errors that a user can mend are one line; a wrong result is a failure; all others keep their stack trace. */
try {
  process.exitCode = await bench(process.argv.slice(2));
} catch (error) {
  if (error instanceof WrongResult) process.exitCode = 1;
  else if ([UsageError, FileError, AdapterError, GpuError].some((type) => error instanceof type)) process.exitCode = 2;
  else throw error;
  process.stderr.write(`${(error as Error).message}\n`);
}
