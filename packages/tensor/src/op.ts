/**
 * What an op is, and the one door through which every op call goes: `apply` infers shapes, makes a node, and hands it to
 * whoever is recording; where nobody is, to the eager executor, for which a single op is a program of one node.
 */
import type { AdapterClass, Candidate, Epilogue, Expr, View, WgslScalar } from '@ganvas/kernels-wgsl';
import { checkStorable, type DType } from './dtype.ts';
import { CaptureError } from './errors.ts';
import { defaultDevice } from './runtime/default-device.ts';
import type { Device } from './runtime/device.ts';
import type { Shape } from './shape.ts';
import { Tensor } from './tensor.ts';

export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * How an op becomes work. The compiler asks only for this structure, never for an op's name.
 * - `alias`: the output is input 0's memory under another shape. Behind a `fence` equal work is not the same work: what reads the
 *   output is computed, though something that reads the input has the same value already.
 * - `map`: elementwise; operand i is input i read through `views[i]` over the output's shape. `writes` stores the result into
 *   that input (a state tensor) instead of into an output.
 * - `kernels`: candidates from a kernel family. `columns`, where given, says that elementwise work on output 0, seen as rows of
 *   that many columns, may be fused as an epilogue; `prologue` that elementwise work on the input may be fused into its loads;
 *   `merging` that works of the same key are done by one, side by side, at most so many.
 * - `pack`: the output is one buffer whose ranges are the inputs, each at its offset (in elements).
 */
export type Lowering =
  | { kind: 'alias'; fence?: true }
  | { kind: 'map'; views: View[]; expr: Expr; writes?: number }
  | {
      kind: 'kernels';
      columns?: number;
      prologue?: Prologue;
      merging?: { key: string; most: number };
      candidates: (request: KernelRequest) => Candidate[];
    }
  | {
      kind: 'pack';
      /** Where each input begins in the output, in elements: a multiple of WebGPU's binding alignment. */
      offsets: number[];
      /** Kernels that join all inputs at once, for where they lie elsewhere and must be copied. Else each is copied by itself. */
      candidates?: () => Candidate[];
    };

/** Elementwise work over `shape` that a kernel does while loading: `exprs`, one a result, over the inputs read through `views`. */
export interface Prologue {
  shape: Shape;
  views: View[];
  exprs: Expr[];
}

export interface KernelRequest {
  adapter: AdapterClass;
  epilogue: Epilogue;
  /** Present for a lowering with a prologue: the operands in order (perhaps more than the op had inputs), and what to do with them. */
  prologue?: { operands: (View & { type: WgslScalar; size: number })[]; exprs: Expr[] };
}

export interface Op<A extends object = object> {
  readonly name: string;
  /** Specs of the outputs, or a `ShapeError` that names the op. */
  infer(inputs: readonly TensorSpec[], attrs: A): TensorSpec[];
  lower(inputs: readonly TensorSpec[], attrs: A): Lowering;
  /** Inputs (state tensors) whose contents the op changes. Such an op is kept and never moved across a read of them. */
  readonly writes?: readonly number[];
  /** True for an op without inputs whose output needs no memory until something reads it: a constant. */
  readonly lazy?: boolean;
}

/** One op call. `attrs` is plain data: it is part of the cache key and of the printed program. */
export interface Node {
  readonly op: Op;
  readonly attrs: object;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** For a composite op: the tensors of primitive ops that its outputs stand for. */
  readonly meaning?: readonly Tensor[];
  /** Versions of the inputs' storage when they were read; a later write makes a gradient through this node impossible. */
  readonly versions: readonly number[];
  /** Where the call stands, `file:line:column`: set by a recorder that will name it in messages. */
  site?: string | null;
}

/** Whoever takes nodes: the recorder of a `capture`, or the eager executor. */
export interface Sink {
  accept(node: Node): void;
}

let recorder: Sink | null = null;
let eager: Sink | null = null;

/** Runs `fn` with every op recorded by `sink` instead of executed. */
export function recordInto<T>(sink: Sink, fn: () => T): T {
  const outer = recorder;
  if (outer)
    throw new CaptureError(
      'capture: a captured function was called while another is being recorded; call it outside, or record its body directly',
    );
  recorder = sink;
  try {
    return fn();
  } finally {
    recorder = outer;
  }
}

/** Installed once by the eager executor. */
export function setEagerSink(sink: Sink): void {
  eager = sink;
}

export const isRecording = (): boolean => recorder !== null;

/**
 * Calls an op.
 * @returns one tensor an output
 * @throws ShapeError where the op refuses its inputs; Error where an input is disposed or lives on another device
 */
export function apply<A extends object>(op: Op<A>, inputs: readonly Tensor[], attrs: A, device?: Device): Tensor[] {
  const home = device ?? inputs[0]?.device ?? defaultDevice();
  for (const input of inputs) input.checkUsable(op.name, home);
  const specs = op.infer(inputs, attrs);
  return emit(home, { op: op as Op, attrs, inputs, versions: inputs.map((t) => t.version) }, specs);
}

/**
 * Calls a composite op: its outputs are those of `meaning`, written in primitive ops, but the node remembers the whole, so
 * that a gradient rule may be given for it. Without one, the meaning is differentiated.
 */
export function applyComposite<A extends object>(op: CompositeOp<A>, inputs: readonly Tensor[], attrs: A): Tensor[] {
  const home = inputs[0]!.device;
  for (const input of inputs) input.checkUsable(op.name, home);
  op.infer(inputs, attrs);
  const meaning = op.meaning(inputs, attrs);
  const node = { op: asOp(op as CompositeOp), attrs, inputs, meaning, versions: inputs.map((t) => t.version) };
  return emit(home, node, meaning);
}

/**
 * Calls the op of a node again, on other inputs.
 * @param meaning for a composite op: what its outputs stand for now
 */
export function applyAgain(node: Node, inputs: readonly Tensor[], meaning?: readonly Tensor[]): Tensor[] {
  const { op, attrs } = node;
  if (!meaning) return apply(op, inputs, attrs);
  const again = { op, attrs, inputs, meaning, versions: inputs.map((t) => t.version) };
  return emit(node.outputs[0]!.device, again, meaning);
}

export interface CompositeOp<A extends object = object> {
  readonly name: string;
  /** Checks the inputs; the outputs' specs are those of the meaning. */
  infer(inputs: readonly TensorSpec[], attrs: A): void;
  meaning(inputs: readonly Tensor[], attrs: A): Tensor[];
}

const asOp = (op: CompositeOp): Op => ({
  name: op.name,
  infer: () => [],
  lower: () => ({ kind: 'alias' }),
});

function emit(device: Device, parts: Omit<Node, 'outputs'>, specs: readonly TensorSpec[]): Tensor[] {
  const outputs: Tensor[] = [];
  const node: Node = { ...parts, outputs };
  specs.forEach((spec, index) => {
    checkStorable(node.op.name, spec.dtype, device);
    outputs.push(new Tensor(device, spec, { node, index }));
  });
  for (const i of node.op.writes ?? []) node.inputs[i]!.checkWritable(node.op.name);
  const sink = recorder ?? eager;
  if (!sink) throw new Error(`${node.op.name}: no device is open; call openDevice() first`);
  sink.accept(node);
  // A write is visible to every later call, recorded or executed.
  for (const i of node.op.writes ?? []) node.inputs[i]!.storage!.version++;
  return outputs;
}
