/** Matrix product: both operands are plain matrices, and the outer loop walks k in segments. */
import type { AdapterClass, Candidate } from '../candidate.ts';
import { type Epilogue, epilogueCost } from '../epilogue.ts';
import type { Width } from '../expression.ts';
import { matrixOperand } from './operand.ts';
import type { Gemm } from './problem.ts';
import { gemmCandidates } from './rungs.ts';
import type { MatmulShape } from './shape.ts';

/** Elements of k in one outer step: what split-K deals out. */
const SEGMENT = 128;

/** Inputs a, b; output C [m, n]. The epilogue's columns are C's. */
export function matmulCandidates(shape: MatmulShape, epilogue: Epilogue, adapter: AdapterClass): Candidate[] {
  const { m, n, k, transposeA, transposeB } = shape;
  const a = `a [${transposeA ? [k, m] : [m, k]}]`;
  const b = `b [${transposeB ? [n, k] : [k, n]}]`;
  const view = {
    family: 'matmul',
    about: [
      `c = ${transposeA ? 'transpose(a)' : 'a'} ${transposeB ? 'transpose(b)' : 'b'}: ${a}, ${b} -> c [${m},${n}].`,
    ],
    buffers: { a: 'a', b: 'b', c: 'c' },
    epilogueColumns: n,
  };
  return gemmCandidates((kWidth) => matmul(shape, epilogue, view, kWidth), adapter);
}

/** The product as some family sees it: its own name, buffers, and columns for the epilogue (a divisor of n). */
export function matmul(
  { m, n, k, transposeA, transposeB }: MatmulShape,
  epilogue: Epilogue,
  view: { family: string; about: string[]; buffers: { a: string; b: string; c: string }; epilogueColumns: number },
  kWidth: Width,
): Gemm {
  const { family, about, buffers, epilogueColumns } = view;
  const inner = Math.min(k, SEGMENT);
  const outer = Math.ceil(k / inner);
  const extra = epilogueCost(epilogue, m * n);
  return {
    family,
    about,
    rows: m,
    columns: n,
    outer,
    inner,
    ...(outer * inner === k ? {} : { depth: k }),
    constants: {},
    a: matrixOperand('a', { buffer: buffers.a, lines: m, depth: k, contiguous: contiguous(transposeA, m, k), kWidth }),
    b: matrixOperand('b', { buffer: buffers.b, lines: n, depth: k, contiguous: contiguous(!transposeB, n, k), kWidth }),
    output: { name: buffers.c, rows: m, epilogueColumns },
    epilogue,
    cost: { flops: 2 * m * n * k + extra.flops, bytes: 4 * (m * k + k * n + m * n) + extra.bytes },
  };
}

/** A vector is its own transpose: a single line counts as contiguous along k, and lines of one element along the lines. */
function contiguous(alongLines: boolean, lines: number, depth: number): 'k' | 'line' {
  if (lines === 1) return 'k';
  if (depth === 1) return 'line';
  return alongLines ? 'line' : 'k';
}
