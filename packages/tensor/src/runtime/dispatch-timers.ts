/** Runs a step and times each of its dispatches: by the device's clock, or by the host's. */
import type { Device } from './device.ts';
import type { Executable } from './executable.ts';
import type { StepInput } from './input-feed.ts';
import { type EncodeDispatches, encode, type Prepared } from './pass.ts';

export interface DispatchTimer {
  /** Runs the step once. @returns milliseconds of each dispatch, in order */
  time(executable: Executable, inputs: readonly StepInput[]): Promise<number[]>;
  close(): void;
}

/** WebGPU's limit on the queries of a set is 4096, of which a dispatch takes two: before and after. */
const DISPATCHES_OF_A_SET = 2048;

/** Timestamps around each dispatch, which has a pass of its own; the whole step is one submission, as always. */
export function timestampTimer(device: Device, dispatches: number): DispatchTimer {
  const { gpu } = device;
  const querySets = Array.from({ length: Math.ceil(dispatches / DISPATCHES_OF_A_SET) }, (_, i) =>
    gpu.createQuerySet({
      type: 'timestamp',
      count: 2 * Math.min(DISPATCHES_OF_A_SET, dispatches - i * DISPATCHES_OF_A_SET),
    }),
  );
  const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
  const stamps = gpu.createBuffer({ size: Math.max(16, 16 * dispatches), usage });

  const encodeTimed: EncodeDispatches = (encoder, prepared) => {
    prepared.forEach((dispatch, i) => {
      const querySet = querySets[Math.floor(i / DISPATCHES_OF_A_SET)]!;
      const at = 2 * (i % DISPATCHES_OF_A_SET);
      encode(encoder, [dispatch], { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 });
    });
    querySets.forEach((set, i) => {
      encoder.resolveQuerySet(set, 0, set.count, stamps, 16 * DISPATCHES_OF_A_SET * i);
    });
  };
  return {
    async time(executable, inputs) {
      executable.run(inputs, encodeTimed);
      const words = await device.read(stamps, 0, 'u32', 4 * dispatches);
      const nanoseconds = new BigUint64Array(words.buffer as ArrayBuffer);
      // A clock may be set back; then nothing is known of the dispatch that saw it.
      return Array.from({ length: dispatches }, (_, i) =>
        Math.max(0, Number(nanoseconds[2 * i + 1]! - nanoseconds[2 * i]!) / 1e6),
      );
    },
    close() {
      for (const set of querySets) set.destroy();
      stamps.destroy();
    },
  };
}

/** Empty submissions that are timed for what every submission takes. */
const EMPTY_SUBMISSIONS = 5;

/** A submission and a wait a dispatch, less what an empty one takes. */
export function wallTimer(device: Device): DispatchTimer {
  const submitAndWait = async (prepared: readonly Prepared[]): Promise<number> => {
    const start = performance.now();
    const encoder = device.gpu.createCommandEncoder();
    encode(encoder, prepared);
    device.submit(encoder.finish(), prepared.length);
    await device.idle();
    return performance.now() - start;
  };
  return {
    async time(executable, inputs) {
      let prepared: readonly Prepared[] = [];
      executable.run(inputs, (_, dispatches) => {
        prepared = dispatches; // the inputs are written; the dispatches follow one at a time
      });
      await device.idle();
      let empty = Number.POSITIVE_INFINITY;
      for (let i = 0; i < EMPTY_SUBMISSIONS; i++) empty = Math.min(empty, await submitAndWait([]));
      const times: number[] = [];
      for (const dispatch of prepared) times.push(Math.max(0, (await submitAndWait([dispatch])) - empty));
      return times;
    },
    close() {},
  };
}
