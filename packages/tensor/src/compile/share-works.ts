/**
 * Common subexpressions: of works that compute the same from the same memory in the same state, the first one serves all.
 * What changes memory is never shared.
 */
import type { ValueId } from '../program.ts';
import { rename } from './rename.ts';
import { type Graph, hasEffect, readsOf, type Work, writesOf } from './work.ts';

export function shareWorks(graph: Graph): Graph {
  const made = new Map<string, Work>();
  const same = new Map<ValueId, ValueId>();
  const writes = new Map<number, number>();
  const nameOf = (id: ValueId): string => {
    const { memory } = graph.values[id]!;
    return memory === null ? `%${id}` : `%${id}@${writes.get(memory) ?? 0}`;
  };
  const works = graph.works.flatMap((original): Work[] => {
    const work = rename(original, (id) => same.get(id) ?? id);
    for (const id of writesOf(work)) {
      const { memory } = graph.values[id]!;
      if (memory !== null) writes.set(memory, (writes.get(memory) ?? 0) + 1);
    }
    if (hasEffect(work)) return [work];
    const text = textOf(work, graph, nameOf);
    const first = made.get(text);
    if (!first) {
      made.set(text, work);
      return [work];
    }
    const outputs = writesOf(first);
    writesOf(work).forEach((id, i) => {
      same.set(id, outputs[i]!);
    });
    return [];
  });
  return { ...graph, works, outputs: graph.outputs.map((id) => same.get(id) ?? id) };
}

/** What a work computes: two works of the same text give the same values. */
function textOf(work: Work, graph: Graph, nameOf: (id: ValueId) => string): string {
  const reads = readsOf(work).map(nameOf);
  if (work.kind === 'pack') return JSON.stringify([work.fence, 'pack', reads, work.offsets]);
  if (work.kind === 'map') {
    const views = work.reads.map((r) => r.view);
    const results = work.results.map(({ expr, output }) => [expr, graph.values[output]!.dtype]);
    return JSON.stringify([work.fence, work.shape, reads, views, results]);
  }
  return JSON.stringify([work.fence, work.problem, reads, work.prologue, work.epilogue]);
}
