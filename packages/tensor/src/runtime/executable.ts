/** A plan with pipelines, buffers and bind groups: running it encodes prepared dispatches and nothing else. */
import type { Location, Plan } from '../compile/plan-memory.ts';
import { arrayType, type TypedArray } from '../dtype.ts';
import { TensorError } from '../errors.ts';
import type { TensorSpec } from '../op.ts';
import type { ValueId } from '../program.ts';
import { formatShape } from '../shape.ts';
import { Storage } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import type { Device } from './device.ts';
import { labelOf } from './label.ts';

export interface Prepared {
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
    const { label, kernel, bindings } = dispatch;
    const pipeline = device.pipelines.get(dispatch);
    const bindGroup = device.createBindGroup(labelOf(label, kernel.name), pipeline, bindings.map(resourceOf));
    return { pipeline, bindGroup, workgroups: kernel.workgroups };
  });
}

/** Encodes prepared dispatches into one pass. */
export function encode(encoder: GPUCommandEncoder, prepared: readonly Prepared[]): void {
  const pass = encoder.beginComputePass();
  for (const { pipeline, bindGroup, workgroups } of prepared) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
  }
  pass.end();
}

/** The value to run with, and the tensor whose memory the plan reads it from. */
export interface InputValue {
  tensor: Tensor;
  value: Tensor | TypedArray | number;
}

/** A captured program on a device, run any number of times. */
export class Executable {
  private readonly device: Device;
  private readonly plan: Plan;
  private readonly externals: Map<ValueId, Tensor>;
  private readonly slots: Storage[];
  private prepared: Prepared[] | null = null;
  /** Where the external tensors were when the plan was made. */
  private readonly homes: Map<Tensor, Storage>;
  /** Storages whose contents a run changes: state, and outputs. */
  private readonly changed: Storage[];

  constructor(device: Device, plan: Plan, externals: Map<ValueId, Tensor>) {
    this.device = device;
    this.plan = plan;
    this.externals = externals;
    this.homes = new Map([...externals.values()].map((t) => [t, t.storage!]));
    this.slots = plan.slots.map((bytes) => {
      const buffer = device.createBuffer(bytes);
      return new Storage(device, buffer, () => buffer.destroy()).retain();
    });
    const outputs = plan.outputs.flatMap((l) => (l.kind === 'slot' ? [this.slots[l.slot]!] : []));
    this.changed = [...new Set([...plan.written.map((id) => externals.get(id)!.storage!), ...outputs])];
  }

  /** True where a tensor that the plan reads has moved since (an optimiser packed it): the plan speaks of its old memory. */
  get isOutdated(): boolean {
    for (const [tensor, home] of this.homes) if (!tensor.isDisposed && tensor.storage !== home) return true;
    return false;
  }

  /** The tensor through which output `index` is read; an output that is state or an input is that tensor's memory. */
  output(index: number, spec: TensorSpec): Tensor {
    const location = this.plan.outputs[index]!;
    const tensor = new Tensor(this.device, spec);
    if (location.kind === 'slot') return tensor.place(this.slots[location.slot]!, location.offset);
    const external = this.externals.get(location.value)!;
    return tensor.place(external.storage!, external.offset);
  }

  /** Compiles all pipelines, in parallel, and makes the bind groups. */
  async prepare(): Promise<void> {
    if (this.prepared) return;
    await this.device.pipelines.prepare(this.plan.dispatches);
    this.bind();
  }

  private bind(): Prepared[] {
    this.prepared ??= bindPlan(this.device, this.plan, {
      slot: (i) => this.slots[i]!.buffer,
      external: (id) => this.externals.get(id)!,
    });
    return this.prepared;
  }

  run(inputs: readonly InputValue[]): void {
    const prepared = this.prepared ?? this.bind();
    for (const tensor of this.externals.values()) {
      if (tensor.isDisposed)
        throw new TensorError(
          `capture: a tensor of shape ${formatShape(tensor.shape)} that the step reads was disposed`,
        );
    }
    this.device.check();
    const { gpu } = this.device;
    const encoder = gpu.createCommandEncoder();
    for (const { tensor, value } of inputs) {
      const { buffer } = tensor.storage!;
      if (value instanceof Tensor) {
        value.checkUsable('capture', this.device);
        const source = value.memory('capture');
        // A step that returns its input is called with it again: it is there already.
        if (source !== tensor.storage) encoder.copyBufferToBuffer(source.buffer, value.offset, buffer, 0, tensor.bytes);
      } else {
        this.device.write(buffer, 0, typeof value === 'number' ? arrayType('f32').of(value) : value);
      }
    }
    encode(encoder, prepared);
    this.device.submit(encoder.finish(), prepared.length);
    for (const storage of this.changed) storage.version++;
  }

  dispose(): void {
    for (const storage of this.slots) storage.drop();
  }
}
