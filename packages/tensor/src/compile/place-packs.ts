/**
 * A pack costs nothing where the kernels that make its parts write straight into its ranges. A part that exists already (an
 * external value), is wanted at two places, or would make a dispatch read and write one buffer is copied instead; several by one
 * kernel, where there is one that does.
 */
import { contiguousStrides, NO_EPILOGUE, operand, sizeOf } from '@ganvas/kernels-wgsl';
import type { ValueId } from '../program.ts';
import { type ChosenWork, chooseKernels, chooseMap, type DeviceTraits, type ScheduledWork } from './choose.ts';
import type { Graph, KernelWork, PackWork } from './work.ts';

/** A value that lives in a range of another: at `offset` elements in `whole`. */
export interface Placement {
  whole: ValueId;
  offset: number;
}

export interface PlacedProgram {
  graph: Graph;
  works: ChosenWork[];
  placements: Map<ValueId, Placement>;
}

export function placePacks(graph: Graph, scheduled: readonly ScheduledWork[], traits: DeviceTraits): PlacedProgram {
  const packs = scheduled.filter((w): w is PackWork => 'kind' in w);
  const made = new Set(scheduled.flatMap((w) => ('kind' in w ? [] : w.writes)));
  const placements = new Map<ValueId, Placement>();
  for (const pack of packs) {
    pack.inputs.forEach((id, i) => {
      const twice = placements.has(id) || pack.inputs.indexOf(id) !== pack.inputs.lastIndexOf(id);
      const free = made.has(id) && graph.values[id]!.memory === null && !twice && !graph.outputs.includes(id);
      if (free) placements.set(id, { whole: pack.output, offset: pack.offsets[i]! });
    });
  }
  const wholeOf = (id: ValueId) => placements.get(id)?.whole ?? id;
  for (const work of scheduled) {
    if ('kind' in work) continue;
    const read = new Set(work.reads.map(wholeOf));
    for (const id of work.writes) if (placements.has(id) && read.has(wholeOf(id))) placements.delete(id);
  }

  const values = [...graph.values];
  const placed = { ...graph, values };
  const works = scheduled.flatMap((work): ChosenWork[] => {
    if (!('kind' in work)) return [work];
    const inPlace = work.inputs.filter((id) => placements.get(id)?.whole === work.output);
    if (work.copying && work.inputs.length - inPlace.length > 1) {
      for (const id of inPlace) placements.delete(id);
      return [chooseKernels(copyingWork(work, work.copying), placed, traits)];
    }
    return work.inputs.flatMap((source, i) => {
      const target = { whole: work.output, offset: work.offsets[i]! };
      const at = placements.get(source);
      if (at?.whole === target.whole && at.offset === target.offset) return [];
      const { shape, dtype } = values[source]!;
      const copy = values.push({ shape: [sizeOf(shape)], dtype, memory: null }) - 1;
      placements.set(copy, target);
      const view = { strides: contiguousStrides([sizeOf(shape)]), offset: 0 };
      return [
        chooseMap(
          {
            kind: 'map',
            label: ['pack'],
            shape: [sizeOf(shape)],
            reads: [{ value: source, view }],
            results: [{ expr: operand(0), output: copy, writes: false }],
          },
          placed,
          traits.adapter,
        ),
      ];
    });
  });
  return { graph: placed, works, placements };
}

const copyingWork = (
  { label, fence, inputs, output }: PackWork,
  copying: NonNullable<PackWork['copying']>,
): KernelWork => ({
  ...{ kind: 'kernels', label, fence, inputs, outputs: [output], writes: [] },
  ...{ prologue: null, epilogue: { ...NO_EPILOGUE, reads: [] }, result: null, merging: null },
  ...copying,
});
