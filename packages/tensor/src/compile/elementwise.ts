/** What the passes do with elementwise work, wherever it stands: in a map, or in the prologue of a reduction. */
import { type Expr, operand, share, substitute } from '@ganvas/kernels-wgsl';
import type { Shape } from '../shape.ts';
import { composeViews, reshapeView } from './views.ts';
import type { KernelWork, MapWork, Read, Work } from './work.ts';

/** Scalar ops of one fused work: a chain without end must become neither an endless shader nor an endless recursion. */
export const MOST_OPS = 128;

export interface FuseLimits {
  /** Storage buffers that one dispatch may bind. */
  bindings: number;
}

/** Expressions over reads, over a walk. */
export interface Elementwise {
  shape: Shape;
  reads: Read[];
  exprs: Expr[];
}

/** The elementwise part of a work; null where it has none that could take more. */
export function elementwiseOf(work: Work): Elementwise | null {
  if (work.kind === 'map') return { ...work, exprs: work.results.map((r) => r.expr) };
  if (work.kind !== 'kernels' || !work.prologue) return null;
  const { shape, views, exprs } = work.prologue;
  return { shape, exprs, reads: work.inputs.map((value, i) => ({ value, view: views[i]! })) };
}

/** The work with another elementwise part. */
export function withElementwise<W extends Work>(work: W, { shape, reads, exprs }: Elementwise): W;
export function withElementwise(work: MapWork | KernelWork, { shape, reads, exprs }: Elementwise): Work {
  if (work.kind === 'map')
    return { ...work, shape, reads, results: work.results.map((r, i) => ({ ...r, expr: exprs[i]! })) };
  const prologue = { shape, exprs, views: reads.map((r) => r.view) };
  return { ...work, inputs: reads.map((r) => r.value), prologue };
}

/** Collects reads over `shape`, equal ones joined: `add` returns the operand that stands for one. */
export function collectReads(shape: Shape) {
  const reads: Read[] = [];
  const add = (read: Read): Expr => {
    const same = reads.findIndex((r) => r.value === read.value && sameWalk(r, read, shape));
    return operand(same >= 0 ? same : reads.push(read) - 1);
  };
  return { reads, add };
}

/** The expressions over collected reads, which take those of the work. */
export function placeReads({ reads, exprs }: Elementwise, collected: ReturnType<typeof collectReads>): Expr[] {
  const operands = reads.map(collected.add);
  return exprs.map((expr) => substitute(expr, (i) => operands[i]!));
}

const sameWalk = ({ view: a }: Read, { view: b }: Read, shape: Shape): boolean =>
  a.offset === b.offset && shape.every((size, axis) => size === 1 || a.strides[axis] === b.strides[axis]);

/**
 * The elementwise work with each read of a result of `map`'s replaced by that result's own expression.
 * @param collected takes the reads, and may hold some already
 * @returns null where the views do not compose
 */
export function readThrough(work: Elementwise, map: MapWork, collected = collectReads(work.shape)): Elementwise | null {
  const replacements: Expr[] = [];
  for (const read of work.reads) {
    const result = map.results.find((r) => r.output === read.value);
    if (!result) {
      replacements.push(collected.add(read));
      continue;
    }
    const inner: Expr[] = [];
    for (const { value, view: own } of map.reads) {
      const view = composeViews(read.view, work.shape, own, map.shape);
      if (!view) return null;
      inner.push(collected.add({ value, view }));
    }
    replacements.push(substitute(result.expr, (i) => inner[i]!));
  }
  const exprs = share(work.exprs.map((expr) => substitute(expr, (i) => replacements[i]!)));
  return { shape: work.shape, reads: collected.reads, exprs };
}

/** The same reads in the same order over another shape; null where a view cannot follow. */
export function rewalk(reads: readonly Read[], from: Shape, to: Shape): Read[] | null {
  const moved = reads.map(({ value, view }) => ({ value, view: reshapeView(view, from, to) }));
  return moved.every((r): r is Read => r.view !== null) ? moved : null;
}
