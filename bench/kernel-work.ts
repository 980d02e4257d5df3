/** A family's candidates on a device, bare: many dispatches a submission, and nothing of the engine around them. */
import type { Candidate, Slot } from '@ganvas/kernels-wgsl';
import { type Device, refusal } from '@ganvas/tensor';
import type { KernelProblem } from './kernel-problem.ts';
import type { OpenedCase, Work } from './work.ts';

export function openKernels(device: Device, problem: KernelProblem): OpenedCase {
  const filled = (values: Float32Array | Uint32Array) => {
    const buffer = device.createBuffer(values.byteLength);
    device.write(buffer, 0, values);
    return buffer;
  };
  const inputs = problem.inputs.map(filled);
  const output = device.createBuffer(4 * problem.output);

  const open = (candidate: Candidate): Work => {
    const { name, stages } = candidate;
    const temps = candidate.temps.map((size) => device.createBuffer(4 * size));
    const bufferOf = ({ kind, index }: Slot) =>
      (kind === 'temp' ? temps : kind === 'input' ? inputs : [output])[index]!;
    const uses = stages.map(({ kernel }) => ({ kernel, label: name }));
    let prepared: { pipeline: GPUComputePipeline; group: GPUBindGroup; workgroups: [number, number, number] }[] = [];
    return {
      rung: name,
      async prepare() {
        await device.pipelines.prepare(uses);
        prepared = stages.map(({ kernel, slots }, i) => {
          const pipeline = device.pipelines.get(uses[i]!);
          const resources = slots.map((s) => ({ buffer: bufferOf(s) }));
          return {
            pipeline,
            group: device.createBindGroup(name, pipeline, resources),
            workgroups: kernel.workgroups,
          };
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
      costs: () => [problem.cost],
      result: () => {
        const where = problem.result ? bufferOf(problem.result) : output;
        return device.read(where, 0, 'f32', where.size / 4);
      },
      close: () => {
        for (const buffer of temps) buffer.destroy();
      },
    };
  };
  return {
    works: problem.candidates.filter((c) => refusal(c, device.traits) === null).map(open),
    expected: problem.reference(),
    close: () => {
      for (const buffer of [...inputs, output]) buffer.destroy();
    },
  };
}
