/** Runs one workgroup of a kernel with its accesses noted, and finds the thread that writes an element. */
import type { Candidate } from '@ganvas/kernels-wgsl';
import type { Device, TypedArray } from '@ganvas/tensor';
import { type Bench, compile, storageLayout } from './run.ts';
import { COUNTERS, invocationsOf, sharedArrays, TASK, type Target, tracedText } from './trace-text.ts';

export interface Access {
  name: string;
  /** One a load of the buffer (a vec4f is one element): bits of `MARK`. Empty for workgroup memory. */
  marks: Uint32Array;
  /** Loads and stores, of the thread and of its whole workgroup. */
  thread: { loads: number; stores: number };
  group: { loads: number; stores: number };
}

export interface Tracer {
  workgroups: number;
  invocations: number;
  /** Names of the bindings, then of what the workgroup shares. */
  targets: readonly Target[];
  /** What a thread of a workgroup touches. */
  trace(group: number, thread: number): Promise<Access[]>;
  /** Which thread, counted through all workgroups, wrote each element of a binding; -1 where none did. */
  owners(): Promise<Map<string, Int32Array>>;
  close(): void;
}

/** Elements that one drawing can hold. */
export const MOST_MARKS = 2 ** 21;

/** Elements in one of the buffer's: `vec4f` has 4. */
export const lanesOf = (type: string): number => Number(/^vec(\d)/.exec(type)?.[1] ?? 1);

/**
 * @param code the stage's WGSL, perhaps changed
 * @throws WgslError where it does not compile; RangeError where its buffers are too large to note
 */
export async function createTracer(
  device: Device,
  bench: Bench,
  candidate: Candidate,
  stage: number,
  code: string,
): Promise<Tracer> {
  const { kernel, slots } = candidate.stages[stage]!;
  const bytes = slots.map(({ kind, index }) =>
    kind === 'temp' ? 4 * candidate.temps[index]! : bench[kind as 'input' | 'output'][index]!.size,
  );
  const targets: Target[] = kernel.bindings.map(({ name, type }, i) => ({
    name,
    size: bytes[i]! / 4 / lanesOf(type),
    first: 0,
  }));
  targets.push(...sharedArrays(code).map((name) => ({ name, size: 0, first: 0 })));
  let end = COUNTERS * targets.length;
  for (const target of targets) {
    target.first = end;
    end += target.size;
  }
  if (end > MOST_MARKS) throw new RangeError('This shape is too large to draw: choose a smaller one.');

  const { gpu } = device;
  const noted = gpu.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'storage' } },
      { binding: 1, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' } },
    ],
  });
  const layout = storageLayout(device, kernel.bindings);
  const pipeline = await compile(device, tracedText(code, targets), [layout, noted]);
  const temps = candidate.temps.map((elements) => device.createBuffer(4 * elements));
  const buffers = slots.map(({ kind, index }) => ({ ...bench, temp: temps, epilogue: [] })[kind][index]!);
  const marks = device.createBuffer(4 * end);
  const chosen = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  const data = device.createBindGroup(
    'trace',
    pipeline,
    buffers.map((buffer) => ({ buffer })),
  );
  const notes = gpu.createBindGroup({
    layout: noted,
    entries: [
      { binding: 0, resource: { buffer: marks } },
      { binding: 1, resource: { buffer: chosen } },
    ],
  });

  /** The marks buffer is shared, so one run has to end before the next begins. */
  let last: Promise<unknown> = Promise.resolve();
  const run = (group: number, thread: number, task: number): Promise<TypedArray> => {
    const next = last.then(() => {
      device.write(chosen, 0, Uint32Array.of(group, thread, task, 0));
      const encoder = gpu.createCommandEncoder();
      encoder.clearBuffer(marks);
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, data);
      pass.setBindGroup(1, notes);
      pass.dispatchWorkgroups(...kernel.workgroups);
      pass.end();
      device.submit(encoder.finish(), 1);
      return device.read(marks, 0, 'i32', end);
    });
    last = next.catch(() => {});
    return next;
  };
  return {
    workgroups: kernel.workgroups.reduce((a, b) => a * b, 1),
    invocations: invocationsOf(code),
    targets,
    async trace(group, thread) {
      const words = await run(group, thread, TASK.trace);
      return targets.map(({ name, first, size }, i) => {
        const [loads, stores, groupLoads, groupStores] = words.subarray(COUNTERS * i, COUNTERS * (i + 1));
        return {
          name,
          marks: Uint32Array.from(words.subarray(first, first + size)),
          thread: { loads: loads!, stores: stores! },
          group: { loads: groupLoads!, stores: groupStores! },
        };
      });
    },
    async owners() {
      const words = await run(0, 0, TASK.owners);
      return new Map(
        targets.map(({ name, first, size }) => [
          name,
          Int32Array.from(words.subarray(first, first + size), (w) => w - 1),
        ]),
      );
    },
    close() {
      void last.then(() => {
        for (const buffer of [...temps, marks, chosen]) buffer.destroy();
      });
    },
  };
}
