/**
 * Programs in float64, node by node in the order of the calls, as the ops are defined: the oracle of the compiler, with which it
 * shares no pass. Elementwise ops run by their expressions, others by their references; whole numbers are exact.
 */
import { evaluate, placeIn, sizeOf } from '@ganvas/kernels-wgsl';
import type { DType, TensorSpec } from '@ganvas/tensor';
import type { Lowering } from '../packages/tensor/src/op.ts';
import type { ProgramNode, Recording, ValueId } from '../packages/tensor/src/program.ts';
import { referenceOf } from './references.ts';

/** The contents of each value's memory. */
export type Memory = Map<ValueId, Float64Array>;
export type Contents = ReadonlyMap<ValueId, ArrayLike<number>>;

export interface Interpretation {
  /** What the program returns. One that is state, or an input, is its memory when the program ends. */
  outputs: Float64Array[];
  /** Every external value when the program has ended. */
  externals: Memory;
  /** The largest magnitude of any f32 on the way: what rounding errors are relative to. */
  largest: number;
}

/**
 * @param recording a program, and the tensors behind its external values: they say which of them share memory
 * @param before contents of the external values; not changed
 */
export function interpret({ program, externals }: Recording, before: Contents): Interpretation {
  const placed = placeExternals({ program, externals }, before);
  const values: Memory = new Map(placed);
  for (const node of program.nodes) {
    const specs = node.inputs.map((id) => program.values[id]!);
    const inputs = node.inputs.map((id) => values.get(id)!);
    const results = node.meaning
      ? node.meaning.map((id) => values.get(id)!)
      : run(node, specs, inputs, program.values[node.outputs[0] ?? -1]);
    node.outputs.forEach((id, i) => {
      values.set(id, results[i]!);
    });
  }
  const floats = [...values].filter(([id]) => program.values[id]!.dtype === 'f32');
  const largest = floats.flatMap(([, array]) => [...array]).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const copy = (array: Float64Array) => array.slice();
  return {
    outputs: program.outputs.map((id) => copy(values.get(id)!)),
    externals: new Map([...placed].map(([id, array]) => [id, copy(array)])),
    largest,
  };
}

/** External values as ranges of arrays, one an array of their memory: what is written through one is read through the others. */
export function placeExternals({ program, externals }: Recording, before: Contents): Memory {
  const start = (id: ValueId) => externals.get(id)!.offset / 4;
  const sizes = new Map<number, number>();
  for (const [id, tensor] of externals) {
    const memory = program.values[id]!.memory!;
    sizes.set(memory, Math.max(sizes.get(memory) ?? 0, start(id) + tensor.size));
  }
  const memories = new Map([...sizes].map(([memory, size]) => [memory, new Float64Array(size)]));
  return new Map(
    [...externals].map(([id, tensor]) => {
      const range = memories.get(program.values[id]!.memory!)!.subarray(start(id), start(id) + tensor.size);
      range.set(before.get(id)!);
      return [id, range];
    }),
  );
}

/** The values of a node's outputs; a node with effects changes its inputs in place. */
function run(
  { op, attrs }: ProgramNode,
  specs: readonly TensorSpec[],
  inputs: readonly Float64Array[],
  output: TensorSpec | undefined,
): Float64Array[] {
  const lowering: Lowering = op.lower(specs, attrs);
  if (lowering.kind === 'alias') return [inputs[0]!]; // the same memory: it follows what is written there
  if (lowering.kind === 'kernels') return referenceOf(op.name)(inputs, specs, attrs);
  if (lowering.kind === 'pack') {
    const whole = new Float64Array(sizeOf(output!.shape));
    inputs.forEach((part, i) => {
      whole.set(part, lowering.offsets[i]);
    });
    return [whole];
  }
  const { views, expr, writes } = lowering;
  const { shape, dtype } = writes === undefined ? output! : specs[writes]!;
  const result = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    wrap(
      dtype,
      evaluate(expr, (k) => inputs[k]![placeIn(views[k]!, shape, i)]!),
    ),
  );
  if (writes === undefined) return [result];
  inputs[writes]!.set(result);
  return [];
}

/** Whole numbers overflow as they do on the device. */
const wrap = (dtype: DType, value: number): number =>
  dtype === 'i32' ? value | 0 : dtype === 'u32' ? value >>> 0 : value;
