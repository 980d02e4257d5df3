/**
 * What this adapter can do at best, measured with kernels that do nothing else: arithmetic from registers, copying, and the
 * fixed costs of talking to the device. Each ceiling has several kernels, as adapters differ in what suits them; the best counts, and
 * its fastest run, as in STREAM (McCalpin 1995): what slowed the machine down for a while is no limit of the adapter.
 */
import {
  CHAIN_FACTORS,
  type Cost,
  candidate,
  copyKernels,
  type Kernel,
  PEAK_SIZE,
  peakKernels,
  STREAM_BYTES,
  slot,
  streamKernels,
} from '@ganvas/kernels-wgsl';
import { add, capture, type Device, matmul, type StreamRate, type Tensor, tensor, tidy } from '@ganvas/tensor';
import { openBuffers, openCandidate } from './kernel-work.ts';
import { type Effort, measure } from './measure.ts';
import type { Ceilings } from './roofline.ts';
import type { Summary } from './statistics.ts';
import { createStopwatch, type Run, type Timer } from './stopwatch.ts';

export interface MeasuredCeilings extends Ceilings {
  streams: readonly StreamRate[];
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

/** Products, each of the one before: no two become one dispatch. */
const CHAIN = 65;

export async function measureCeilings(device: Device, effort: Effort): Promise<MeasuredCeilings> {
  const { class: adapter } = device.adapter;
  const stopwatch = createStopwatch(device);
  const microseconds = async (timer: Timer) => {
    await timer(1);
    return 1000 * (await measure(timer, effort)).wall;
  };
  /** Times kernels, each of which reads a buffer of so many elements, two ones and zeros, and writes another. */
  const timeAll = async (kernels: readonly Kernel[], elements: readonly [read: number, written: number]) => {
    const buffers = openBuffers(device, [], elements);
    device.write(buffers.buffers.output[0]!, 0, Float32Array.from(CHAIN_FACTORS));
    const slots = [slot.output(0), slot.output(1)];
    const timed: (Summary & { cost: Cost })[] = [];
    for (const kernel of kernels) {
      const ceiling = candidate(kernel.name, 'A ceiling.', () => ({ stages: [{ kernel, slots }] }));
      const work = openCandidate(device, buffers, ceiling, { cost: kernel.cost, result: slots[1]! });
      await work.prepare();
      const timer = stopwatch(work.run);
      await timer(1);
      timed.push({ ...(await measure(timer, effort)), cost: kernel.cost });
      work.close();
    }
    buffers.close();
    return timed;
  };

  const peaks = await timeAll(peakKernels(adapter), [2, PEAK_SIZE[adapter].invocations]);
  const gflops = Math.max(...peaks.map(({ cost, least }) => cost.flops / least / 1e6));
  const streams: StreamRate[] = [];
  for (const bytes of STREAM_BYTES[adapter].filter((b) => b <= device.gpu.limits.maxStorageBufferBindingSize)) {
    const timed = await timeAll(streamKernels(bytes), [bytes / 4, bytes / 8]);
    streams.push({ bytes, gbps: Math.max(...timed.map(({ cost, least }) => cost.bytes / least / 1e6)) });
  }

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
  const small = await timeAll(copyKernels(64).slice(0, 1), [64, 64]);
  const ceilings = {
    gflops,
    gbps: streams.at(-1)!.gbps,
    streams,
    eagerOpUs: await microseconds(stopwatch(eager)),
    replayUs: await microseconds(stopwatch(replay)),
    dispatchUs: 1000 * small[0]!.median,
    encodeUs: ((await microseconds(calling(chains[1]!))) - (await microseconds(calling(chains[0]!)))) / (CHAIN - 1),
    submitUs: await microseconds(stopwatch(submit)),
    readbackUs: await microseconds(readback),
  };
  for (const step of [increment, ...chains]) step.dispose();
  for (const t of [x, square]) t.dispose();
  return ceilings;
}
