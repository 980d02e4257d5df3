/** `npm run bench`: the adapter's roofline, then every case against it. */
import { FileError, writeFileAtomic } from '@ganvas/gan';
import { AdapterError, explainChoices, GpuError, openDevice } from '@ganvas/tensor';
import { type Case, selectCases } from './cases.ts';
import { compareReports } from './compare.ts';
import { writeGalleryTables } from './gallery-tables.ts';
import { type BenchOptions, HELP, parseBenchOptions, UsageError } from './options.ts';
import { gapLines, peerTable, recipeLines } from './peer-table.ts';
import { checkWritable, type Report, readReport, writeReport } from './report.ts';
import { WrongResult } from './run-case.ts';
import { runSuite } from './suite.ts';
import { comparisonTable } from './table.ts';
import { progress, say } from './terminal.ts';

/** @returns the exit code */
async function bench(args: readonly string[]): Promise<number> {
  const options = parseBenchOptions(args);
  if (options.help) {
    say(HELP);
    return 0;
  }
  const before = options.compare === null ? null : readReport(options.compare);
  for (const path of [options.json, options.html, options.png]) if (path !== null) checkWritable(path);
  const robustness = !options.unsafe;
  const device = await openDevice({ adapter: options.adapter, robustness });
  try {
    const cases = chosenCases(options, device.adapter.class);
    const { name, backend } = device.adapter;
    const peers =
      options.peers &&
      (await (await import('./peers/index.ts')).openPeers({ name, backend, robustness }, options.peers));
    try {
      const { json } = options;
      const report = await runSuite(
        device,
        cases,
        options,
        peers,
        (soFar) => json !== null && writeReport(json, soFar),
      );
      if (peers)
        say(`\n${[peerTable(report), ...recipeLines(report, cases), ...gapLines(peers.gaps, cases)].join('\n')}`);
      if (options.explain) say(`\n${explainChoices(device.choices())}`);
      await writeFiles(report, options);
      return before ? compared(before, report) : 0;
    } finally {
      peers?.close();
    }
  } finally {
    progress('');
    device.close();
  }
}

function chosenCases({ filter, quick }: BenchOptions, adapter: Parameters<typeof selectCases>[2]): Case[] {
  const cases = selectCases(filter, quick, adapter);
  if (cases.length > 0) return cases;
  const all = selectCases('', quick, adapter).map((c) => c.name);
  throw new UsageError(`bench: no case${quick ? ' of --quick' : ''} matches "${filter}"; there is ${all.join(', ')}`);
}

/** The page and the picture load the charting library, which a run without them does not need. */
async function writeFiles(report: Report, { html, png, tables }: BenchOptions): Promise<void> {
  if (html !== null) writeFileAtomic(html, (await import('./html.ts')).renderHtml(report));
  if (png !== null) writeFileAtomic(png, await (await import('./png.ts')).renderPng(report));
  if (tables) say(`\n${writeGalleryTables(report).join('\n')}`);
}

/** Prints the comparison. @returns 1 where a case of ours became slower, else 0 */
function compared(before: Report, now: Report): number {
  const comparisons = compareReports(before, now);
  if (before.device.adapter !== now.device.adapter)
    say(`\nThe older results are from another adapter: ${before.device.adapter}`);
  if (comparisons.length === 0) throw new UsageError('bench: the compared file has none of these cases');
  say(`\n${comparisonTable(comparisons)}`);
  const own = comparisons.filter((c) => c.now.engine === 'ganvas');
  const slower = own.filter((c) => c.verdict === 'slower').length;
  say(slower === 0 ? 'No case became slower.' : `${slower} of ${own.length} became slower.`);
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
