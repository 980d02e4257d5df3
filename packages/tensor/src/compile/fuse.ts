/**
 * Fusion: elementwise work moves to where its operands or its results already are in registers.
 *
 * 1. `inlineMaps`: a map is computed inside every work that reads it (another map, or the prologue of a reduction), or not at
 *    all: its memory disappears.
 * 2. `absorbEpilogues`: a map over the result of a GEMM or a reduction is computed at that kernel's store.
 *
 * Moving work to a later place moves its reads; no read may cross a write to the same memory.
 */
import {
  countOps,
  type Expr,
  epilogueOperand,
  operand,
  share,
  sizeOf,
  substitute,
  type View,
} from '@ganvas/kernels-wgsl';
import type { ValueId } from '../program.ts';
import type { Shape } from '../shape.ts';
import { composeViews, isIdentity } from './views.ts';
import {
  type Graph,
  type KernelWork,
  type MapWork,
  operandOf,
  type Read,
  readsOf,
  readsWhatItWrites,
  type Work,
  writesOf,
} from './work.ts';

/** A map computed again by several consumers may do at most this many scalar ops, */
const CHEAP_OPS = 12;
/** or this many where each of its values is needed at many places of a larger walk (a channel's scale, at every pixel). */
const CHEAP_BROADCAST_OPS = 6;
/** Scalar ops of one fused expression: a chain without end must become neither an endless shader nor an endless recursion. */
const MOST_OPS = 128;

export interface FuseLimits {
  /** Storage buffers that one dispatch may bind. */
  bindings: number;
}

export function fuse(graph: Graph, limits: FuseLimits): Graph {
  return absorbEpilogues(inlineMaps(graph, limits), limits);
}

/** Something elementwise that a map can be inlined into: the walk of a map or of a prologue. */
interface Host {
  shape: Shape;
  reads: Read[];
  expr: Expr;
}

function hostOf(work: Work): Host | null {
  if (work.kind === 'map') return work;
  if (work.kind !== 'kernels' || !work.prologue) return null;
  const { shape, views, expr } = work.prologue;
  return { shape, expr, reads: work.inputs.map((value, i) => ({ value, view: views[i]! })) };
}

function withHost(work: Work, host: Host, label: string[]): Work {
  if (work.kind === 'map') return { ...work, ...host, label: [...label, ...work.label] };
  const prologue = { shape: host.shape, expr: host.expr, views: host.reads.map((r) => r.view) };
  return {
    ...(work as KernelWork),
    inputs: host.reads.map((r) => r.value),
    prologue,
    label: [...label, ...work.label],
  };
}

/** Inlines each map into all its readers where every reader can take it. */
function inlineMaps(graph: Graph, limits: FuseLimits): Graph {
  const works: (Work | null)[] = [...graph.works];
  for (let at = 0; at < works.length; at++) {
    const map = works[at];
    if (map?.kind !== 'map' || map.writes || graph.outputs.includes(map.output)) continue;
    const readers = works.flatMap((w, i) => (w && i > at && readsOf(w).includes(map.output) ? [i] : []));
    if (readers.length === 0) continue;
    const fused = readers.map((i) => {
      const host = hostOf(works[i]!);
      if (!host || !mayMove(works, map, at, i, graph)) return null;
      const result = inline(map, host);
      return result && fits(works[i]!, result, limits, graph) && worthwhile(map, readers.length, result, graph)
        ? result
        : null;
    });
    if (fused.some((f) => f === null)) continue;
    readers.forEach((i, k) => {
      works[i] = withHost(works[i]!, fused[k]!, map.label);
    });
    works[at] = null;
  }
  return { ...graph, works: works.filter((w) => w !== null) };
}

/** The host with every read of `map`'s output replaced by the map's own expression, equal reads joined; null where views do not compose. */
function inline(map: MapWork, host: Host): Host | null {
  const reads: Read[] = [];
  const addRead = (read: Read): Expr => {
    const same = reads.findIndex((r) => r.value === read.value && sameWalk(r.view, read.view, host.shape));
    return operand(same >= 0 ? same : reads.push(read) - 1);
  };
  const replacements: Expr[] = [];
  for (const read of host.reads) {
    if (read.value !== map.output) {
      replacements.push(addRead(read));
      continue;
    }
    const inner: Expr[] = [];
    for (const r of map.reads) {
      const view = composeViews(read.view, host.shape, r.view, map.shape);
      if (!view) return null;
      inner.push(addRead({ value: r.value, view }));
    }
    replacements.push(substitute(map.expr, (i) => inner[i]!));
  }
  return { shape: host.shape, reads, expr: share(substitute(host.expr, (i) => replacements[i]!)) };
}

const sameWalk = (a: View, b: View, shape: Shape): boolean =>
  a.offset === b.offset && shape.every((size, axis) => size === 1 || a.strides[axis] === b.strides[axis]);

/** Computing a map several times must cost less than its trip through memory. */
function worthwhile(map: MapWork, readers: number, host: Host, graph: Graph): boolean {
  const ops = countOps([map.expr]);
  const size = sizeOf(map.shape);
  if (countOps([host.expr]) > MOST_OPS) return false;
  if (sizeOf(host.shape) > size && ops > CHEAP_BROADCAST_OPS) return false;
  if (readers === 1) return true;
  const wide = map.reads.filter((r) => sizeOf(graph.values[r.value]!.shape) >= size && size > 1).length;
  return wide <= 1 && ops <= CHEAP_OPS;
}

/** Storage buffers in reach, and no conflict between what the fused work reads and what it writes. */
function fits(work: Work, host: Host, limits: FuseLimits, graph: Graph): boolean {
  const outputs = work.kind === 'map' ? 1 : 2; // a kernel work may bind a scratch buffer beside its output
  if (host.reads.length + outputs > limits.bindings) return false;
  return work.kind !== 'map' || !readsWhatItWrites({ ...work, ...host }, graph.values);
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

/** Moves a map over the result of a kernel into that kernel's store. The kernel moves to the map's place, where it may absorb more. */
function absorbEpilogues(graph: Graph, limits: FuseLimits): Graph {
  const works: (Work | null)[] = [...graph.works];
  for (let at = 0; at < works.length; at++) {
    const kernel = works[at];
    if (kernel?.kind !== 'kernels') continue;
    const readers = works.flatMap((w, i) => (w && readsOf(w).includes(kernel.outputs[0]!) ? [i] : []));
    const to = readers[0];
    const map = to === undefined ? null : works[to];
    if (readers.length !== 1 || map?.kind !== 'map' || !mayMove(works, kernel, at, to!, graph)) continue;
    const fused = absorb(kernel, map, limits, graph);
    if (!fused) continue;
    works[at] = null;
    works[to!] = fused; // visited again when the loop gets there
  }
  return { ...graph, works: works.filter((w) => w !== null) };
}

function absorb(kernel: KernelWork, map: MapWork, limits: FuseLimits, graph: Graph): KernelWork | null {
  const result = kernel.outputs[0]!;
  if (!kernel.result || kernel.outputs.length > 1 || map.writes || graph.outputs.includes(result)) return null;
  if (graph.values[map.output]!.dtype !== 'f32' || sizeOf(map.shape) !== sizeOf(kernel.result.shape)) return null;
  const { columns } = kernel.result;
  const operands = [...kernel.epilogue.operands];
  const reads: ValueId[] = [...kernel.epilogue.reads];
  const replacements: Expr[] = [];
  for (const read of map.reads) {
    if (read.value === result) {
      if (!isIdentity(read.view, map.shape)) return null;
      replacements.push(kernel.epilogue.expr);
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
    epilogue: { expr: share(substitute(map.expr, (i) => replacements[i]!)), operands, reads },
    outputs: [map.output],
    result: { shape: map.shape, columns },
  };
}
