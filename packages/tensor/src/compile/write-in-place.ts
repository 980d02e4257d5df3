/**
 * A result overwrites an operand that nobody needs any more: two buffers become one, and one is enough for the dispatch. A map may
 * do so with any operand, a kernel with one of its epilogue. Legal where the operand is read in the result's own order, and by
 * this read alone.
 */
import { sizeOf } from '@ganvas/kernels-wgsl';
import type { ValueId } from '../program.ts';
import { isIdentity } from './views.ts';
import { type Graph, type KernelWork, type MapWork, readsOf, type Work } from './work.ts';

export function writeInPlace(graph: Graph): Graph {
  const lastReader = new Map<ValueId, Work>();
  for (const work of graph.works) for (const id of readsOf(work)) lastReader.set(id, work);
  const packed = new Set(graph.works.flatMap((w) => (w.kind === 'pack' ? [...w.inputs, w.output] : [])));

  /** Values of the plan's own that stay apart: neither returned nor ranges of a pack. */
  const isFree = (id: ValueId) => graph.values[id]!.memory === null && !graph.outputs.includes(id) && !packed.has(id);
  /** True where `work` is done with the value in the order in which it makes `output`. */
  const gives = (work: Work, value: ValueId, output: ValueId) =>
    isFree(value) &&
    lastReader.get(value) === work &&
    readsOf(work).filter((id) => id === value).length === 1 &&
    graph.values[value]!.dtype === graph.values[output]!.dtype;

  const reuse = (map: MapWork): MapWork => {
    const taken = new Set<number>();
    const results = map.results.map((result) => {
      if (result.writes || packed.has(result.output) || graph.outputs.includes(result.output)) return result;
      const over = map.reads.findIndex(({ value, view }, i) => {
        const whole = sizeOf(graph.values[value]!.shape) === sizeOf(map.shape) && isIdentity(view, map.shape);
        return !taken.has(i) && whole && gives(map, value, result.output);
      });
      if (over < 0) return result;
      taken.add(over);
      return { ...result, over };
    });
    return { ...map, results };
  };
  const reuseOperand = (work: KernelWork): KernelWork => {
    const { operands, reads } = work.epilogue;
    const [output] = work.outputs as [ValueId];
    if (work.outputs.length !== 1 || !isFree(output)) return work;
    const size = sizeOf(graph.values[output]!.shape);
    const over = operands.findIndex((o, i) => o.row && o.column && o.size === size && gives(work, reads[i]!, output));
    if (over < 0) return work;
    return {
      ...work,
      epilogue: { ...work.epilogue, operands: operands.with(over, { ...operands[over]!, inPlace: true }) },
    };
  };
  const works = graph.works.map((w) => (w.kind === 'map' ? reuse(w) : w.kind === 'kernels' ? reuseOperand(w) : w));
  return { ...graph, works };
}
