/** Chooses kernels: each work becomes the dispatches of the first candidate that the device admits. */
import {
  type AdapterClass,
  type Candidate,
  type Kernel,
  MAX_WORKGROUPS,
  map,
  type Requirements,
  type Slot,
} from '@ganvas/kernels-wgsl';
import { wgslScalar } from '../dtype.ts';
import { GpuError } from '../errors.ts';
import type { ValueId } from '../program.ts';
import { epilogueOf, type Graph, type KernelWork, type MapWork, operandOf, type PackWork } from './work.ts';

/** What the compiler knows of a device. */
export interface DeviceTraits {
  adapter: AdapterClass;
  features: ReadonlySet<string>;
  /** Bytes of workgroup memory, invocations of a workgroup, storage buffers of a dispatch. */
  workgroupStorage: number;
  invocations: number;
  bindings: number;
}

/** What a dispatch binds: a value's memory, or a scratch buffer of its own work. */
export type Argument = { kind: 'value'; value: ValueId } | { kind: 'temp'; temp: number };

export interface Dispatch {
  kernel: Kernel;
  arguments: Argument[];
}

/** A work with its kernels: dispatches in order and the sizes of its scratch buffers, in bytes. */
export interface ChosenWork {
  label: string;
  /** The candidate's name, for those who want to see what was chosen. */
  rung: string;
  dispatches: Dispatch[];
  temps: number[];
  reads: ValueId[];
  writes: ValueId[];
}

export type ScheduledWork = ChosenWork | PackWork;

export function choose(graph: Graph, traits: DeviceTraits): ScheduledWork[] {
  return graph.works.map((work) => {
    if (work.kind === 'pack') return work;
    return work.kind === 'map' ? chooseMap(work, graph) : chooseKernels(work, graph, traits);
  });
}

/** The kernel of an elementwise work. Reading the memory that it overwrites, it runs in place. */
export function chooseMap(work: MapWork, graph: Graph): ChosenWork {
  const label = work.label.join('+') || 'constant';
  const type = wgslScalar(graph.values[work.output]!.dtype);
  const self = work.writes ? work.reads.findIndex((r) => r.value === work.output) : -1;
  const kernel = map({
    name: mapName(work.label),
    shape: work.shape,
    operands: work.reads.map((r) => operandOf(graph.values[r.value]!, r.view)),
    outputs: [{ expr: work.expr, type, ...(self >= 0 && { inPlaceOf: self }) }],
  });
  const reads = work.reads.map((r) => r.value).filter((_, i) => i !== self);
  const args = [...reads, work.output].map((value): Argument => ({ kind: 'value', value }));
  return { label, rung: 'map', dispatches: [{ kernel, arguments: args }], temps: [], reads, writes: [work.output] };
}

/** The ops that a fused map does, the first few by name. */
function mapName(ops: readonly string[]): string {
  if (ops.length === 0) return 'constant';
  return ops.length > 4 ? `${ops.slice(0, 3).join('-')}-and-${ops.length - 3}-more` : ops.join('-');
}

function chooseKernels(work: KernelWork, graph: Graph, traits: DeviceTraits): ChosenWork {
  const { prologue } = work;
  const candidates = work.candidates({
    adapter: traits.adapter,
    epilogue: epilogueOf(work),
    ...(prologue && {
      prologue: {
        expr: prologue.expr,
        operands: work.inputs.map((id, i) => operandOf(graph.values[id]!, prologue.views[i]!)),
      },
    }),
  });
  const label = work.label.join('+');
  const chosen = candidates.find((c) => refusal(c, traits) === null);
  if (!chosen) {
    const reasons = candidates.map((c) => `${c.name}: ${refusal(c, traits)}`);
    throw new GpuError(`${label}: this device admits none of its kernels (${reasons.join('; ')})`, label);
  }
  const dispatches = chosen.stages.map(({ kernel, slots }) => ({
    kernel,
    arguments: slots.map((s) => argumentOf(s, work)),
  }));
  // What a kernel changes in place is bound once, as a write.
  const reads = [...work.inputs, ...work.epilogue.reads].filter((id) => !work.writes.includes(id));
  return {
    label,
    rung: chosen.name,
    dispatches,
    temps: chosen.temps.map((n) => n * 4),
    reads,
    writes: [...work.outputs, ...work.writes],
  };
}

function argumentOf(slot: Slot, work: KernelWork): Argument {
  if (slot.kind === 'temp') return { kind: 'temp', temp: slot.index };
  const values = { input: work.inputs, output: work.outputs, epilogue: work.epilogue.reads }[slot.kind];
  return { kind: 'value', value: values[slot.index]! };
}

/** Why the device cannot run a candidate; null where it can. */
export function refusal({ stages }: Candidate, traits: DeviceTraits): string | null {
  return stages.map(({ kernel }) => kernelRefusal(kernel, traits)).find((reason) => reason !== null) ?? null;
}

function kernelRefusal(kernel: Kernel, traits: DeviceTraits): string | null {
  const { features = [], workgroupStorage = 0, invocations = 0 }: Requirements = kernel.requires;
  const missing = features.find((f) => !traits.features.has(f));
  if (missing) return `needs the feature ${missing}`;
  if (workgroupStorage > traits.workgroupStorage)
    return `needs ${workgroupStorage} bytes of workgroup memory of ${traits.workgroupStorage}`;
  if (invocations > traits.invocations) return `needs ${invocations} invocations of ${traits.invocations}`;
  const most = Math.max(...kernel.workgroups);
  if (most > MAX_WORKGROUPS) return `launches ${most} workgroups of ${MAX_WORKGROUPS} along one axis`;
  if (kernel.bindings.length > traits.bindings) return `binds ${kernel.bindings.length} buffers of ${traits.bindings}`;
  return null;
}
