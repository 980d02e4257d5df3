/** A way to compute a case that can be timed, whoever computes it. */
import type { Cost } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import type { PeerWork } from './peers/engine.ts';
import type { createStopwatch, Timer } from './stopwatch.ts';
import type { Work } from './work.ts';

export interface Contender {
  /** This engine is `ganvas`. */
  engine: string;
  rung: string;
  /** Compiles, and runs once: some adapters compile when a pipeline is made, others when it first runs. */
  start(): Promise<void>;
  /** The result of the last run; null where it cannot be compared, being random. */
  values(): Promise<ArrayLike<number> | null>;
  timer: Timer;
  /** What it has to do at least, dispatch by dispatch; null where only its users' problem is known. */
  costs: (() => Cost[]) | null;
  close(): void;
}

export function ownContender(device: Device, work: Work, stopwatch: ReturnType<typeof createStopwatch>): Contender {
  return {
    engine: 'ganvas',
    rung: work.rung,
    async start() {
      await work.prepare();
      work.run(1);
      await device.idle();
    },
    values: work.result,
    timer: stopwatch(work.run),
    costs: work.costs,
    close: work.close,
  };
}

/** Another engine, by the host's clock, as it gives no other; waited for as ours is, so that kernels are compared and not waits. */
export function peerContender(device: Device, work: PeerWork): Contender {
  const finish = () => device.wait(work.finish());
  const run = async (times: number): Promise<number> => {
    await finish();
    const start = performance.now();
    work.run(times);
    await finish();
    return performance.now() - start;
  };
  return {
    engine: work.engine,
    rung: 'op', // as its users call it
    async start() {
      await work.prepare();
      await run(1);
    },
    values: async () => (work.comparable ? work.result() : null),
    timer: async (times) => ({ wall: (await run(times)) / times, gpu: null }),
    costs: null,
    close: () => work.close(),
  };
}
