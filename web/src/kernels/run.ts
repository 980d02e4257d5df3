/** Runs WGSL on the page's device, bare: a rung's own text or a reader's change of it, over a problem's buffers. */
import type { Binding, Candidate, Slot } from '@ganvas/kernels-wgsl';
import type { Device, Run } from '@ganvas/tensor';

/** What is wrong with a text, and where. */
export interface Fault {
  stage: number;
  /** From 1; 0 where the whole is meant. */
  line: number;
  column: number;
  length: number;
  message: string;
}

export class WgslError extends Error {
  override name = 'WgslError';
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(faults.map(({ line, column, message }) => (line > 0 ? `${line}:${column} ${message}` : message)).join('; '));
    this.faults = faults;
  }
}

/** Buffers on the device that candidates read and write. */
export interface Bench {
  input: readonly GPUBuffer[];
  output: readonly GPUBuffer[];
  /** Inputs as they were given, outputs full of NaN: an element that nobody writes is found. */
  reset(): void;
  close(): void;
}

/** @param outputs elements of each, 4 bytes wide */
export function openBench(
  device: Device,
  values: readonly (Float32Array | Uint32Array)[],
  outputs: readonly number[],
): Bench {
  const input = values.map(({ byteLength }) => device.createBuffer(byteLength));
  const output = outputs.map((elements) => device.createBuffer(4 * elements));
  return {
    input,
    output,
    reset() {
      values.forEach((v, i) => {
        device.write(input[i]!, 0, v);
      });
      output.forEach((buffer) => {
        device.write(buffer, 0, new Float32Array(buffer.size / 4).fill(Number.NaN));
      });
    },
    close() {
      for (const buffer of [...input, ...output]) buffer.destroy();
    },
  };
}

/** Something compiled and bound to a bench. */
export interface Prepared {
  run: Run;
  buffer(slot: Slot): GPUBuffer;
  /** Frees its scratch buffers. */
  close(): void;
}

/**
 * @param codes WGSL of the candidate's stages, by default its own
 * @throws WgslError where a text does not compile or does not fit its bindings
 */
export async function prepare(
  device: Device,
  bench: Bench,
  candidate: Candidate,
  codes: readonly string[] = candidate.stages.map(({ kernel }) => kernel.code),
): Promise<Prepared> {
  const pipelines = await Promise.all(
    candidate.stages.map(({ kernel }, stage) =>
      compile(device, codes[stage]!, [storageLayout(device, kernel.bindings)], stage),
    ),
  );
  const temp = candidate.temps.map((elements) => device.createBuffer(4 * elements));
  const buffer = ({ kind, index }: Slot): GPUBuffer => ({ ...bench, temp, epilogue: [] })[kind][index]!;
  const dispatches = candidate.stages.map(({ kernel, slots }, stage) => {
    const pipeline = pipelines[stage]!;
    const group = device.createBindGroup(
      kernel.name,
      pipeline,
      slots.map((slot) => ({ buffer: buffer(slot) })),
    );
    return { pipeline, group, workgroups: kernel.workgroups };
  });
  return {
    buffer,
    run(times) {
      const encoder = device.gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let i = 0; i < times; i++)
        for (const { pipeline, group, workgroups } of dispatches) {
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(...workgroups);
        }
      pass.end();
      device.submit(encoder.finish(), times * dispatches.length);
    },
    close() {
      for (const scratch of temp) scratch.destroy();
    },
  };
}

/** The layout that a kernel's bindings ask for, which a changed text may use in part. */
export const storageLayout = ({ gpu }: Device, bindings: readonly Binding[]): GPUBindGroupLayout =>
  gpu.createBindGroupLayout({
    entries: bindings.map(({ access }, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
    })),
  });

/** A reader's mistakes go to the reader, and not to the device, which would count them as its own. */
export async function compile(
  { gpu }: Device,
  code: string,
  bindGroupLayouts: GPUBindGroupLayout[],
  stage = 0,
): Promise<GPUComputePipeline> {
  gpu.pushErrorScope('validation');
  const module = gpu.createShaderModule({ code });
  const failed = await gpu.popErrorScope();
  if (failed) {
    const { messages } = await module.getCompilationInfo();
    const faults = messages
      .filter(({ type }) => type === 'error')
      .map(({ lineNum, linePos, length, message }) => ({ stage, line: lineNum, column: linePos, length, message }));
    throw new WgslError(faults.length > 0 ? faults : [whole(stage, failed.message)]);
  }
  try {
    const layout = gpu.createPipelineLayout({ bindGroupLayouts });
    return await gpu.createComputePipelineAsync({ layout, compute: { module, entryPoint: 'main' } });
  } catch (error) {
    throw new WgslError([whole(stage, (error as Error).message)]);
  }
}

const whole = (stage: number, message: string): Fault => ({ stage, line: 0, column: 0, length: 0, message });
