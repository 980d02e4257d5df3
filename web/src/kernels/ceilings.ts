/** What this adapter can do at best, measured by kernels that do nothing else: the roofline that the rungs are held against. */
import {
  type AdapterClass,
  CHAIN_FACTORS,
  candidate,
  type Kernel,
  PEAK_SIZE,
  peakKernels,
  STREAM_BYTES,
  slot,
  streamKernels,
} from '@ganvas/kernels-wgsl';
import type { Ceilings, Device, Run, StreamRate, Timer } from '@ganvas/tensor';
import { openBench, prepare } from './run.ts';
import { timeRun } from './time.ts';

/** Bytes of the longest stream: more than a cache holds, little enough for a page. */
const MOST_BYTES: Record<AdapterClass, number> = { gpu: 2 ** 27, llvmpipe: 2 ** 25, swiftshader: 2 ** 25 };

export async function measureCeilings(device: Device, stopwatch: (run: Run) => Timer): Promise<Ceilings> {
  const { class: adapter } = device.adapter;
  /** The highest rate of kernels that each read a buffer of so many elements, two ones and zeros, and write another. */
  const best = async (
    kernels: readonly Kernel[],
    elements: readonly [read: number, written: number],
    rate: (kernel: Kernel, ms: number) => number,
  ) => {
    const bench = openBench(device, [], elements);
    device.write(bench.output[0]!, 0, Float32Array.from(CHAIN_FACTORS));
    let highest = 0;
    for (const kernel of kernels) {
      const stages = [{ kernel, slots: [slot.output(0), slot.output(1)] }];
      const prepared = await prepare(
        device,
        bench,
        candidate(kernel.name, 'A ceiling.', () => ({ stages })),
      );
      prepared.run(1);
      await device.idle();
      highest = Math.max(highest, rate(kernel, (await timeRun(stopwatch, prepared.run)).ms));
      prepared.close();
    }
    bench.close();
    return highest;
  };
  const { invocations } = PEAK_SIZE[adapter];
  const gflops = await best(peakKernels(adapter), [2, invocations], ({ cost }, ms) => cost.flops / 1e6 / ms);
  const most = Math.min(MOST_BYTES[adapter], device.gpu.limits.maxStorageBufferBindingSize);
  const streams: StreamRate[] = [];
  for (const bytes of STREAM_BYTES[adapter].filter((b) => b <= most)) {
    const rate = ({ cost }: Kernel, ms: number) => cost.bytes / 1e6 / ms;
    streams.push({ bytes, gbps: await best(streamKernels(bytes), [bytes / 4, bytes / 8], rate) });
  }
  return { gflops, gbps: streams.at(-1)!.gbps, streams };
}
