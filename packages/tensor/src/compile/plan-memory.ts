/** Memory plan: how long each value lives, and with that in which buffer; then every dispatch with the ranges that it binds. */
import { sizeOf } from '@ganvas/kernels-wgsl';
import { byteLength } from '../dtype.ts';
import type { ValueId } from '../program.ts';
import type { Shape } from '../shape.ts';
import type { Choice } from '../tuning/choices.ts';
import type { Dispatch } from './choose.ts';
import { colourBuffers, type Lifetime } from './colour-buffers.ts';
import type { PlacedProgram, Placement } from './place-packs.ts';

/** A range of bytes: in one of the plan's own buffers, or in the memory of an external value. */
export type Location =
  | { kind: 'slot'; slot: number; offset: number; bytes: number }
  | { kind: 'external'; value: ValueId; bytes: number };

export interface PlannedDispatch {
  /** The ops that run here, `conv2d+add+leakyRelu`. */
  label: string;
  /** Of the values that its work makes or changes. */
  shapes: Shape[];
  rung: string;
  kernel: Dispatch['kernel'];
  bindings: Location[];
}

export interface Plan {
  /** Bytes of the buffers that the plan owns. */
  slots: number[];
  /** Those that hold a pack with gaps, which nobody writes: they must be zero before the first run. */
  packs: number[];
  dispatches: PlannedDispatch[];
  /** Which candidate each kernel work runs, and why. */
  choices: Choice[];
  /** Where each output of the program is found. */
  outputs: Location[];
  /** Values whose memory outlives the program and is changed by it. */
  written: ValueId[];
  /** Bytes of all planned values, had each a buffer of its own. */
  unplannedBytes: number;
}

export function planMemory({ graph, works, placements }: PlacedProgram): Plan {
  const bytesOf = (id: ValueId) => byteLength(graph.values[id]!.dtype, sizeOf(graph.values[id]!.shape));
  const wholeOf = (id: ValueId) => placements.get(id)?.whole ?? id;
  const isOwn = (id: ValueId) => graph.values[wholeOf(id)]!.memory === null;

  // Where a value is made in the memory of one that ends there, both are one tenant.
  const tenantOf = new Map<ValueId, ValueId>();
  const rootOf = (id: ValueId): ValueId => tenantOf.get(wholeOf(id)) ?? wholeOf(id);
  for (const work of works) for (const [made, gone] of work.over) tenantOf.set(made, rootOf(gone));

  // Outputs live for ever; so do packs whose gaps between ranges must stay zero.
  const gaping = packsWithGaps(placements, bytesOf);
  const pinned = new Set([...graph.outputs.map(rootOf), ...gaping]);
  const tenants = new Map<ValueId, Lifetime>();
  const scratch: Lifetime[] = [];
  works.forEach((work, i) => {
    for (const id of [...work.reads, ...work.writes].filter(isOwn)) {
      const root = rootOf(id);
      const known = tenants.get(root);
      const first = pinned.has(root) ? 0 : (known?.first ?? i);
      const last = pinned.has(root) ? works.length : i;
      tenants.set(root, { bytes: Math.max(known?.bytes ?? 0, bytesOf(wholeOf(id))), first, last });
    }
    for (const bytes of work.temps) scratch.push({ bytes, first: i, last: i });
  });
  const { buffers: slots, bufferOf } = colourBuffers([...tenants.values(), ...scratch]);
  const slotOf = new Map([...tenants.keys()].map((root, i) => [root, bufferOf[i]!]));
  const own = new Set(works.flatMap((w) => [...w.reads, ...w.writes].filter(isOwn).map(wholeOf)));
  const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);
  const unplannedBytes = sum([...own].map(bytesOf)) + sum(scratch.map((t) => t.bytes));

  const locate = (id: ValueId): Location => {
    const bytes = bytesOf(id);
    if (!isOwn(id)) return { kind: 'external', value: wholeOf(id), bytes };
    return { kind: 'slot', slot: slotOf.get(rootOf(id))!, offset: 4 * (placements.get(id)?.offset ?? 0), bytes };
  };
  let temp = tenants.size;
  const dispatches = works.flatMap((work) => {
    const temps = work.temps.map((bytes): Location => ({ kind: 'slot', slot: bufferOf[temp++]!, offset: 0, bytes }));
    const shapes = work.writes.map((id) => graph.values[id]!.shape);
    return work.dispatches.map(({ kernel, arguments: args }): PlannedDispatch => {
      const bindings = args.map((a) => (a.kind === 'value' ? locate(a.value) : temps[a.temp]!));
      return { label: work.label, shapes, rung: work.choice?.rung ?? 'map', kernel, bindings };
    });
  });
  const written = new Set(works.flatMap((w) => w.writes).filter((id) => graph.values[id]!.memory !== null));
  const choices = works.flatMap((w) => w.choice ?? []);
  return {
    slots,
    packs: [...new Set(gaping.map((whole) => slotOf.get(whole)!))],
    dispatches,
    choices,
    outputs: graph.outputs.map(locate),
    written: [...written],
    unplannedBytes,
  };
}

function packsWithGaps(placements: ReadonlyMap<ValueId, Placement>, bytesOf: (id: ValueId) => number): ValueId[] {
  const filled = new Map<ValueId, number>();
  for (const [id, { whole }] of placements) filled.set(whole, (filled.get(whole) ?? 0) + bytesOf(id));
  return [...filled].flatMap(([whole, bytes]) => (bytes < bytesOf(whole) ? [whole] : []));
}
