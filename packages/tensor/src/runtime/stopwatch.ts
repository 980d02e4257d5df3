/** Times submitted work on two clocks: the host's, and the device's own where the adapter has timestamps. */
import type { Device } from './device.ts';

/** Milliseconds of one run. */
export interface Timing {
  /** From the first submission until the device says that the last one is done, on the host's clock. */
  wall: number;
  /** Between two marks in the device's queue, one before and one after; null without timestamps. */
  gpu: number | null;
}

/** Submits a piece of work `times` times, without waiting for it. */
export type Run = (times: number) => void;

/** Times `times` runs together. */
export type Timer = (times: number) => Promise<Timing>;

/** @returns a timer of any run; without timestamps it knows the host's clock alone */
export function createStopwatch(device: Device): (run: Run) => Timer {
  const marks = device.traits.features.has('timestamp-query') ? createMarks(device) : null;
  return (run) => async (times) => {
    await device.idle();
    const start = performance.now();
    marks?.before();
    run(times);
    marks?.after();
    await device.idle();
    const wall = (performance.now() - start) / times;
    return { wall, gpu: marks ? (await marks.elapsed()) / times : null };
  };
}

/** The queue runs submissions in order, so empty passes before and after them mark the time that they take. */
function createMarks(device: Device) {
  const { gpu } = device;
  const querySet = gpu.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  return {
    before() {
      const encoder = gpu.createCommandEncoder();
      encoder.beginComputePass({ timestampWrites: { querySet, endOfPassWriteIndex: 0 } }).end();
      gpu.queue.submit([encoder.finish()]);
    },
    after() {
      const encoder = gpu.createCommandEncoder();
      encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 1 } }).end();
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
      gpu.queue.submit([encoder.finish()]);
    },
    /** Milliseconds between the marks, which must have been passed. */
    async elapsed(): Promise<number> {
      await device.wait(staging.mapAsync(GPUMapMode.READ));
      const [before, after] = new BigUint64Array(staging.getMappedRange());
      staging.unmap();
      return Number(after! - before!) / 1e6;
    },
  };
}
