/**
 * A map is computed inside every work that reads it (another map, or the prologue of a reduction), or not at all: its memory
 * disappears. Moving work to a later place moves its reads; no read may cross a write to the same memory.
 */
import { countOps, sizeOf } from '@ganvas/kernels-wgsl';
import {
  type Elementwise,
  elementwiseOf,
  type FuseLimits,
  MOST_OPS,
  readThrough,
  rewalk,
  withElementwise,
} from './elementwise.ts';
import { type Graph, type MapWork, readsOf, readsWhatItWrites, type Work, writesOf } from './work.ts';

/** A map computed again by several consumers may do at most this many scalar ops, */
const CHEAP_OPS = 12;
/** or this many where each of its values is needed at many places of a larger walk (a channel's scale, at every pixel). */
const CHEAP_BROADCAST_OPS = 6;

/** Inlines each map into all its readers where every reader can take it. */
export function inlineMaps(graph: Graph, limits: FuseLimits): Graph {
  const works: (Work | null)[] = [...graph.works];
  for (let at = 0; at < works.length; at++) {
    const map = works[at];
    if (map?.kind !== 'map' || map.results[0]!.writes || graph.outputs.includes(map.results[0]!.output)) continue;
    const readers = works.flatMap((w, i) => (w && i > at && readsOf(w).includes(map.results[0]!.output) ? [i] : []));
    if (readers.length === 0) continue;
    const fused = readers.map((i) => {
      if (!mayMove(works, map, at, i, graph)) return null;
      const result = takeIn(works[i]!, map);
      return result && fits(works[i]!, result, limits, graph) && worthwhile(map, readers.length, result, graph)
        ? result
        : null;
    });
    if (fused.some((f) => f === null)) continue;
    readers.forEach((i, k) => {
      const reader = works[i]!;
      works[i] = { ...withElementwise(reader, fused[k]!), label: [...map.label, ...reader.label] };
    });
    works[at] = null;
  }
  return { ...graph, works: works.filter((w) => w !== null) };
}

/** The reader's elementwise part with the map inside, over the map's shape where its own does not do. */
function takeIn(reader: Work, map: MapWork): Elementwise | null {
  const host = elementwiseOf(reader);
  if (!host) return null;
  const result = readThrough(host, map);
  if (result || reader.kind !== 'map') return result;
  const reads = rewalk(host.reads, host.shape, map.shape);
  return reads && readThrough({ ...host, shape: map.shape, reads }, map);
}

/** Computing a map several times must cost less than its trip through memory. */
function worthwhile(map: MapWork, readers: number, host: Elementwise, graph: Graph): boolean {
  const ops = countOps([map.results[0]!.expr]);
  const size = sizeOf(map.shape);
  if (countOps(host.exprs) > MOST_OPS) return false;
  if (sizeOf(host.shape) > size && ops > CHEAP_BROADCAST_OPS) return false;
  if (readers === 1) return true;
  const wide = map.reads.filter((r) => sizeOf(graph.values[r.value]!.shape) >= size && size > 1).length;
  return wide <= 1 && ops <= CHEAP_OPS;
}

/** Storage buffers in reach, and no conflict between what the fused work reads and what it writes. */
function fits(work: Work, host: Elementwise, limits: FuseLimits, graph: Graph): boolean {
  const outputs = work.kind === 'map' ? work.results.length : 2; // a kernel work may bind a scratch buffer beside its output
  if (host.reads.length + outputs > limits.bindings) return false;
  return work.kind !== 'map' || !readsWhatItWrites(withElementwise(work, host), graph.values);
}

/** True where `work` at `from` may run at `to` instead: nothing between writes memory that it reads. */
function mayMove(works: readonly (Work | null)[], work: Work, from: number, to: number, graph: Graph): boolean {
  const memories = new Set(readsOf(work).map((id) => graph.values[id]!.memory));
  memories.delete(null);
  if (memories.size === 0) return true;
  return works
    .slice(from + 1, to)
    .every((w) => !w || writesOf(w).every((id) => !memories.has(graph.values[id]!.memory)));
}
