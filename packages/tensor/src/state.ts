/** Making tensors: from host data, constants, and state. */
import { byteLength, checkStorable, type DType, dtypeOf, encode, type TypedArray, valuesOf } from './dtype.ts';
import { fill } from './ops/fill.ts';
import { ALIGNMENT } from './runtime/buffers.ts';
import { defaultDevice } from './runtime/default-device.ts';
import type { Device } from './runtime/device.ts';
import { checkShape, formatShape, type Shape, ShapeError } from './shape.ts';
import type { Storage } from './storage.ts';
import { Tensor } from './tensor.ts';
import { keep, track } from './tidy.ts';

export type NestedNumbers = number | readonly NestedNumbers[];

export interface TensorOptions {
  /** Default f32 for numbers, the array's own type for a typed array. f16 where the adapter has `shader-f16`. */
  dtype?: DType;
  /** Default: the device opened last. */
  device?: Device;
}

/**
 * A tensor from host values: `tensor([[1, 2], [3, 4]])`, or `tensor(float32Array, [2, 2])`.
 * @throws ShapeError for ragged nesting or a shape that does not hold the values
 */
export function tensor(values: NestedNumbers | TypedArray, shape?: Shape, options: TensorOptions = {}): Tensor {
  return track(upload('tensor', values, shape, options));
}

/** A tensor that `assign`, `write` and optimisers may change: parameters, running statistics, counters. `tidy` leaves it alone. */
export function state(values: NestedNumbers | TypedArray, shape?: Shape, options: TensorOptions = {}): Tensor {
  const result = keep(upload('state', values, shape, options));
  result.isState = true;
  return result;
}

/** A constant tensor; it takes memory only where something other than elementwise arithmetic reads it. */
export function full(
  shape: Shape,
  value: number,
  { dtype = 'f32', device = defaultDevice() }: TensorOptions = {},
): Tensor {
  return fill('full', shape, value, dtype, device);
}

export const zeros = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 0, options);
export const ones = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 1, options);

function upload(
  op: string,
  values: NestedNumbers | TypedArray,
  shape: Shape | undefined,
  options: TensorOptions,
): Tensor {
  const { device = defaultDevice() } = options;
  const typed = ArrayBuffer.isView(values);
  const nested = typed ? [values.length] : nestedShape(op, values as NestedNumbers);
  const dtype = options.dtype ?? (typed ? dtypeOf(values as TypedArray) : 'f32');
  const flat = typed ? (values as TypedArray) : flatten(values as NestedNumbers);
  checkStorable(op, dtype, device);
  const data = valuesOf(dtype, flat);
  const finalShape = shape ?? nested;
  checkShape(op, finalShape);
  const result = new Tensor(device, { shape: [...finalShape], dtype });
  if (result.size !== data.length) {
    throw new ShapeError(`${op}: shape ${formatShape(finalShape)} holds ${result.size} values, got ${data.length}`);
  }
  result.place(device.allocate(result.bytes));
  device.write(result.storage!.buffer, 0, encode(dtype, data));
  return data.length <= 1000 ? result.remember(data.slice()) : result;
}

const flatten = (values: NestedNumbers): number[] => (typeof values === 'number' ? [values] : values.flatMap(flatten));

function nestedShape(op: string, values: NestedNumbers): number[] {
  if (typeof values === 'number') return [];
  const shapes = values.map((v) => nestedShape(op, v));
  const first = shapes[0];
  if (!first) throw new ShapeError(`${op}: an empty array has no shape of whole sizes of at least 1`);
  if (shapes.some((s) => s.join() !== first.join()))
    throw new ShapeError(`${op}: nested arrays are ragged: rows of shapes ${shapes.map(formatShape).join(' and ')}`);
  return [values.length, ...first];
}

/** Elements of f32 from one place where a range may begin to the next. */
export const RANGE_STEP = ALIGNMENT / 4;

/** The ranges of several tensors in one buffer: each starts at a multiple of WebGPU's binding alignment. */
export interface PackedLayout {
  /** Offset of each tensor, in elements. */
  offsets: number[];
  /** Elements of the whole, gaps included. */
  size: number;
}

export function packedLayout(shapes: readonly { size: number }[]): PackedLayout {
  let size = 0;
  const offsets = shapes.map((t) => {
    const at = size;
    size += Math.ceil(t.size / RANGE_STEP) * RANGE_STEP;
    return at;
  });
  return { offsets, size };
}

/** The memory of packs: whoever made one relies on its ranges staying there. */
const packs = new WeakSet<Storage>();

/**
 * Moves f32 state tensors into ranges of one buffer, values kept, and returns that buffer as one flat state tensor. An op on
 * the flat tensor then serves them all in one dispatch. Those that were packed before, in this order, stay where they are.
 * @throws ShapeError for none, for state that is not f32, or for some out of an earlier pack that do not follow each other there
 */
export function packStates(states: readonly Tensor[]): Tensor {
  const device = states[0]?.device;
  if (!device) throw new ShapeError('packStates: expected at least one state tensor, got none');
  for (const t of states) {
    t.checkWritable('packStates');
    if (t.dtype !== 'f32')
      throw new ShapeError(`packStates: expected f32 state, got ${t.dtype}${formatShape(t.shape)}`);
  }
  const { offsets, size } = packedLayout(states);
  if (states.some((t) => packs.has(t.storage!))) return packAgain(states, offsets, size);
  const flat = state(new Float32Array(size), [size], { device });
  packs.add(flat.storage!);
  const encoder = device.gpu.createCommandEncoder();
  states.forEach((t, i) => {
    encoder.copyBufferToBuffer(
      t.storage!.buffer,
      t.offset,
      flat.storage!.buffer,
      4 * offsets[i]!,
      byteLength('f32', t.size),
    );
  });
  device.submit(encoder.finish(), 0);
  states.forEach((t, i) => {
    t.place(flat.storage!, 4 * offsets[i]!);
  });
  return flat;
}

function packAgain(states: readonly Tensor[], offsets: readonly number[], size: number): Tensor {
  const { device, storage, offset } = states[0]!;
  const out = states.findIndex((t, i) => t.storage !== storage || t.offset !== offset + 4 * offsets[i]!);
  if (out >= 0)
    throw new ShapeError(
      `packStates: state ${out}, ${formatShape(states[out]!.shape)}, does not follow the one before it in the pack that holds one of them (an optimiser's); expected all of that pack, in its order, or none`,
    );
  const flat = keep(new Tensor(device, { shape: [size], dtype: 'f32' }).place(storage!, offset));
  flat.isState = true;
  return flat;
}

/** State tensors over the ranges of `flat` (made by `packStates`, or of its size) that belong to tensors shaped like `like`. */
export function unpackStates(flat: Tensor, like: readonly Tensor[]): Tensor[] {
  const { offsets } = packedLayout(like);
  return like.map((t, i) => {
    const view = new Tensor(flat.device, t).place(flat.storage!, flat.offset + 4 * offsets[i]!);
    view.isState = true;
    return view;
  });
}
