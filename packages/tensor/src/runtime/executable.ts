/** A plan with pipelines, buffers and bind groups: running it encodes prepared dispatches and nothing else. */
import type { Plan } from '../compile/plan-memory.ts';
import { TensorError } from '../errors.ts';
import type { TensorSpec } from '../op.ts';
import type { ValueId } from '../program.ts';
import { formatShape } from '../shape.ts';
import { Storage } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import type { Device } from './device.ts';
import { InputFeed, type StepInput } from './input-feed.ts';
import { bindPlan, type EncodeDispatches, encode, type Prepared, rehearse } from './pass.ts';

/** Whoever copies something out of each run. */
export interface Tap {
  /** Encodes a copy behind a run. */
  copyRow(encoder: GPUCommandEncoder): void;
  /** What was encoded so far is submitted. */
  submitted(): void;
}

/**
 * Dispatches of one submission at most; a repeat of more takes several. A GPU's watchdog ends a submission that runs for
 * seconds, and its commands take the driver's memory until it is done.
 */
const MOST_DISPATCHES = 2048;

/** A tensor that a plan reads, and where it was when the plan was made. */
interface Home {
  tensor: Tensor;
  storage: Storage;
}

/** A captured program on a device, run any number of times. */
export class Executable {
  readonly device: Device;
  readonly plan: Plan;
  private readonly externals: Map<ValueId, Tensor>;
  private readonly feeds: InputFeed[];
  private readonly slots: Storage[];
  private prepared: Prepared[] | null = null;
  private readonly homes: Home[];
  /** Storages whose contents a run changes: state, and outputs. */
  private readonly changed: Storage[];

  /** @param inputs those of the externals whose values come with each call, in the order of the call */
  constructor(device: Device, plan: Plan, externals: Map<ValueId, Tensor>, inputs: readonly Tensor[]) {
    this.device = device;
    this.plan = plan;
    this.externals = externals;
    this.feeds = inputs.map((tensor) => new InputFeed(tensor));
    this.homes = [...externals.values()].map((tensor) => ({ tensor, storage: tensor.storage! }));
    this.slots = plan.slots.map((bytes) => {
      const buffer = device.createBuffer(bytes);
      return new Storage(device, buffer, () => buffer.destroy()).retain();
    });
    const outputs = plan.outputs.flatMap((l) => (l.kind === 'slot' ? [this.slots[l.slot]!] : []));
    this.changed = [...new Set([...plan.written.map((id) => externals.get(id)!.storage!), ...outputs])];
  }

  /** True where a tensor that the plan reads has moved since (an optimiser packed it): the plan speaks of its old memory. */
  get isOutdated(): boolean {
    for (const { tensor, storage } of this.homes) if (!tensor.isDisposed && tensor.storage !== storage) return true;
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
    this.prepared = bindPlan(this.device, this.plan, {
      slot: (i) => this.slots[i]!.buffer,
      external: (id) => this.externals.get(id)!,
    });
    rehearse(this.device, this.prepared);
    return this.prepared;
  }

  /** Submits one run. */
  run(values: readonly StepInput[], encodeDispatches?: EncodeDispatches): void {
    this.repeat(values, 1, [], encodeDispatches);
  }

  /**
   * Submits several runs together, at most `MOST_DISPATCHES` at a time.
   * @param values a typed array holds those of all runs, one after the other
   * @param taps told of every run and submission
   */
  repeat(
    values: readonly StepInput[],
    runs: number,
    taps: readonly Tap[],
    encodeDispatches: EncodeDispatches = encode,
  ): void {
    const { device, feeds } = this;
    const prepared = this.prepared ?? this.bind();
    for (const { tensor } of this.homes) {
      if (tensor.isDisposed)
        throw new TensorError(
          `capture: a tensor of shape ${formatShape(tensor.shape)} that the step reads was disposed`,
        );
    }
    device.check();
    for (let i = 0; i < feeds.length; i++) feeds[i]!.take(values[i]!, runs);
    const most = Math.max(1, Math.floor(MOST_DISPATCHES / Math.max(1, prepared.length)));
    for (let run = 0; run < runs; ) {
      const encoder = device.gpu.createCommandEncoder();
      const end = Math.min(runs, run + most);
      const dispatches = (end - run) * prepared.length;
      for (; run < end; run++) {
        for (const feed of feeds) feed.copy(encoder, run);
        encodeDispatches(encoder, prepared);
        for (const tap of taps) tap.copyRow(encoder);
      }
      device.submit(encoder.finish(), dispatches);
      for (const tap of taps) tap.submitted();
    }
    for (const storage of this.changed) storage.version += runs;
  }

  dispose(): void {
    for (const feed of this.feeds) feed.dispose();
    for (const storage of this.slots) storage.drop();
  }
}
