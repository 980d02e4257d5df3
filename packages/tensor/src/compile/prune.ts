/** Removes works whose results nobody reads. Works with effects stay, and with them whatever they read. */
import type { ValueId } from '../program.ts';
import { type Graph, hasEffect, readsOf, writesOf } from './work.ts';

export function prune(graph: Graph): Graph {
  const needed = new Set<ValueId>(graph.outputs);
  const kept = graph.works.toReversed().filter((work) => {
    if (!hasEffect(work) && !writesOf(work).some((id) => needed.has(id))) return false;
    for (const id of readsOf(work)) needed.add(id);
    return true;
  });
  return { ...graph, works: kept.reverse() };
}
