/** What this adapter can do at best, measured by kernels that do nothing else: the roofline that the rungs are held against. */
import {
  type AdapterClass,
  candidate,
  copyKernels,
  type Kernel,
  PEAK_SIZE,
  peakKernels,
  slot,
} from '@ganvas/kernels-wgsl';
import type { Ceilings, Device, Run, Timer } from '@ganvas/tensor';
import { openBench, prepare } from './run.ts';
import { timeRun } from './time.ts';

/** Elements of each buffer of the copy: more than a cache holds, little enough for a page. */
const COPY_ELEMENTS: Record<AdapterClass, number> = { gpu: 2 ** 25, llvmpipe: 2 ** 22, swiftshader: 2 ** 22 };

export async function measureCeilings(device: Device, stopwatch: (run: Run) => Timer): Promise<Ceilings> {
  const { class: adapter } = device.adapter;
  /** The highest rate of kernels that each read one buffer and write another. */
  const best = async (kernels: readonly Kernel[], elements: number, rate: (kernel: Kernel, ms: number) => number) => {
    const bench = openBench(device, [new Float32Array(elements).fill(1)], [elements]);
    bench.reset();
    let highest = 0;
    for (const kernel of kernels) {
      const stages = [{ kernel, slots: [slot.input(0), slot.output(0)] }];
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
  const copied = Math.min(COPY_ELEMENTS[adapter], device.gpu.limits.maxStorageBufferBindingSize / 4);
  return {
    gflops: await best(peakKernels(adapter), PEAK_SIZE[adapter].invocations, ({ cost }, ms) => cost.flops / 1e6 / ms),
    gbps: await best(copyKernels(copied), copied, ({ cost }, ms) => cost.bytes / 1e6 / ms),
  };
}
