/**
 * The order in which works run, as far as they commute. What gives memory back runs as soon as it can; else the work that reads the
 * newest value: one branch to its end before the next begins. A weight gradient, say, is recorded at the end of a backward
 * pass and is the last to read the gradient that came by long before; and the loss of one batch can be followed all the way back
 * before the next batch goes forward.
 */
import { sizeOf } from '@ganvas/kernels-wgsl';
import { byteLength } from '../dtype.ts';
import type { ValueId } from '../program.ts';
import { commute, type Graph, readsOf, type Work, writesOf } from './work.ts';

export function orderWorks(graph: Graph): Graph {
  const waiting = new Map(graph.works.map((work, i) => [work, blockersOf(graph, i)]));
  const readers = new Map<ValueId, number>();
  for (const work of graph.works) for (const id of new Set(readsOf(work))) readers.set(id, (readers.get(id) ?? 0) + 1);

  // Outputs stay, and so does a pack: what is written into it takes no memory of its own.
  const staying = new Set([...graph.outputs, ...graph.works.flatMap((w) => (w.kind === 'pack' ? w.inputs : []))]);
  const bytesOf = (id: ValueId): number => {
    const { shape, dtype, memory } = graph.values[id]!;
    return memory === null && !staying.has(id) ? byteLength(dtype, sizeOf(shape)) : 0;
  };
  const sum = (ids: Iterable<ValueId>) => [...ids].reduce((total, id) => total + bytesOf(id), 0);
  const gain = (work: Work) =>
    sum([...new Set(readsOf(work))].filter((id) => readers.get(id) === 1)) - sum(writesOf(work));

  const works: Work[] = [];
  const madeAt = new Map<ValueId, number>();
  const recency = (work: Work) => Math.max(-1, ...readsOf(work).map((id) => madeAt.get(id) ?? -1));
  while (waiting.size > 0) {
    const ready = [...waiting.keys()].filter((work) => waiting.get(work)!.size === 0);
    const giving = ready.filter((work) => gain(work) > 0);
    const next = giving.length > 0 ? largest(giving, gain) : largest(ready, recency);
    for (const id of writesOf(next)) madeAt.set(id, works.length);
    works.push(next);
    waiting.delete(next);
    for (const blockers of waiting.values()) blockers.delete(next);
    for (const id of new Set(readsOf(next))) readers.set(id, readers.get(id)! - 1);
  }
  return { ...graph, works };
}

/** The first of those with the largest value. */
const largest = (works: readonly Work[], value: (work: Work) => number): Work =>
  works.reduce((best, work) => (value(work) > value(best) ? work : best));

/** The works before work `i` that must run before it. */
const blockersOf = ({ works, values }: Graph, i: number): Set<Work> =>
  new Set(works.slice(0, i).filter((earlier) => !commute(earlier, works[i]!, values)));
