/** Element types of tensors. `u8` is for data sets resident on the device: stored four to a word, read by `gather`. */
import type { WgslScalar } from '@ganvas/kernels-wgsl';

export type DType = 'f32' | 'u32' | 'i32' | 'u8';
export type TypedArray = Float32Array | Uint32Array | Int32Array | Uint8Array;

const ARRAYS = { f32: Float32Array, u32: Uint32Array, i32: Int32Array, u8: Uint8Array } as const;

/** The typed array that holds a dtype on the host. */
export const arrayType = (dtype: DType) => ARRAYS[dtype];

/** The dtype of a typed array; Float32Array → f32, and so on. */
export function dtypeOf(data: TypedArray): DType {
  const entry = (Object.keys(ARRAYS) as DType[]).find((d) => data instanceof ARRAYS[d]);
  if (!entry) throw new TypeError('tensor data: expected a Float32Array, Uint32Array, Int32Array or Uint8Array');
  return entry;
}

/** How a shader sees the dtype's buffer. */
export const wgslScalar = (dtype: DType): WgslScalar => (dtype === 'u8' ? 'u32' : dtype);

/** Bytes of `size` elements in a storage buffer, a multiple of 4 as WebGPU wants. */
export const byteLength = (dtype: DType, size: number): number => (dtype === 'u8' ? Math.ceil(size / 4) * 4 : size * 4);
