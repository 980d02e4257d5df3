/** Matrix product, of one pair or of a batch: operands are plain matrices, and the outer loop walks k in segments. */
import type { AdapterClass, Candidate } from '../candidate.ts';
import { type Epilogue, epilogueCost } from '../epilogue.ts';
import { batchOf } from './batch.ts';
import { gemmCandidates } from './ladder.ts';
import { type Loads, matrixOperand } from './operand.ts';
import type { Gemm } from './problem.ts';
import { type MatmulShape, matmulBatch, matmulSizes } from './shape.ts';

/** Elements of k in one outer step: what split-K deals out. */
const SEGMENT = 128;

/** Inputs a, b; output C [...batch, m, n], of at most MAX_WORKGROUPS matrices. The epilogue's columns are C's. */
export function matmulCandidates(shape: MatmulShape, epilogue: Epilogue, adapter: AdapterClass): Candidate[] {
  const { m, n, k, transposeA, transposeB, batchA = [], batchB = [] } = shape;
  const a = `a [${[...batchA, ...(transposeA ? [k, m] : [m, k])]}]`;
  const b = `b [${[...batchB, ...(transposeB ? [n, k] : [k, n])]}]`;
  const view = {
    family: 'matmul',
    about: [
      `c = ${transposeA ? 'transpose(a)' : 'a'} ${transposeB ? 'transpose(b)' : 'b'}: ${a}, ${b} -> c [${[...matmulBatch(shape), m, n]}].`,
    ],
    buffers: { a: 'a', b: 'b', c: 'c' },
    epilogueColumns: n,
  };
  return gemmCandidates((loads) => matmul(shape, epilogue, view, loads), adapter);
}

/** The product as some family sees it: its own name, buffers, and columns for the epilogue (a divisor of n). */
export function matmul(
  shape: MatmulShape,
  epilogue: Epilogue,
  view: { family: string; about: string[]; buffers: { a: string; b: string; c: string }; epilogueColumns: number },
  loads: Loads,
): Gemm {
  const { family, about, buffers, epilogueColumns } = view;
  const { m, n, k, transposeA, transposeB } = shape;
  const batch = batchOf(shape);
  const size = matmulSizes(shape);
  // Segments are what split-K deals out; a batch is not split.
  const inner = batch.phases ? k : Math.min(k, SEGMENT);
  const outer = Math.ceil(k / inner);
  const extra = epilogueCost(epilogue, size.c);
  return {
    family,
    about,
    rows: m,
    columns: n,
    outer,
    inner,
    ...(outer * inner === k ? {} : { depth: k }),
    constants: {},
    a: matrixOperand('a', {
      ...{ buffer: buffers.a, size: size.a, lines: m, depth: k, matrix: batch.a },
      ...{ contiguous: contiguous(transposeA, m, k), loads },
    }),
    b: matrixOperand('b', {
      ...{ buffer: buffers.b, size: size.b, lines: n, depth: k, matrix: batch.b },
      ...{ contiguous: contiguous(!transposeB, n, k), loads },
    }),
    ...(batch.phases ? { phases: batch.phases } : {}),
    output: { name: buffers.c, rows: batch.count * m, epilogueColumns },
    epilogue,
    cost: { flops: 2 * size.c * k + extra.flops, bytes: 4 * (size.a + size.b + size.c) + extra.bytes },
  };
}

/** A vector is its own transpose: a single line counts as contiguous along k, and lines of one element along the lines. */
function contiguous(alongLines: boolean, lines: number, depth: number): 'k' | 'line' {
  if (lines === 1) return 'k';
  if (depth === 1) return 'line';
  return alongLines ? 'line' : 'k';
}
