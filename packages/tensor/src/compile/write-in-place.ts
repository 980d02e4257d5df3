/**
 * A map writes its result over an operand that nobody needs any more: two buffers become one, and one is enough for the
 * dispatch. Legal where the operand is read in the result's own order, and by this read alone.
 */
import { sizeOf } from '@ganvas/kernels-wgsl';
import type { ValueId } from '../program.ts';
import { isIdentity } from './views.ts';
import { type Graph, type MapWork, readsOf, type Work } from './work.ts';

export function writeInPlace(graph: Graph): Graph {
  const lastReader = new Map<ValueId, Work>();
  for (const work of graph.works) for (const id of readsOf(work)) lastReader.set(id, work);
  const packed = new Set(graph.works.flatMap((w) => (w.kind === 'pack' ? [...w.inputs, w.output] : [])));

  /** Values of the plan's own that stay apart: neither returned nor ranges of a pack. */
  const isFree = (id: ValueId) => graph.values[id]!.memory === null && !graph.outputs.includes(id) && !packed.has(id);
  const reuse = (map: MapWork): MapWork => {
    const taken = new Set<number>();
    const results = map.results.map((result) => {
      if (result.writes || packed.has(result.output) || graph.outputs.includes(result.output)) return result;
      const over = map.reads.findIndex(({ value, view }, i) => {
        const { shape, dtype } = graph.values[value]!;
        const whole = sizeOf(shape) === sizeOf(map.shape) && isIdentity(view, map.shape);
        const alone = map.reads.filter((r) => r.value === value).length === 1;
        const same = dtype === graph.values[result.output]!.dtype;
        return !taken.has(i) && whole && alone && same && isFree(value) && lastReader.get(value) === map;
      });
      if (over < 0) return result;
      taken.add(over);
      return { ...result, over };
    });
    return { ...map, results };
  };
  return { ...graph, works: graph.works.map((w) => (w.kind === 'map' ? reuse(w) : w)) };
}
