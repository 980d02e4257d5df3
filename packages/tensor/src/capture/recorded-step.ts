/** A function recorded for inputs of certain shapes, compiled, and with memory. */
import type { CompileOptions } from '../compile/compile.ts';
import type { Plan } from '../compile/plan-memory.ts';
import type { TensorSpec } from '../op.ts';
import type { Recording } from '../program.ts';
import type { Device } from '../runtime/device.ts';
import { Executable } from '../runtime/executable.ts';
import { mapTensors, type Structure, tensorsOf } from '../structure.ts';
import { Tensor } from '../tensor.ts';
import { record } from './record.ts';
import { checkUnchanged } from './verify.ts';

/** What is captured, over the list of its inputs. */
export type Recordable<O> = (inputs: readonly Tensor[]) => O;

export interface RecordOptions extends CompileOptions {
  verify: boolean;
}

export class RecordedStep<O extends Structure> {
  readonly inputs: readonly Tensor[];
  readonly recording: Recording;
  readonly plan: Plan;
  readonly executable: Executable;
  /** What the function returned, with the memory in which each run leaves it. */
  readonly result: O;

  constructor(device: Device, fn: Recordable<O>, specs: readonly TensorSpec[], { verify, ...options }: RecordOptions) {
    this.inputs = specs.map((spec) => {
      const input = new Tensor(device, spec);
      return input.place(device.allocate(input.bytes));
    });
    const { recording, result, outputs } = record(() => fn(this.inputs), verify);
    this.recording = recording;
    this.plan = device.compile(recording.program, options);
    this.executable = new Executable(device, this.plan, recording.externals, this.inputs);
    const located = new Map(outputs.map((t, i) => [t, this.executable.output(i, t)]));
    this.result = mapTensors(result, (t) => located.get(t)!);
  }

  /** @throws CaptureError where the function records something else by now */
  verify(fn: Recordable<O>): void {
    checkUnchanged(this.recording, record(() => fn(this.inputs), true).recording);
  }

  dispose(): void {
    for (const t of [...this.inputs, ...tensorsOf(this.result)]) if (!t.isState) t.dispose();
    this.executable.dispose();
  }
}
