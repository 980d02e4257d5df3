/**
 * A state that is written twice with nobody looking between is written once: the second write computes what the first would have
 * stored, or forgets it. A discriminator that sees three batches in a step updates its running statistics in one dispatch.
 */
import { countOps } from '@ganvas/kernels-wgsl';
import { elementwiseOf, type FuseLimits, MOST_OPS, readThrough, withElementwise } from './elementwise.ts';
import { isIdentity } from './views.ts';
import { commute, type Graph, type MapWork, readsOf, readsWhatItWrites, type Work, writesOf } from './work.ts';

export function forwardWrites(graph: Graph, limits: FuseLimits): Graph {
  const works: (Work | null)[] = [...graph.works];
  for (let at = 0; at < works.length; at++) {
    const first = works[at];
    if (first?.kind !== 'map' || first.results.length > 1 || !first.results[0]!.writes) continue;
    const { output } = first.results[0]!;
    const { memory } = graph.values[output]!;
    const touches = (w: Work | null) =>
      w !== null && [...readsOf(w), ...writesOf(w)].some((id) => graph.values[id]!.memory === memory);
    const to = works.findIndex((w, i) => i > at && touches(w));
    const second = works[to];
    if (second?.kind !== 'map' || second.results.length > 1) continue;
    const { writes, output: target } = second.results[0]!;
    if (!writes || target !== output) continue;
    if (!works.slice(at + 1, to).every((w) => !w || commute(w, first, graph.values))) continue;
    const forwarded = forward(first, second, limits, graph);
    if (!forwarded) continue;
    works[at] = null;
    works[to] = forwarded;
  }
  return { ...graph, works: works.filter((w) => w !== null) };
}

function forward(first: MapWork, second: MapWork, limits: FuseLimits, graph: Graph): MapWork | null {
  const { output } = first.results[0]!;
  const { memory } = graph.values[output]!;
  // Another view of the state, or another tensor in the same memory, would see what is not stored any more.
  const direct = second.reads.every(
    ({ value, view }) => graph.values[value]!.memory !== memory || (value === output && isIdentity(view, second.shape)),
  );
  const joined = direct ? readThrough(elementwiseOf(second)!, first) : null;
  if (!joined || countOps(joined.exprs) > MOST_OPS || joined.reads.length + 1 > limits.bindings) return null;
  const work = { ...withElementwise(second, joined), label: [...first.label, ...second.label] };
  return readsWhatItWrites(work, graph.values) ? null : work;
}
