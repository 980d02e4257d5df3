/** Measures cases one after another, says each result as it comes, and gathers them in a report. */
import type { Device } from '@ganvas/tensor';
import type { Case } from './cases.ts';
import { measureCeilings } from './ceilings.ts';
import { describeMachine } from './machine.ts';
import { EFFORT } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { isGan } from './peers/gan.ts';
import type { Peers } from './peers/index.ts';
import type { Report } from './report.ts';
import { runCase } from './run-case.ts';
import { createStopwatch } from './stopwatch.ts';
import { ceilingLines, machineLines, peerLines, resultRow, resultTitles, stepRateRow, untimedRow } from './table.ts';
import { progress, say } from './terminal.ts';

/** @param keep told of the report after every case: a run that is stopped halfway has then kept what it measured */
export async function runSuite(
  device: Device,
  cases: readonly Case[],
  { quick, rungs, unsafe }: Pick<BenchOptions, 'quick' | 'rungs' | 'unsafe'>,
  peers: Peers | null,
  keep: (report: Report) => void,
): Promise<Report> {
  const machine = describeMachine(device, !unsafe);
  say(machineLines(machine));
  const versions = peers?.versions ?? {};
  if (peers) say(peerLines(versions));
  progress('roofline');
  const ceilings = await measureCeilings(device, EFFORT.quick);
  progress('');
  say(`${ceilingLines(ceilings)}\n\n${resultTitles()}`);

  const report: Report = { device: machine, peers: versions, roofline: ceilings, cases: [], untimed: [] };
  const slowToCompile = new Set<string>();
  for (const [i, testCase] of cases.entries()) {
    const { results, untimed } = await runCase(testCase, {
      ...{ device, stopwatch: createStopwatch(device), ceilings, rungs, peers, slowToCompile },
      effort: quick ? EFFORT.quick : EFFORT.full,
      progress: (doing) => progress(`${i + 1}/${cases.length} ${testCase.name}: ${doing}`),
    });
    progress('');
    const rate = isGan(testCase.problem) && results.length > 0 ? [stepRateRow(results)] : [];
    say([testCase.name, ...results.map(resultRow), ...rate, ...untimed.map(untimedRow)].join('\n'));
    report.cases.push(...results);
    report.untimed.push(...untimed);
    keep(report);
  }
  return report;
}
