/** A family's candidates on a device, bare: many dispatches a submission, and nothing of the engine around them. */
import type { Candidate, Cost, KernelProblem, Slot } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import type { Work } from './work.ts';

/** Buffers on the device that every candidate of a problem reads and writes. */
export interface KernelBuffers {
  buffers: { input: GPUBuffer[]; output: GPUBuffer[]; epilogue?: GPUBuffer[] };
  close(): void;
}

/** @param values of the inputs */
export function openBuffers(
  device: Device,
  values: readonly (Float32Array | Uint32Array)[],
  outputs: readonly number[],
): KernelBuffers {
  const input = values.map((v) => {
    const buffer = device.createBuffer(v.byteLength);
    device.write(buffer, 0, v);
    return buffer;
  });
  const output = outputs.map((elements) => device.createBuffer(4 * elements));
  return {
    buffers: { input, output },
    close: () => {
      for (const buffer of [...input, ...output]) buffer.destroy();
    },
  };
}

/** @param result the buffer to look at when it has run */
export function openCandidate(
  device: Device,
  { buffers }: KernelBuffers,
  candidate: Candidate,
  { cost, result }: { cost: Cost } & Pick<KernelProblem, 'result'>,
): Work {
  const { name } = candidate;
  let temp: GPUBuffer[] = [];
  let prepared: { pipeline: GPUComputePipeline; group: GPUBindGroup; workgroups: [number, number, number] }[] = [];
  const bufferOf = ({ kind, index }: Slot): GPUBuffer => ({ epilogue: [], ...buffers, temp })[kind][index]!;
  return {
    rung: name,
    async prepare() {
      const uses = candidate.stages.map(({ kernel }) => ({ kernel, label: name }));
      await device.pipelines.prepare(uses);
      temp = candidate.temps.map((elements) => device.createBuffer(4 * elements));
      prepared = candidate.stages.map(({ kernel, slots }, i) => {
        const pipeline = device.pipelines.get(uses[i]!);
        const resources = slots.map((s) => ({ buffer: bufferOf(s) }));
        return { pipeline, group: device.createBindGroup(name, pipeline, resources), workgroups: kernel.workgroups };
      });
    },
    run(times) {
      const encoder = device.gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let i = 0; i < times; i++)
        for (const { pipeline, group, workgroups } of prepared) {
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(...workgroups);
        }
      pass.end();
      device.submit(encoder.finish(), times * prepared.length);
    },
    costs: () => [cost],
    result: () => device.read(bufferOf(result), 0, 'f32', bufferOf(result).size / 4),
    close: () => {
      for (const buffer of temp) buffer.destroy();
    },
  };
}
