/**
 * Outside a capture every op call is a program of one node. It takes the same path through the same compiler; its plan is
 * cached by op, attributes and specs, so that a second call only binds buffers and dispatches.
 */
import type { Plan } from '../compile/plan-memory.ts';
import { type Node, setEagerSink } from '../op.ts';
import { buildProgram, printProgram, type Recording } from '../program.ts';
import { track } from '../tidy.ts';
import type { Device } from './device.ts';
import { bindPlan, encode } from './pass.ts';

export interface EagerExecutor {
  /** Runs a node; a lazy one (a constant) only when `force` asks for its memory. */
  run(node: Node, force?: boolean): void;
}

export function createEagerExecutor(device: Device): EagerExecutor {
  const plans = new Map<string, Plan>();

  const run = (node: Node, force = false): void => {
    if (node.op.lazy && !force) return;
    if (node.meaning) {
      node.outputs.forEach((t, i) => {
        t.place(node.meaning![i]!.storage!, node.meaning![i]!.offset);
      });
      return;
    }
    const recording = buildProgram([node], node.outputs);
    if (node.op.lower(node.inputs, node.attrs).kind === 'alias') {
      const source = node.inputs[0]!;
      if (!source.storage) device.materialize(source);
      node.outputs[0]!.place(source.storage!, source.offset);
      return;
    }
    execute(planOf(recording), recording, node);
  };

  const planOf = ({ program }: Recording): Plan => {
    const key = printProgram(program);
    let plan = plans.get(key);
    if (!plan) {
      plan = device.compile(program);
      plans.set(key, plan);
    }
    return plan;
  };

  const execute = (plan: Plan, { externals }: Recording, node: Node): void => {
    device.check();
    const slots = plan.slots.map((bytes) => device.allocate(bytes).retain());
    const prepared = bindPlan(device, plan, { slot: (i) => slots[i]!.buffer, external: (id) => externals.get(id)! });
    const encoder = device.gpu.createCommandEncoder({ label: prepared[0]?.label });
    for (const slot of plan.packs) encoder.clearBuffer(slots[slot]!.buffer); // it comes from the pool, used
    encode(encoder, prepared);
    device.submit(encoder.finish(), prepared.length);
    node.outputs.forEach((t, i) => {
      const location = plan.outputs[i]!;
      if (location.kind === 'slot') t.place(slots[location.slot]!, location.offset);
    });
    for (const s of slots) s.drop();
  };

  return { run };
}

setEagerSink({
  accept: (node) => {
    (node.outputs[0] ?? node.inputs[0])!.device.eager.run(node);
    for (const t of node.outputs) track(t);
  },
});
