/**
 * Works that walk the same shape become one with several results: a map with the map that reads it, maps and sums that read the
 * same large tensor, and whatever is so small that a dispatch is most of its time. One of the two moves to the other's
 * place, past works that do not mind.
 */
import { countOps, sizeOf } from '@ganvas/kernels-wgsl';
import type { ValueId } from '../program.ts';
import { type FuseLimits, MOST_OPS } from './elementwise.ts';
import { mergeMaps } from './merge-maps.ts';
import { mergeReductions } from './merge-reductions.ts';
import { commute, type Graph, type KernelWork, type MapWork, readsOf, type Work, writesOf } from './work.ts';

/** Elements up to which a walk takes less time than its dispatch. */
const SMALL = 4096;

type Mergeable = MapWork | KernelWork;

export function mergeWorks(graph: Graph, limits: FuseLimits): Graph {
  const works: (Work | null)[] = [...graph.works];
  for (let at = 0; at < works.length; at++) {
    for (let earlier = at - 1; earlier >= 0; earlier--) {
      const [a, b] = [works[earlier], works[at]];
      if (!a || !b || !worthwhile(a, b, graph)) continue;
      const merged = merge(a as Mergeable, b as Mergeable, neededBeside(works, b, graph), graph);
      if (!merged || !fits(merged, limits)) continue;
      const between = works.slice(earlier + 1, at).filter((w) => w !== null);
      if (between.every((w) => commute(w, a, graph.values))) {
        works[earlier] = null;
        works[at] = merged;
      } else if (between.every((w) => commute(w, b, graph.values))) {
        works[earlier] = merged;
        works[at] = null;
        break;
      }
    }
  }
  return { ...graph, works: works.filter((w) => w !== null) };
}

function merge(a: Mergeable, b: Mergeable, needed: (id: ValueId) => boolean, graph: Graph): Mergeable | null {
  if (a.kind === 'map' && b.kind === 'map') return mergeMaps(a, b, needed, graph);
  return a.kind === 'kernels' && b.kind === 'kernels' ? mergeReductions(a, b, needed) : null;
}

/** Whether a value is read by another than `reader`, or returned. */
function neededBeside(works: readonly (Work | null)[], reader: Work, graph: Graph) {
  return (id: ValueId) => graph.outputs.includes(id) || works.some((w) => w && w !== reader && readsOf(w).includes(id));
}

/** Bytes are saved where one reads what the other makes, or both read the same; and a dispatch always is. */
function worthwhile(a: Work, b: Work, graph: Graph): boolean {
  if (a.fence !== b.fence) return false;
  const size = walkOf(a);
  if (size === null || size !== walkOf(b)) return false;
  if (size <= SMALL) return true;
  const large = (id: ValueId) => sizeOf(graph.values[id]!.shape) >= size;
  return readsOf(b).some((id) => large(id) && (writesOf(a).includes(id) || readsOf(a).includes(id)));
}

/** Elements that a work walks over; null where it does not merge. */
function walkOf(work: Work): number | null {
  if (work.kind === 'map') return sizeOf(work.shape);
  return work.kind === 'kernels' && work.merging ? sizeOf(work.prologue!.shape) : null;
}

function fits(work: Mergeable, { bindings }: FuseLimits): boolean {
  if (work.kind === 'map')
    return work.reads.length + work.results.length <= bindings && countOps(work.results.map((r) => r.expr)) <= MOST_OPS;
  // The first dispatch writes a scratch buffer a result, the last one reads them beside the epilogue's operands.
  const results = work.prologue!.exprs.length;
  const last = results + work.epilogue.reads.length + work.outputs.length;
  const only = work.inputs.length + work.epilogue.reads.length + work.outputs.length;
  return Math.max(work.inputs.length + results, last, only) <= bindings && countOps(work.prologue!.exprs) <= MOST_OPS;
}
