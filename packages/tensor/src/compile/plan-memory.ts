/**
 * Memory plan: which buffer each value lives in. Whole buffers are coloured by liveness: a buffer is given to another value once
 * the last work that reads its current one has run. (WebGPU forbids one buffer being read and written in a dispatch, so
 * ranges of different lifetimes never share one.)
 */
import { sizeOf } from '@ganvas/kernels-wgsl';
import { byteLength } from '../dtype.ts';
import type { ValueId } from '../program.ts';
import type { Choice } from '../tuning/choices.ts';
import type { Dispatch } from './choose.ts';
import type { PlacedProgram } from './place-packs.ts';

/** A range of bytes: in one of the plan's own buffers, or in the memory of an external value. */
export type Location =
  | { kind: 'slot'; slot: number; offset: number; bytes: number }
  | { kind: 'external'; value: ValueId; bytes: number };

export interface PlannedDispatch {
  /** The ops that run here, `conv2d+add+leakyRelu`. */
  label: string;
  rung: string;
  kernel: Dispatch['kernel'];
  bindings: Location[];
}

export interface Plan {
  /** Bytes of the buffers that the plan owns. */
  slots: number[];
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

  // The last work that touches each value. Outputs live for ever; so do packs, whose gaps between ranges must stay zero.
  const lastUse = new Map<ValueId, number>();
  works.forEach((work, i) => {
    for (const id of [...work.reads, ...work.writes]) lastUse.set(id, i);
  });
  const pinned = new Set([...graph.outputs.map(wholeOf), ...[...placements.values()].map((p) => p.whole)]);

  const slots: number[] = [];
  const free: number[] = [];
  const slotOf = new Map<ValueId, number>();
  let unplannedBytes = 0;

  const take = (bytes: number): number => {
    unplannedBytes += bytes;
    // Best fit; where nothing fits, the largest free buffer grows.
    free.sort((a, b) => slots[a]! - slots[b]!);
    const fit = free.findIndex((s) => slots[s]! >= bytes);
    const index = fit >= 0 ? fit : free.length - 1;
    if (index < 0) return slots.push(bytes) - 1;
    const slot = free.splice(index, 1)[0]!;
    slots[slot] = Math.max(slots[slot]!, bytes);
    return slot;
  };
  const takePinned = (bytes: number): number => {
    unplannedBytes += bytes;
    return slots.push(bytes) - 1;
  };
  const locate = (id: ValueId): Location => {
    const whole = wholeOf(id);
    if (!isOwn(id)) return { kind: 'external', value: whole, bytes: bytesOf(id) };
    if (!slotOf.has(whole)) slotOf.set(whole, (pinned.has(whole) ? takePinned : take)(bytesOf(whole)));
    return {
      kind: 'slot',
      slot: slotOf.get(whole)!,
      offset: 4 * (placements.get(id)?.offset ?? 0),
      bytes: bytesOf(id),
    };
  };

  const dispatches: PlannedDispatch[] = [];
  works.forEach((work, i) => {
    const locations = new Map([...work.reads, ...work.writes].map((id) => [id, locate(id)]));
    const temps = work.temps.map((bytes) => ({ slot: take(bytes), bytes }));
    for (const { kernel, arguments: args } of work.dispatches) {
      const bindings = args.map((a): Location => {
        if (a.kind === 'value') return locations.get(a.value)!;
        return { kind: 'slot', offset: 0, ...temps[a.temp]! };
      });
      dispatches.push({ label: work.label, rung: work.choice?.rung ?? 'map', kernel, bindings });
    }
    free.push(...temps.map((t) => t.slot));
    for (const id of locations.keys()) {
      if (isOwn(id) && !pinned.has(wholeOf(id)) && lastUse.get(id) === i) free.push(slotOf.get(id)!);
    }
  });
  const written = new Set(works.flatMap((w) => w.writes).filter((id) => graph.values[id]!.memory !== null));
  const choices = works.flatMap((w) => w.choice ?? []);
  return { slots, dispatches, choices, outputs: graph.outputs.map(locate), written: [...written], unplannedBytes };
}
