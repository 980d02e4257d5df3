/** Matrix product of two matrices or of two batches of them, either transposed as it is read. */
import { applyScalar, MAX_WORKGROUPS, matmulCandidates, operand, reduceCandidates, sizeOf } from '@ganvas/kernels-wgsl';
import { apply, type Lowering, type Op, type TensorSpec } from '../op.ts';
import { broadcastShapes, formatShape, type Shape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { mul } from './elementwise.ts';
import { reshape } from './movement.ts';
import { throughF32 } from './through-f32.ts';

export interface MatmulAttrs {
  transposeA: boolean;
  transposeB: boolean;
}

/** The last two axes of each operand, as they are multiplied, and those before them. */
function sizes([a, b]: readonly TensorSpec[], { transposeA, transposeB }: MatmulAttrs) {
  const two = (shape: Shape, turn: boolean): number[] => (turn ? shape.slice(-2).reverse() : shape.slice(-2));
  const [m, k] = two(a!.shape, transposeA) as [number, number];
  const [k2, n] = two(b!.shape, transposeB) as [number, number];
  return { m, k, k2, n, batchA: a!.shape.slice(0, -2), batchB: b!.shape.slice(0, -2) };
}

export const matmulOps = {
  matmul: {
    name: 'matmul',
    infer: (inputs, attrs) => {
      const [a, b] = inputs;
      const got = `a ${formatShape(a!.shape)}${attrs.transposeA ? 'ᵀ' : ''}, b ${formatShape(b!.shape)}${attrs.transposeB ? 'ᵀ' : ''}`;
      if (a!.shape.length < 2 || b!.shape.length < 2)
        throw new ShapeError(`matmul: expects operands of at least one axis (${got})`);
      if (a!.dtype !== 'f32' || b!.dtype !== 'f32')
        throw new ShapeError(`matmul: expects f32, got ${a!.dtype} and ${b!.dtype} (${got})`);
      const { m, k, k2, n, batchA, batchB } = sizes(inputs, attrs);
      if (k !== k2) throw new ShapeError(`matmul: a has ${k} columns, b has ${k2} rows (${got})`);
      const batch = broadcastShapes(`matmul (${got}): batch`, batchA, batchB);
      if (sizeOf(batch) > MAX_WORKGROUPS) {
        throw new ShapeError(
          `matmul: ${sizeOf(batch)} products in one batch, expected at most ${MAX_WORKGROUPS}; multiply it in parts (${got})`,
        );
      }
      return [{ shape: [...batch, m, n], dtype: 'f32' }];
    },
    lower: (inputs, attrs) => {
      const { m, n, k, batchA, batchB } = sizes(inputs, attrs);
      if (sizeOf(batchA) * sizeOf(batchB) === 1 && (m === 1 || n === 1)) return matrixVector(m, n, k, attrs);
      return {
        kind: 'kernels',
        columns: n,
        candidates: ({ adapter, epilogue }) =>
          matmulCandidates({ m, n, k, ...attrs, batchA, batchB }, epilogue, adapter),
      };
    },
  } satisfies Op<MatmulAttrs>,
};

/**
 * A matrix and a vector: each element of the matrix is used once, so there is nothing to tile, and it is a sum over k of products
 * that are made on the way in.
 */
function matrixVector(m: number, n: number, k: number, { transposeA, transposeB }: MatmulAttrs): Lowering {
  const columns = m * n; // one of them is 1
  const view = (inner: number, outer: number) => ({ strides: [outer, inner], offset: 0 });
  const a = view(transposeA ? m : 1, m === 1 ? 0 : transposeA ? 1 : k);
  const b = view(transposeB ? 1 : n, n === 1 ? 0 : transposeB ? k : 1);
  return {
    kind: 'kernels',
    columns,
    prologue: { shape: [columns, k], views: [a, b], exprs: [applyScalar('mul', operand(0), operand(1))] },
    candidates: ({ adapter, epilogue, prologue }) =>
      reduceCandidates({ op: 'sum', shape: [columns, k], axes: [1], ...prologue! }, epilogue, adapter),
  };
}

/**
 * C = op(A) · op(B), for each pair of matrices of a batch. Axes before the last two broadcast as NumPy's do. A vector a counts
 * as a row and a vector b as a column, and the axis that this adds is missing from the result (torch.matmul's rule).
 * @param a [..., m, k], or [..., k, m] with `transposeA`
 * @param b [..., k, n], or [..., n, k] with `transposeB`
 * @returns [..., m, n]
 * @throws ShapeError where the inner sizes differ or the batches do not broadcast
 */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: Partial<MatmulAttrs> = {},
): Tensor {
  return throughF32('matmul', [a, b], (x, y) => product(x!, y!, { transposeA, transposeB }));
}

function product(a: Tensor, b: Tensor, { transposeA, transposeB }: MatmulAttrs): Tensor {
  if (a.shape.length === 1) {
    const c = product(reshape(a, transposeA ? [-1, 1] : [1, -1]), b, { transposeA, transposeB });
    return reshape(c, b.shape.length === 1 ? [] : [...c.shape.slice(0, -2), c.shape.at(-1)!]);
  }
  if (b.shape.length === 1) {
    const c = product(a, reshape(b, transposeB ? [1, -1] : [-1, 1]), { transposeA, transposeB });
    return reshape(c, c.shape.slice(0, -1));
  }
  if (isOuterProduct(a, b, { transposeA, transposeB })) return mul(reshape(a, [-1, 1]), reshape(b, [1, -1]));
  // One b for a whole batch: its rows are those of one tall matrix, and b's gradient is one product as well.
  const [k, n] = [b.shape.at(transposeB ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!];
  const one = b.size === k * n && b.shape.length <= a.shape.length && a.shape.length > 2;
  if (one && !transposeA && a.shape.at(-1) === k) {
    const rows = reshape(a, [-1, k]);
    const [c] = apply(matmulOps.matmul, [rows, reshape(b, b.shape.slice(-2))], { transposeA, transposeB });
    return reshape(c!, [...a.shape.slice(0, -1), n]);
  }
  return apply(matmulOps.matmul, [a, b], { transposeA, transposeB })[0]!;
}

/** A column times a row: nothing to sum, and elementwise work can go wherever it is read. */
const isOuterProduct = (a: Tensor, b: Tensor, { transposeA, transposeB }: MatmulAttrs): boolean =>
  [a, b].every((t) => t.shape.length === 2 && t.dtype === 'f32') &&
  a.shape.at(transposeA ? 0 : 1) === 1 &&
  b.shape.at(transposeB ? 1 : 0) === 1;
