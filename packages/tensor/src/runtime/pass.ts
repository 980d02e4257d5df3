/** Dispatches that are ready to run, with pipelines and bind groups, and the passes that they are encoded into. */
import type { Location, Plan } from '../compile/plan-memory.ts';
import type { ValueId } from '../program.ts';
import type { Tensor } from '../tensor.ts';
import type { Device } from './device.ts';
import { labelOf } from './label.ts';

export interface Prepared {
  /** Its op and kernel, as errors name them. */
  label: string;
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: [number, number, number];
}

/** Where the plan's locations are: its own buffers, and the tensors behind external values. */
export interface Bindings {
  slot: (slot: number) => GPUBuffer;
  external: (value: ValueId) => Tensor;
}

/** Creates the bind groups of a plan (and the pipelines that are not compiled yet). */
export function bindPlan(device: Device, plan: Plan, { slot, external }: Bindings): Prepared[] {
  const resourceOf = (location: Location): GPUBufferBinding => {
    if (location.kind === 'slot') return { buffer: slot(location.slot), offset: location.offset, size: location.bytes };
    const { storage, offset } = external(location.value);
    return { buffer: storage!.buffer, offset, size: location.bytes };
  };
  return plan.dispatches.map((dispatch) => {
    const { kernel, bindings } = dispatch;
    const label = labelOf(dispatch.label, kernel.name);
    const pipeline = device.pipelines.get(dispatch);
    const bindGroup = device.createBindGroup(label, pipeline, bindings.map(resourceOf));
    return { label, pipeline, bindGroup, workgroups: kernel.workgroups };
  });
}

/** Encodes prepared dispatches into one pass, which notes when it begins and ends where `timestampWrites` says so. */
export function encode(
  encoder: GPUCommandEncoder,
  prepared: readonly Prepared[],
  timestampWrites?: GPUComputePassTimestampWrites,
): void {
  const pass = encoder.beginComputePass(timestampWrites && { timestampWrites });
  let current: GPUComputePipeline | null = null;
  for (const { pipeline, bindGroup, workgroups } of prepared) {
    if (pipeline !== current) pass.setPipeline(pipeline);
    current = pipeline;
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
  }
  pass.end();
}

/** Encodes the dispatches of a step; `encode`, save where a profile times them. */
export type EncodeDispatches = (encoder: GPUCommandEncoder, prepared: readonly Prepared[]) => void;

/**
 * Encodes every dispatch once by itself, under its name, and submits none: what a device refuses in a pass it refuses here, with
 * the name in its message, which of a whole pass tells nothing.
 */
export function rehearse(device: Device, prepared: readonly Prepared[]): void {
  for (const dispatch of prepared) {
    const encoder = device.gpu.createCommandEncoder({ label: dispatch.label });
    encode(encoder, [dispatch]);
    encoder.finish();
  }
}
