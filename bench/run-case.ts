/** One case from its inputs to its results: compile, check, time. */
import type { Device } from '@ganvas/tensor';
import type { Case } from './cases.ts';
import { kernelProblem } from './kernel-problem.ts';
import { openKernels } from './kernel-work.ts';
import { type Effort, measure } from './measure.ts';
import { openProgram } from './program-work.ts';
import type { CaseResult } from './report.ts';
import { type Ceilings, rooflineShare, totalCost } from './roofline.ts';
import type { createStopwatch } from './stopwatch.ts';
import type { OpenedCase, Work } from './work.ts';

export interface RunSettings {
  device: Device;
  stopwatch: ReturnType<typeof createStopwatch>;
  ceilings: Ceilings;
  effort: Effort;
  /** All candidates, not only the one that the engine takes. */
  rungs: boolean;
}

/** A kernel computed something else than its definition says; a time of it would mean nothing. */
export class WrongResult extends Error {
  override name = 'WrongResult';
}

export async function* runCase(testCase: Case, settings: RunSettings): AsyncGenerator<CaseResult> {
  const opened = open(settings.device, testCase);
  try {
    const works = settings.rungs ? opened.works : opened.works.slice(0, 1);
    let { expected } = opened;
    for (const work of works) {
      const { result, values } = await runWork(testCase.name, work, expected, settings);
      expected ??= values; // with nothing else to go by, the other rungs must agree with the first
      yield result;
    }
  } finally {
    opened.close();
  }
}

function open(device: Device, { problem }: Case): OpenedCase {
  switch (problem.op) {
    case 'batch-norm':
    case 'batch-norm-grad':
    case 'dcgan':
      return openProgram(device, problem);
    default:
      return openKernels(device, kernelProblem(problem, device.adapter.class));
  }
}

async function runWork(
  name: string,
  work: Work,
  expected: ArrayLike<number> | null,
  { device, stopwatch, ceilings, effort }: RunSettings,
): Promise<{ result: CaseResult; values: ArrayLike<number> }> {
  try {
    // Some adapters compile when a pipeline is made, others when it first runs.
    const started = performance.now();
    await work.prepare();
    work.run(1);
    await device.idle();
    const compile = performance.now() - started;
    const values = await work.result();
    const wrong = disagreement(values, expected ?? values);
    if (wrong) throw new WrongResult(`${name}, ${work.rung}: ${wrong}`);

    const m = await measure(stopwatch(work.run), effort);
    const costs = work.costs();
    const { flops, bytes } = totalCost(costs);
    const result: CaseResult = {
      ...{ case: name, engine: 'ganvas', rung: work.rung },
      ...{ ms: m.median, p25: m.p25, p75: m.p75 },
      ...{ gflops: flops / m.median / 1e6, gbps: bytes / m.median / 1e6 },
      roofline: rooflineShare(costs, m.median, ceilings),
      ...{ clock: m.clock, wall: m.wall, compile, samples: m.samples, outliers: m.outliers },
    };
    return { result, values };
  } finally {
    work.close();
  }
}

/** Of the largest expected value: far above what summing in another order does, far below what a wrong index does. */
const TOLERANCE = 1e-3;

/** What is wrong with the first values of a result, or null. */
export function disagreement(actual: ArrayLike<number>, expected: ArrayLike<number>): string | null {
  let scale = 0;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i], expected[i]!];
    if (a === undefined || !(Math.abs(a - e) <= TOLERANCE * scale))
      return `element ${i} is ${a}, expected ${e} (within ${TOLERANCE} of the largest, ${scale})`;
  }
  return null;
}
