/**
 * What this adapter can do at best, measured with kernels that do nothing else: arithmetic from registers, copying, and the
 * fixed costs of talking to the device. Each ceiling has several kernels, as adapters differ in what suits them; the best counts.
 */
import {
  type AdapterClass,
  candidate,
  copyKernels,
  type Kernel,
  PEAK_SIZE,
  peakKernels,
  slot,
} from '@ganvas/kernels-wgsl';
import { add, capture, type Device, matmul, type Tensor, tensor, tidy } from '@ganvas/tensor';
import { openBuffers, openCandidate } from './kernel-work.ts';
import { type Effort, measure } from './measure.ts';
import type { Ceilings } from './roofline.ts';
import { createStopwatch, type Run, type Timer } from './stopwatch.ts';

export interface MeasuredCeilings extends Ceilings {
  /** Microseconds. Wall time, device included: of an op called on its own; */
  eagerOpUs: number;
  /** of a call of a captured step with one op; */
  replayUs: number;
  /** of one more small dispatch in a submission; */
  dispatchUs: number;
  /** of the host alone, to encode and submit one more dispatch of a replayed step; */
  encodeUs: number;
  /** of an empty submission; */
  submitUs: number;
  /** and from asking for 4 bytes until they are on the host. */
  readbackUs: number;
}

/** Elements of each of the two buffers of the copy: more than a cache holds. */
const COPY_ELEMENTS: Record<AdapterClass, number> = { gpu: 2 ** 26, llvmpipe: 2 ** 24, swiftshader: 2 ** 24 };

/** Products, each of the one before: no two become one dispatch. */
const CHAIN = 65;

export async function measureCeilings(device: Device, effort: Effort): Promise<MeasuredCeilings> {
  const { class: adapter } = device.adapter;
  const stopwatch = createStopwatch(device);
  const microseconds = async (timer: Timer) => {
    await timer(1);
    return 1000 * (await measure(timer, effort)).wall;
  };
  /** Milliseconds of the kernel, which reads one buffer and writes another of so many elements. */
  const time = async (kernel: Kernel, elements: number): Promise<number> => {
    const buffers = openBuffers(device, [new Float32Array(elements).fill(1)], [elements]);
    const slots = [slot.input(0), slot.output(0)];
    const ceiling = candidate(kernel.name, 'A ceiling.', () => ({ stages: [{ kernel, slots }] }));
    const work = openCandidate(device, buffers, ceiling, { cost: kernel.cost, result: slot.output(0) });
    await work.prepare();
    const timer = stopwatch(work.run);
    await timer(1);
    const { median } = await measure(timer, effort);
    work.close();
    buffers.close();
    return median;
  };

  const { invocations } = PEAK_SIZE[adapter];
  let gflops = 0;
  for (const kernel of peakKernels(adapter))
    gflops = Math.max(gflops, kernel.cost.flops / 1e6 / (await time(kernel, invocations)));
  let gbps = 0;
  const elements = Math.min(COPY_ELEMENTS[adapter], device.gpu.limits.maxStorageBufferBindingSize / 4);
  for (const kernel of copyKernels(elements))
    gbps = Math.max(gbps, kernel.cost.bytes / 1e6 / (await time(kernel, elements)));

  const x = tensor(new Float32Array(64), [64], { device });
  const increment = capture((t: Tensor) => add(t, 1), { device });
  await increment.prepare(x);
  const eager: Run = (times) => {
    for (let i = 0; i < times; i++) tidy(() => void add(x, 1));
  };
  const replay: Run = (times) => {
    for (let i = 0; i < times; i++) increment(x);
  };
  const submit: Run = (times) => {
    for (let i = 0; i < times; i++) device.submit(device.gpu.createCommandEncoder().finish(), 0);
  };
  const readback: Timer = async (times) => {
    const start = performance.now();
    for (let i = 0; i < times; i++) await x.data();
    return { wall: (performance.now() - start) / times, gpu: null };
  };
  const square = tensor(new Float32Array(64), [8, 8], { device });
  const chains = [1, CHAIN].map((products) =>
    capture((t: Tensor) => Array.from({ length: products }).reduce((y: Tensor) => matmul(y, square), t), { device }),
  );
  /** Of calls that find the device idle, until they return. */
  const calling =
    (step: (x: Tensor) => Tensor): Timer =>
    async (times) => {
      let wall = 0;
      for (let i = 0; i < times; i++) {
        await device.idle();
        const start = performance.now();
        step(square);
        wall += performance.now() - start;
      }
      return { wall: wall / times, gpu: null };
    };
  const small = copyKernels(64)[0]!;
  const ceilings = {
    gflops,
    gbps,
    eagerOpUs: await microseconds(stopwatch(eager)),
    replayUs: await microseconds(stopwatch(replay)),
    dispatchUs: 1000 * (await time(small, 64)),
    encodeUs: ((await microseconds(calling(chains[1]!))) - (await microseconds(calling(chains[0]!)))) / (CHAIN - 1),
    submitUs: await microseconds(stopwatch(submit)),
    readbackUs: await microseconds(readback),
  };
  for (const step of [increment, ...chains]) step.dispose();
  for (const t of [x, square]) t.dispose();
  return ceilings;
}
