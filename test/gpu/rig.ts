/** Runs kernels on a raw device: no tensors, no compiler, nothing between the test and the WGSL. */
import {
  type AdapterClass,
  type Candidate,
  candidate,
  type Kernel,
  type Slot,
  type WgslScalar,
} from '@ganvas/kernels-wgsl';
import fc from 'fast-check';
import { openGpu } from '../../packages/tensor/src/platform/node.ts';

export type TypedArray = Float32Array | Uint32Array | Int32Array;

/** An output of `length` poisoned elements, or (for a kernel that works in place) one that starts with `from`. */
export type Output = { length: number; type?: WgslScalar } | { from: TypedArray };

export interface Rig {
  gpu: GPUDevice;
  adapterClass: AdapterClass;
  /**
   * Runs a candidate's stages in one pass and reads its outputs back. Buffers have the exact size; outputs and temps start
   * as NaN (0x7fc0dead), so that a place left unwritten, or read before it is written, shows in the comparison.
   * A bare kernel is a candidate of one stage: `read` bindings are the inputs in order, the others the outputs.
   */
  run(
    work: Candidate | Kernel,
    inputs: TypedArray[],
    outputs: Output[],
    epilogue?: TypedArray[],
  ): Promise<TypedArray[]>;
  /** Whether the device meets the requirements of all stages. */
  admits(work: Candidate | Kernel): boolean;
  close(): void;
}

const POISON = 0x7fc0dead;

export async function openRig(): Promise<Rig> {
  const { gpu, languageFeatures, adapter, close } = await openGpu({
    adapter: process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader',
  });
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const pipelineOf = (kernel: Kernel) => {
    const known = pipelines.get(kernel.code) ?? compile(gpu, kernel);
    pipelines.set(kernel.code, known);
    return known;
  };

  return {
    gpu,
    adapterClass: adapter.class,
    admits: (work) =>
      asCandidate(work).stages.every(({ kernel: { requires } }) => {
        const { features = [], workgroupStorage = 0, invocations = 0, subgroupSizes = [0, Infinity] } = requires;
        return (
          features.every((f) => gpu.features.has(f) || languageFeatures.includes(f)) &&
          workgroupStorage <= gpu.limits.maxComputeWorkgroupStorageSize &&
          invocations <= gpu.limits.maxComputeInvocationsPerWorkgroup &&
          (gpu.adapterInfo.subgroupMinSize ?? 0) >= subgroupSizes[0] &&
          (gpu.adapterInfo.subgroupMaxSize ?? 0) <= subgroupSizes[1]
        );
      }),
    async run(work, inputs, outputs, epilogue = []) {
      const { name, temps, stages } = asCandidate(work);
      const steps = await Promise.all(
        stages.map(async ({ kernel, slots }) => ({ kernel, slots, pipeline: await pipelineOf(kernel) })),
      );
      gpu.pushErrorScope('validation');
      const upload = (data: TypedArray) => bufferOf(gpu, data);
      const buffers: Record<Slot['kind'], GPUBuffer[]> = {
        input: inputs.map(upload),
        output: outputs.map((o) => upload('from' in o ? o.from : poisoned(o.length))),
        temp: temps.map((length) => upload(poisoned(length))),
        epilogue: epilogue.map(upload),
      };
      const encoder = gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const { kernel, slots, pipeline } of steps) {
        const entries = slots.map(({ kind, index }, binding) => {
          const buffer = buffers[kind][index];
          if (!buffer)
            throw new Error(`${kernel.name}: binding ${binding} wants ${kind} ${index}, which was not given`);
          return { binding, resource: { buffer } };
        });
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
        pass.dispatchWorkgroups(...kernel.workgroups);
      }
      pass.end();
      const copies = buffers.output.map((buffer) => {
        const copy = gpu.createBuffer({ size: buffer.size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
        encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
        return copy;
      });
      gpu.queue.submit([encoder.finish()]);
      const error = await gpu.popErrorScope();
      if (error) throw new Error(`${name}: ${error.message}`);
      const results = await Promise.all(
        copies.map(async (copy, i) => {
          await copy.mapAsync(GPUMapMode.READ);
          const output = outputs[i]!;
          const type = 'from' in output ? typeOfArray(output.from) : (output.type ?? 'f32');
          if (type === 'f16') throw new Error(`${name}: f16 has no array on the host; read it through tensors`);
          return new ARRAYS[type](copy.getMappedRange().slice(0));
        }),
      );
      for (const buffer of [...Object.values(buffers).flat(), ...copies]) buffer.destroy();
      return results;
    },
    close,
  };
}

const ARRAYS = { f32: Float32Array, u32: Uint32Array, i32: Int32Array };

function typeOfArray(data: TypedArray): WgslScalar {
  return data instanceof Float32Array ? 'f32' : data instanceof Uint32Array ? 'u32' : 'i32';
}

function asCandidate(work: Candidate | Kernel): Candidate {
  if ('stages' in work) return work;
  const counts = { input: 0, output: 0 };
  const slots = work.bindings.map(({ access }): Slot => {
    const kind = access === 'read' ? 'input' : 'output';
    return { kind, index: counts[kind]++ };
  });
  return candidate(work.name, 'A kernel on its own.', () => ({ stages: [{ kernel: work, slots }] }));
}

const poisoned = (length: number) => new Uint32Array(length).fill(POISON);

function bufferOf(gpu: GPUDevice, data: TypedArray): GPUBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const buffer = gpu.createBuffer({ size: data.byteLength, usage, mappedAtCreation: true });
  new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  buffer.unmap();
  return buffer;
}

/** Compiles, or throws the WGSL compiler's messages with the line each speaks of. */
async function compile(gpu: GPUDevice, kernel: Kernel): Promise<GPUComputePipeline> {
  gpu.pushErrorScope('validation');
  const module = gpu.createShaderModule({ code: kernel.code });
  const info = await module.getCompilationInfo();
  const invalid = await gpu.popErrorScope();
  const lines = kernel.code.split('\n');
  const messages = info.messages
    .filter((m) => m.type === 'error')
    .map((m) => `  ${m.lineNum}:${m.linePos} ${m.message}\n    ${lines[m.lineNum - 1]}`);
  if (messages.length)
    throw new Error(`${kernel.name}: the WGSL does not compile\n${messages.join('\n')}\n\n${kernel.code}`);
  if (invalid) throw new Error(`${kernel.name}: ${invalid.message}\n\n${kernel.code}`);
  return await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } });
}

/** Every element within `abs + rel·|expected|`; the same NaN or infinity counts as close. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rel = 0, abs = 0 }: { rel?: number; abs?: number },
  what = 'result',
): void {
  if (actual.length !== expected.length)
    throw new Error(`${what}: expected ${expected.length} elements, got ${actual.length}`);
  let wrong = 0;
  let worst = { excess: -1, index: 0 };
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    const excess = Object.is(a, e) || a === e ? 0 : Math.abs(a - e) / (abs + rel * Math.abs(e));
    if (excess <= 1) continue;
    wrong++;
    const size = Number.isNaN(excess) ? Infinity : excess;
    if (size > worst.excess) worst = { excess: size, index: i };
  }
  if (wrong === 0) return;
  const { index, excess } = worst;
  throw new Error(
    `${what}: ${wrong} of ${actual.length} elements differ; worst at [${index}]: ` +
      `expected ${expected[index]}, got ${actual[index]} (${excess.toPrecision(3)} times the tolerance rel ${rel}, abs ${abs})`,
  );
}

/** Runs `test` on `count` random cases: always the same ones; the first failing one is shrunk and printed. */
export async function cases<T>(
  arbitrary: fc.Arbitrary<T>,
  count: number,
  test: (value: T) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, test), { numRuns: count, seed: 1 });
}

/** Shapes of `rank` axes, each 1 to `longest` elements: ones, odd sizes and multiples of 4 about equally often. */
export function shapes(rank: { min: number; max: number }, longest: number): fc.Arbitrary<number[]> {
  const axis = fc.oneof(
    fc.constant(1),
    fc.integer({ min: 1, max: longest }),
    fc.integer({ min: 1, max: Math.ceil(longest / 4) }).map((n) => 4 * n),
  );
  return fc.array(axis, { minLength: rank.min, maxLength: rank.max });
}
