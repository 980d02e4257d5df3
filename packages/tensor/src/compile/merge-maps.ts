/** Two maps over the same shape as one with the results of both. */
import { share } from '@ganvas/kernels-wgsl';
import type { ValueId } from '../program.ts';
import { collectReads, elementwiseOf, placeReads, readThrough, rewalk } from './elementwise.ts';
import { isIdentity } from './views.ts';
import { type Graph, type MapResult, type MapWork, readsWhatItWrites } from './work.ts';

/**
 * @param a runs before `b`, which may read its results
 * @param needed whether a result of `a` is read by others than `b`
 * @returns null where they walk differently, or one would read what the other has yet to write
 */
export function mergeMaps(a: MapWork, b: MapWork, needed: (id: ValueId) => boolean, { values }: Graph): MapWork | null {
  const reads = rewalk(b.reads, b.shape, a.shape);
  if (!reads) return null;
  const memory = (id: ValueId) => values[id]!.memory ?? `value ${id}`;
  const written = new Map(a.results.map((r) => [memory(r.output), r.output]));
  if (b.results.some((r) => written.has(memory(r.output)))) return null;
  // What `a` makes is in registers where `b` needs the same element of it, and nowhere else.
  const inPlace = reads.every(({ value, view }) => {
    const maker = written.get(memory(value));
    return maker === undefined || (maker === value && isIdentity(view, a.shape));
  });
  if (!inPlace) return null;

  const collected = collectReads(a.shape);
  const first = placeReads(elementwiseOf(a)!, collected);
  const second = readThrough({ ...elementwiseOf(b)!, shape: a.shape, reads }, a, collected);
  if (!second) return null;
  const exprs = share([...first, ...second.exprs]); // what `b` reads of `a` is computed once
  const results = [...a.results, ...b.results]
    .map((r, i): MapResult => ({ ...r, expr: exprs[i]! }))
    .filter((r, i) => r.writes || i >= a.results.length || needed(r.output));
  const merged: MapWork = {
    kind: 'map',
    label: [...a.label, ...b.label],
    ...(a.fence && { fence: a.fence }),
    shape: a.shape,
    reads: collected.reads,
    results,
  };
  return readsWhatItWrites(merged, values) ? null : merged;
}
