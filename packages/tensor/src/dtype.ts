/**
 * Element types of tensors. `u8` is for data sets resident on the device: stored four to a word, read by `gather`. `f16` is a way
 * to store: every kernel computes and adds up in f32.
 */
import { fromHalfBits, halfBits, roundToHalf, type WgslScalar } from '@ganvas/kernels-wgsl';
import { TensorError } from './errors.ts';
import type { Device } from './runtime/device.ts';

export type DType = 'f32' | 'f16' | 'u32' | 'i32' | 'u8';
export type TypedArray = Float32Array | Uint32Array | Int32Array | Uint8Array;

const ARRAYS = { f32: Float32Array, f16: Float32Array, u32: Uint32Array, i32: Int32Array, u8: Uint8Array } as const;

/** The typed array that holds a dtype's values on the host. */
export const arrayType = (dtype: DType) => ARRAYS[dtype];

/** The dtype of a typed array; Float32Array → f32, and so on. */
export function dtypeOf(data: TypedArray): DType {
  const entry = (Object.keys(ARRAYS) as DType[]).find((d) => data instanceof ARRAYS[d]);
  if (!entry) throw new TypeError('tensor data: expected a Float32Array, Uint32Array, Int32Array or Uint8Array');
  return entry;
}

/** Numbers as values of a dtype, in its array: f16 is rounded to the nearest, ties to even. */
export function valuesOf(dtype: DType, numbers: TypedArray | readonly number[]): TypedArray {
  if (dtype === 'f16') return Float32Array.from(numbers, roundToHalf);
  return ArrayBuffer.isView(numbers) && numbers instanceof ARRAYS[dtype] ? numbers : ARRAYS[dtype].from(numbers);
}

/** Values as they lie in the device's memory. */
export function encode(dtype: DType, values: TypedArray): TypedArray {
  return dtype === 'f16' ? new Uint8Array(Uint16Array.from(values, halfBits).buffer) : values;
}

/** `size` values from byte `offset` of a copy of the device's memory. */
export function decode(dtype: DType, memory: ArrayBuffer, size: number, offset = 0): TypedArray {
  if (dtype === 'f16') return Float32Array.from(new Uint16Array(memory, offset, size), fromHalfBits);
  return new ARRAYS[dtype](memory, offset, size);
}

/** Throws where tensors of a dtype cannot be on the device; `op` asks. */
export function checkStorable(op: string, dtype: DType, device: Device): void {
  if (dtype !== 'f16' || device.traits.features.has('shader-f16')) return;
  throw new TensorError(
    `${op}: f16 needs the feature shader-f16, which ${device.adapter.name} does not have; use f32, or open another adapter`,
  );
}

/** How a shader sees the dtype's buffer. */
export const wgslScalar = (dtype: DType): WgslScalar => (dtype === 'u8' ? 'u32' : dtype);

const BYTES = { f32: 4, f16: 2, u32: 4, i32: 4, u8: 1 } as const;

/** Bytes of `size` elements in a storage buffer, a multiple of 4 as WebGPU wants. */
export const byteLength = (dtype: DType, size: number): number => Math.ceil((BYTES[dtype] * size) / 4) * 4;
