/** A rung, or a reader's change of it, put to the test: is it right, and how long does it take? */
import type { Candidate, KernelProblem } from '@ganvas/kernels-wgsl';
import type { Device, Run, Timer } from '@ganvas/tensor';
import { check, type Verdict } from './check.ts';
import { type Bench, prepare } from './run.ts';
import { type Measured, timeRun } from './time.ts';

/** A problem on a device. */
export interface Setting {
  device: Device;
  problem: KernelProblem;
  bench: Bench;
  /** In float64; null where plain loops would take too long. */
  reference(): Promise<Float64Array | null>;
  stopwatch: (run: Run) => Timer;
}

export interface Outcome {
  verdict: Verdict | null;
  measured: Measured;
  /** By the operations that the problem asks for, whatever the rung does besides. */
  gflops: number;
}

/** @throws WgslError where a text does not compile */
export async function evaluate(
  { device, problem, bench, reference, stopwatch }: Setting,
  candidate: Candidate,
  codes?: readonly string[],
): Promise<Outcome> {
  const prepared = await prepare(device, bench, candidate, codes);
  try {
    bench.reset();
    prepared.run(1);
    const result = prepared.buffer(problem.result);
    const got = await device.read(result, 0, 'f32', result.size / 4);
    const want = await reference();
    const measured = await timeRun(stopwatch, prepared.run);
    return { verdict: want && check(got, want), measured, gflops: problem.cost.flops / 1e6 / measured.ms };
  } finally {
    prepared.close();
  }
}
