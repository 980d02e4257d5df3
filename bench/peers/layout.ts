/** From ganvas's layouts, channels last, to channels first and back. On the host, outside of what is timed. */

/** [i, j, ...] of `values` become axes `perm` of them, as in NumPy's transpose. */
export function permuted(values: ArrayLike<number>, shape: readonly number[], perm: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const to = perm.map((axis) => ({ size: shape[axis]!, stride: strides[axis]! }));
  const result = new Float32Array(values.length);
  let next = 0;
  const walk = (axis: number, from: number): void => {
    if (axis === to.length) result[next++] = values[from]!;
    else for (let i = 0; i < to[axis]!.size; i++) walk(axis + 1, from + i * to[axis]!.stride);
  };
  walk(0, 0);
  return result;
}

export const permutedShape = (shape: readonly number[], perm: readonly number[]): number[] =>
  perm.map((axis) => shape[axis]!);

/** Axes of the old layout in the order of the new one. */
export const NHWC_TO_NCHW = [0, 3, 1, 2] as const;
export const NCHW_TO_NHWC = [0, 2, 3, 1] as const;
/** Also [kh, kw, to, from] to [from, to, kh, kw]. */
export const HWIO_TO_OIHW = [3, 2, 0, 1] as const;
export const OIHW_TO_HWIO = [2, 3, 1, 0] as const;
