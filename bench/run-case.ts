/** One case from its inputs to its results: compile and check every contender, then time them all in turn. */
import type { Cost } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import type { Case, Problem } from './cases.ts';
import { type Contender, ownContender, peerContender } from './contender.ts';
import { type Effort, type Measurement, measureTogether } from './measure.ts';
import { openCase } from './open-case.ts';
import type { PeerWork } from './peers/engine.ts';
import type { CaseResult, Untimed } from './report.ts';
import { type Ceilings, rooflineShare, totalCost } from './roofline.ts';
import type { createStopwatch } from './stopwatch.ts';

export interface RunSettings {
  device: Device;
  stopwatch: ReturnType<typeof createStopwatch>;
  ceilings: Ceilings;
  effort: Effort;
  /** All candidates, not only the one that the engine takes. */
  rungs: boolean;
  /** Other engines to time in the same turns. */
  peers: { open(problem: Problem): PeerWork[] | Promise<PeerWork[]> } | null;
  /** Rungs that took too long to compile, `family/rung`. Kept from case to case, so that none is tried twice. */
  slowToCompile: Set<string>;
  /** Told what is going on. */
  progress: (doing: string) => void;
}

export interface CaseOutcome {
  results: CaseResult[];
  untimed: Untimed[];
}

/** A kernel computed something else than its definition says; a time of it would mean nothing. */
export class WrongResult extends Error {
  override name = 'WrongResult';
}

/** Milliseconds to compile and run once beyond which a rung that the engine does not take is not timed. */
export const COMPILE_LIMIT = 10_000;

export async function runCase(testCase: Case, settings: RunSettings): Promise<CaseOutcome> {
  const { device, stopwatch, rungs, slowToCompile, progress } = settings;
  progress('compiling');
  const opened = openCase(device, testCase, {
    rungs: rungs ? 'all' : 'taken',
    captured: settings.peers !== null,
  });
  const own = opened.works.map((work) => ownContender(device, work, stopwatch));
  const peers = ((await settings.peers?.open(testCase.problem)) ?? []).map((work) => peerContender(device, work));
  const untimed: Untimed[] = [];
  const ready: (Contender & { compile: number })[] = [];
  let expected = opened.expected();
  try {
    for (const contender of [...own, ...peers]) {
      const { engine, rung } = contender;
      const isOwn = engine === 'ganvas';
      const leaveOut = (reason: string) => void untimed.push({ case: testCase.name, engine, rung, reason });
      const key = `${testCase.kernel?.family}/${rung}`;
      if (slowToCompile.has(key)) {
        leaveOut('took too long to compile in an earlier case');
        continue;
      }
      progress(`compiling ${isOwn ? rung : engine}`);
      const started = performance.now();
      try {
        await contender.start();
      } catch (error) {
        if (isOwn) throw error;
        leaveOut((error as Error).message.split('\n')[0]!);
        continue;
      }
      const compile = performance.now() - started;
      const values = await contender.values();
      const wrong = values && disagreement(values, expected ?? values);
      if (wrong && isOwn) throw new WrongResult(`${testCase.name}, ${rung}: ${wrong}`);
      expected ??= values; // with nothing else to go by, the others must agree with the first
      if (wrong) leaveOut(`computes something else: ${wrong}`);
      else if (isOwn && contender !== own[0] && compile > COMPILE_LIMIT) {
        slowToCompile.add(key);
        leaveOut(`took ${Math.round(compile / 1000)} s to compile; the limit is ${COMPILE_LIMIT / 1000} s`);
      } else ready.push({ ...contender, compile });
    }
    progress(ready.length > 1 ? `timing ${ready.length} in turn` : 'timing');
    const measurements = await measureTogether(
      ready.map(({ timer }) => timer),
      settings.effort,
    );
    const cost = own[0]!.costs!();
    const results = ready.map(({ costs, ...contender }, i) =>
      resultOf(testCase.name, contender, measurements[i]!, costs?.() ?? cost, settings.ceilings),
    );
    return { results, untimed };
  } finally {
    for (const contender of [...own, ...peers]) contender.close();
    opened.close();
  }
}

function resultOf(
  name: string,
  { engine, rung, compile }: { engine: string; rung: string; compile: number },
  m: Measurement,
  costs: readonly Cost[],
  ceilings: Ceilings,
): CaseResult {
  const { flops, bytes } = totalCost(costs);
  return {
    ...{ case: name, engine, rung },
    ...{ ms: m.median, p25: m.p25, p75: m.p75 },
    ...{ gflops: flops / m.median / 1e6, gbps: bytes / m.median / 1e6 },
    roofline: rooflineShare(costs, m.median, ceilings),
    ...{ clock: m.clock, wall: m.wall, compile, samples: m.samples, outliers: m.outliers },
  };
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
