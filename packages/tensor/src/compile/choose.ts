/** Chooses kernels: each work becomes the dispatches of the candidate that is preferred of those that the device admits. */
import {
  type AdapterClass,
  type Candidate,
  countOps,
  type Kernel,
  MAX_WORKGROUPS,
  map,
  type Requirements,
  type Slot,
  type SubgroupMatrix,
  type SubgroupSizes,
} from '@ganvas/kernels-wgsl';
import { wgslScalar } from '../dtype.ts';
import { GpuError } from '../errors.ts';
import type { KernelRequest } from '../op.ts';
import type { ValueId } from '../program.ts';
import type { Choice, ChoiceLookup, ChoiceSource } from '../tuning/choices.ts';
import { nameFused, type WorkName } from '../tuning/key.ts';
import { isIdentity } from './views.ts';
import { epilogueOf, type Graph, type KernelWork, type MapWork, operandOf, type PackWork } from './work.ts';

/** What the compiler knows of a device. */
export interface DeviceTraits {
  adapter: AdapterClass;
  features: ReadonlySet<string>;
  /** Bytes of workgroup memory, invocations of a workgroup, storage buffers of a dispatch. */
  workgroupStorage: number;
  invocations: number;
  bindings: number;
  /** Invocations of a subgroup, at least and at most; zeros where the adapter does not tell. */
  subgroupSizes: SubgroupSizes;
  /** `medium` admits kernels that round their inputs to f16. */
  matmulPrecision: 'highest' | 'medium';
  /** Products that subgroups compute in one operation, tried on this device. */
  subgroupMatrices: readonly SubgroupMatrix[];
  /** Which candidates to try before the others. */
  choices: ChoiceLookup;
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
  /** Which candidate was taken, and why; null for a map, which has no choice. */
  choice: Choice | null;
  dispatches: Dispatch[];
  temps: number[];
  reads: ValueId[];
  writes: ValueId[];
  /** Values made in the memory of others, which end here: `over.get(made)`. */
  over: ReadonlyMap<ValueId, ValueId>;
}

export type ScheduledWork = ChosenWork | PackWork;

export function choose(graph: Graph, traits: DeviceTraits): ScheduledWork[] {
  return graph.works.map((work) => {
    if (work.kind === 'pack') return work;
    return work.kind === 'map' ? chooseMap(work, graph, traits.adapter) : chooseKernels(work, graph, traits);
  });
}

/** The kernel of an elementwise work. Reading the memory that it overwrites, it runs in place. */
export function chooseMap(work: MapWork, graph: Graph, adapter: AdapterClass): ChosenWork {
  const label = work.label.join('+') || 'constant';
  const overwritten = work.results.map(({ writes, output, over }) => {
    const self = writes ? work.reads.findIndex((r) => r.value === output) : -1;
    return self >= 0 ? self : over;
  });
  const kernel = map({
    name: mapName(work.label),
    shape: work.shape,
    operands: work.reads.map((r) => operandOf(graph.values[r.value]!, r.view)),
    outputs: work.results.map(({ expr, output }, i) => ({
      expr,
      type: wgslScalar(graph.values[output]!.dtype),
      inPlaceOf: overwritten[i],
    })),
    adapter,
  });
  const reads = work.reads.map((r) => r.value).filter((_, i) => !overwritten.includes(i));
  const writes = work.results.map((r) => r.output);
  const args = [...reads, ...writes].map((value): Argument => ({ kind: 'value', value }));
  const over = new Map(
    work.results.flatMap((r) => (r.over === undefined ? [] : [[r.output, work.reads[r.over]!.value]])),
  );
  return { label, choice: null, dispatches: [{ kernel, arguments: args }], temps: [], reads, writes, over };
}

/** The ops that a fused map does, the first few by name. */
function mapName(ops: readonly string[]): string {
  if (ops.length === 0) return 'constant';
  return ops.length > 4 ? `${ops.slice(0, 3).join('-')}-and-${ops.length - 3}-more` : ops.join('-');
}

export function chooseKernels(work: KernelWork, graph: Graph, traits: DeviceTraits): ChosenWork {
  const request = requestOf(work, graph, traits.adapter);
  const name = nameOf(work, request);
  const ranking = rank(name, work.candidates(request), traits.choices);
  const label = work.label.join('+');
  const first = ranking.find(({ candidate }) => refusal(candidate, traits) === null);
  if (!first) {
    const reasons = ranking.map(({ candidate: c }) => `${c.name}: ${refusal(c, traits)}`);
    throw new GpuError(`${label}: this device admits none of its kernels (${reasons.join('; ')})`, label);
  }
  const { candidate: chosen, source } = first;
  const candidates = ranking.map(({ candidate }) => candidate.name);
  const dispatches = chosen.stages.map(({ kernel, slots }) => ({
    kernel,
    arguments: slots.map((s) => argumentOf(s, work)),
  }));
  const { operands, reads: epilogueReads } = work.epilogue;
  const over = new Map(operands.flatMap((o, i) => (o.inPlace ? [[work.outputs[0]!, epilogueReads[i]!] as const] : [])));
  // What a kernel changes in place is bound once, as a write.
  const inPlace = new Set([...work.writes, ...over.values()]);
  const reads = [...work.inputs, ...epilogueReads].filter((id) => !inPlace.has(id));
  return {
    label,
    choice: { ...name, rung: chosen.name, source, candidates },
    dispatches,
    temps: chosen.temps.map((n) => n * 4),
    reads,
    writes: [...work.outputs, ...work.writes],
    over,
  };
}

/** What a work asks its kernel family for. */
export function requestOf(work: KernelWork, graph: Graph, adapter: AdapterClass): KernelRequest {
  const { prologue } = work;
  return {
    adapter,
    epilogue: epilogueOf(work),
    ...(prologue && {
      prologue: {
        exprs: prologue.exprs,
        operands: work.inputs.map((id, i) => operandOf(graph.values[id]!, prologue.views[i]!)),
      },
    }),
  };
}

/**
 * The name by which the choice of a work is kept: two works of the same problem have the same candidates, in the same order, and those
 * of the same key nearly the same to do.
 */
export function nameOf(
  { problem, key, prologue }: KernelWork,
  { prologue: before, epilogue: after }: KernelRequest,
): WorkName {
  const asItIs = !prologue?.views.some((view) => !isIdentity(view, prologue.shape));
  const alone = [before, after].every((all) => !all?.exprs[1] && (all?.exprs[0]?.kind ?? 'operand') === 'operand');
  if (asItIs && alone) return { problem, key };
  const own = before && { reads: before.operands.length, ops: countOps(before.exprs) };
  return nameFused({ problem, key }, own, { before, after });
}

interface Ranked {
  candidate: Candidate;
  source: ChoiceSource;
}

/** All candidates, the preferred ones first. Looks at their names only: a candidate's WGSL is rendered when it is looked at. */
function rank(work: WorkName, candidates: readonly Candidate[], choices: ChoiceLookup): Ranked[] {
  const left = new Map(candidates.map((candidate) => [candidate.name, candidate]));
  const preferred = choices.preferences(work).flatMap(({ rung, source }): Ranked[] => {
    const candidate = left.get(rung);
    return candidate && left.delete(rung) ? [{ candidate, source }] : [];
  });
  return [...preferred, ...Array.from(left.values(), (candidate): Ranked => ({ candidate, source: 'order' }))];
}

/**
 * The candidates that the device admits, in the order in which the compiler takes them: those that `traits.choices` prefers for
 * this key, then the family's own order.
 * @param key see `tuningKey`
 */
export function rankCandidates(key: string, candidates: readonly Candidate[], traits: DeviceTraits): Candidate[] {
  const ranking = rank({ problem: key, key }, candidates, traits.choices);
  return ranking.map(({ candidate }) => candidate).filter((candidate) => refusal(candidate, traits) === null);
}

function argumentOf(slot: Slot, work: KernelWork): Argument {
  if (slot.kind === 'temp') return { kind: 'temp', temp: slot.index };
  const values = { input: work.inputs, output: work.outputs, epilogue: work.epilogue.reads }[slot.kind];
  return { kind: 'value', value: values[slot.index]! };
}

/** Why the device cannot run a candidate; null where it can. */
export function refusal(candidate: Candidate, traits: DeviceTraits): string | null {
  const early = unmet(candidate.requires ?? {}, traits);
  if (early) return early;
  return candidate.stages.map(({ kernel }) => kernelRefusal(kernel, traits)).find((reason) => reason !== null) ?? null;
}

function kernelRefusal(kernel: Kernel, traits: DeviceTraits): string | null {
  const missing = unmet(kernel.requires, traits);
  if (missing) return missing;
  const most = Math.max(...kernel.workgroups);
  if (most > MAX_WORKGROUPS) return `launches ${most} workgroups of ${MAX_WORKGROUPS} along one axis`;
  if (kernel.bindings.length > traits.bindings) return `binds ${kernel.bindings.length} buffers of ${traits.bindings}`;
  return null;
}

/** The first requirement that the device does not meet. */
function unmet(requires: Requirements, traits: DeviceTraits): string | null {
  const { features = [], workgroupStorage = 0, invocations = 0, subgroupSizes, subgroupMatrix } = requires;
  if (requires.inputPrecision && traits.matmulPrecision !== 'medium')
    return `rounds its inputs to ${requires.inputPrecision}, for which a device is opened with matmulPrecision "medium"`;
  const missing = features.find((f) => !traits.features.has(f));
  if (missing) return `needs the feature ${missing}`;
  if (workgroupStorage > traits.workgroupStorage)
    return `needs ${workgroupStorage} bytes of workgroup memory of ${traits.workgroupStorage}`;
  if (invocations > traits.invocations) return `needs ${invocations} invocations of ${traits.invocations}`;
  if (subgroupSizes) {
    const [least, most] = subgroupSizes;
    const [smallest, largest] = traits.subgroupSizes;
    if (smallest < least || largest > most)
      return `needs subgroups of ${range(least, most)} invocations, here they have ${range(smallest, largest)}`;
  }
  if (subgroupMatrix) {
    const { m, n, k } = subgroupMatrix;
    const there = traits.subgroupMatrices.some((unit) => unit.m === m && unit.n === n && unit.k === k);
    if (!there) return `needs subgroup matrices of ${m}x${n}x${k}`;
  }
  return null;
}

const range = (least: number, most: number): string => (least === most ? `${least}` : `${least} to ${most}`);
