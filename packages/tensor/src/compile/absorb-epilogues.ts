/** A map over the result of a GEMM or of a reduction is computed at that kernel's store: the result never goes through memory. */
import { type Expr, epilogueOperand, operand, share, sizeOf, substitute } from '@ganvas/kernels-wgsl';
import type { ValueId } from '../program.ts';
import type { FuseLimits } from './elementwise.ts';
import { isIdentity } from './views.ts';
import { commute, type Graph, type KernelWork, type MapWork, operandOf, readsOf, type Work } from './work.ts';

/**
 * Moves maps over the result of a kernel into that kernel's store; the kernel moves to the map's place. From the last kernel to the
 * first: where a map reads the results of two, the later one takes it, and the earlier need not wait.
 */
export function absorbEpilogues(graph: Graph, limits: FuseLimits): Graph {
  const works: (Work | null)[] = [...graph.works];
  for (let start = works.length - 1; start >= 0; start--) {
    for (let at: number | null = start; at !== null; ) at = absorbNext(works, at, limits, graph);
  }
  return { ...graph, works: works.filter((w) => w !== null) };
}

/** Where the kernel at `at` is now that it has taken the map that reads it; null where there is none to take. */
function absorbNext(works: (Work | null)[], at: number, limits: FuseLimits, graph: Graph): number | null {
  const kernel = works[at];
  if (kernel?.kind !== 'kernels') return null;
  const readers = works.flatMap((w, i) => (w && readsOf(w).includes(kernel.outputs[0]!) ? [i] : []));
  const to = readers[0];
  const map = to === undefined ? null : works[to];
  if (readers.length !== 1 || map?.kind !== 'map') return null;
  if (!works.slice(at + 1, to).every((w) => !w || commute(w, kernel, graph.values))) return null;
  const fused = absorb(kernel, map, limits, graph);
  if (!fused) return null;
  works[at] = null;
  works[to!] = fused;
  return to!;
}

function absorb(kernel: KernelWork, map: MapWork, limits: FuseLimits, graph: Graph): KernelWork | null {
  const result = kernel.outputs[0]!;
  const { expr, output, writes } = map.results[0]!;
  if (!kernel.result || kernel.outputs.length > 1 || writes || graph.outputs.includes(result)) return null;
  if (graph.values[output]!.dtype !== 'f32' || sizeOf(map.shape) !== sizeOf(kernel.result.shape)) return null;
  const { columns } = kernel.result;
  const operands = [...kernel.epilogue.operands];
  const reads: ValueId[] = [...kernel.epilogue.reads];
  const replacements: Expr[] = [];
  for (const read of map.reads) {
    if (read.value === result) {
      if (!isIdentity(read.view, map.shape)) return null;
      replacements.push(kernel.epilogue.exprs[0]!);
      continue;
    }
    const placed = epilogueOperand(map.shape, columns, operandOf(graph.values[read.value]!, read.view));
    if (!placed) return null;
    operands.push(placed);
    reads.push(read.value);
    replacements.push(operand(operands.length));
  }
  if (kernel.inputs.length + reads.length + 2 > limits.bindings) return null;
  return {
    ...kernel,
    label: [...kernel.label, ...map.label],
    epilogue: { exprs: share([substitute(expr, (i) => replacements[i]!)]), operands, reads },
    outputs: [output],
    result: { shape: map.shape, columns },
  };
}
