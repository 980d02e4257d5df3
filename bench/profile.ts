/** `npm run profile`: where the time of a captured program goes, dispatch by dispatch. */
import { FileError, writeFileAtomic } from '@ganvas/gan';
import {
  AdapterError,
  chromeTrace,
  drawPlan,
  drawProgram,
  formatProfile,
  GpuError,
  openDevice,
  type Profile,
  printPlan,
} from '@ganvas/tensor';
import { measureCeilings } from './ceilings.ts';
import { describeMachine } from './machine.ts';
import { EFFORT } from './measure.ts';
import { kernelProblem } from './open-case.ts';
import { UsageError } from './options.ts';
import { PROFILE_HELP, type ProfileCommand, parseProfileCommand } from './profile-options.ts';
import { openProgram, type ProgramWork } from './program-work.ts';
import { checkWritable } from './report.ts';
import { ceilingLines, machineLines } from './table.ts';
import { progress, say } from './terminal.ts';

async function profile(command: ProfileCommand): Promise<void> {
  for (const path of [command.json, command.trace, command.svg, command.planSvg])
    if (path !== null) checkWritable(path);
  const device = await openDevice({ adapter: command.adapter, robustness: !command.unsafe });
  try {
    say(machineLines(describeMachine(device, !command.unsafe)));
    progress('roofline');
    const ceilings = await measureCeilings(device, EFFORT.quick);
    progress('');
    say(ceilingLines(ceilings));
    progress(`compiling ${command.case.name}`);
    const work = openProgram(device, command.case, kernelProblem(command.case));
    try {
      await work.prepare();
      progress(`timing ${command.case.name}`);
      const { gflops, gbps, streams } = ceilings;
      const result = await work.profile({ runs: command.runs, roofline: { gflops, gbps, streams } });
      progress('');
      if (command.plan) say(`\n${printPlan(work.plan())}`);
      say(`\n${command.case.name}\n${formatProfile(result)}`);
      await writeFiles(command, result, work);
    } finally {
      work.close();
    }
  } finally {
    progress('');
    device.close();
  }
}

/** Drawings load Graphviz, which a run without them does not need. */
async function writeFiles(command: ProfileCommand, profile: Profile, work: ProgramWork): Promise<void> {
  const { json, trace, svg, planSvg } = command;
  if (json !== null) writeFileAtomic(json, `${JSON.stringify({ case: command.case.name, ...profile }, null, 2)}\n`);
  if (trace !== null) writeFileAtomic(trace, JSON.stringify(chromeTrace(profile)));
  if (svg === null && planSvg === null) return;
  const { renderSvg } = await import('./svg.ts');
  if (svg !== null) writeFileAtomic(svg, await renderSvg(drawProgram(work.record())));
  const shares = profile.dispatches.map(({ share }) => share);
  if (planSvg !== null) writeFileAtomic(planSvg, await renderSvg(drawPlan(work.plan(), shares)));
}

/** Errors that a user can mend are one line; all others keep their stack trace. */
try {
  const command = parseProfileCommand(process.argv.slice(2));
  if (command) await profile(command);
  else say(PROFILE_HELP);
} catch (error) {
  if (![UsageError, FileError, AdapterError, GpuError].some((type) => error instanceof type)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
