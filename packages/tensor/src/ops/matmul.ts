/** Matrix product of two matrices, either of them transposed as it is read. */
import { matmulCandidates } from '@ganvas/kernels-wgsl';
import { apply, type Op, type TensorSpec } from '../op.ts';
import { formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

export interface MatmulAttrs {
  transposeA: boolean;
  transposeB: boolean;
}

/** Rows and columns of each matrix as it is multiplied. */
function sizes([a, b]: readonly TensorSpec[], { transposeA, transposeB }: MatmulAttrs) {
  const [m, k] = transposeA ? [a!.shape[1]!, a!.shape[0]!] : [a!.shape[0]!, a!.shape[1]!];
  const [k2, n] = transposeB ? [b!.shape[1]!, b!.shape[0]!] : [b!.shape[0]!, b!.shape[1]!];
  return { m, k, k2, n };
}

export const matmulOps = {
  matmul: {
    name: 'matmul',
    infer: (inputs, attrs) => {
      const [a, b] = inputs;
      const got = `a ${formatShape(a!.shape)}${attrs.transposeA ? 'ᵀ' : ''}, b ${formatShape(b!.shape)}${attrs.transposeB ? 'ᵀ' : ''}`;
      if (a!.shape.length !== 2 || b!.shape.length !== 2) throw new ShapeError(`matmul: expects two matrices (${got})`);
      if (a!.dtype !== 'f32' || b!.dtype !== 'f32')
        throw new ShapeError(`matmul: expects f32, got ${a!.dtype} and ${b!.dtype} (${got})`);
      const { m, k, k2, n } = sizes(inputs, attrs);
      if (k !== k2) throw new ShapeError(`matmul: a has ${k} columns, b has ${k2} rows (${got})`);
      return [{ shape: [m, n], dtype: 'f32' }];
    },
    lower: (inputs, attrs) => {
      const { m, n, k } = sizes(inputs, attrs);
      return {
        kind: 'kernels',
        columns: n,
        candidates: ({ adapter, epilogue }) => matmulCandidates({ m, n, k, ...attrs }, epilogue, adapter),
      };
    },
  } satisfies Op<MatmulAttrs>,
};

/**
 * C = op(A) · op(B).
 * @param a [m, k], or [k, m] with `transposeA`
 * @param b [k, n], or [n, k] with `transposeB`
 * @returns [m, n]
 */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: Partial<MatmulAttrs> = {},
): Tensor {
  return apply(matmulOps.matmul, [a, b], { transposeA, transposeB })[0]!;
}
