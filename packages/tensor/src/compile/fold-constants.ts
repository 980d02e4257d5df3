/** Arithmetic on constants is done here, once; and what no expression mentions any more is not read. */
import { operand, operandsOf, simplify, substitute } from '@ganvas/kernels-wgsl';
import { type Elementwise, elementwiseOf, withElementwise } from './elementwise.ts';
import type { Graph, KernelWork, Work } from './work.ts';

export function foldConstants(graph: Graph): Graph {
  return { ...graph, works: graph.works.map((work) => foldEpilogue(foldElementwise(work))) };
}

function foldElementwise(work: Work): Work {
  const part = elementwiseOf(work);
  return part ? withElementwise(work, compact({ ...part, exprs: simplify(part.exprs) })) : work;
}

function compact({ shape, reads, exprs }: Elementwise): Elementwise {
  const used = [...operandsOf(exprs)].sort((a, b) => a - b);
  // The views of a kernel's inputs are all that tells it what to read.
  if (used.length === reads.length || used.length === 0) return { shape, reads, exprs };
  const renumber = (i: number) => operand(used.indexOf(i));
  return { shape, reads: used.map((i) => reads[i]!), exprs: exprs.map((expr) => substitute(expr, renumber)) };
}

function foldEpilogue(work: Work): Work {
  if (work.kind !== 'kernels') return work;
  const { exprs, operands, reads } = work.epilogue;
  return { ...work, epilogue: { operands, reads, exprs: simplify(exprs) } } satisfies KernelWork;
}
