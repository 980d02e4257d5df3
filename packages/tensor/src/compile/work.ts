/**
 * The compiler's middle form: a program lowered to works. A work will become one dispatch (or the few of one candidate). It names
 * the memory it reads and writes; aliases are resolved, so a value here always stands for its own memory.
 */
import {
  type Candidate,
  contiguousStrides,
  type Epilogue,
  type EpilogueOperand,
  type Expr,
  NO_EPILOGUE,
  operand,
  sizeOf,
  type View,
} from '@ganvas/kernels-wgsl';
import { wgslScalar } from '../dtype.ts';
import type { KernelRequest, Lowering } from '../op.ts';
import type { Program, Value, ValueId } from '../program.ts';
import type { Shape } from '../shape.ts';
import { nameWork, type WorkName } from '../tuning/key.ts';
import { isIdentity } from './views.ts';

/** An elementwise read: `value`'s memory through `view`, a walk over the shape of the work. */
export interface Read {
  value: ValueId;
  view: View;
}

export interface MapWork {
  kind: 'map';
  label: string[];
  shape: Shape;
  reads: Read[];
  expr: Expr;
  /** The value made; for a write the external value whose memory is overwritten. */
  output: ValueId;
  writes: boolean;
}

export interface KernelWork extends WorkName {
  kind: 'kernels';
  label: string[];
  /** Values behind the kernels' inputs. With a prologue these are its reads. */
  inputs: ValueId[];
  prologue: { shape: Shape; views: View[]; expr: Expr } | null;
  epilogue: { expr: Expr; operands: EpilogueOperand[]; reads: ValueId[] };
  /** Shape and row length of output 0 where an epilogue may be fused, else null. */
  result: { shape: Shape; columns: number } | null;
  outputs: ValueId[];
  /** Inputs whose memory is changed. */
  writes: ValueId[];
  candidates: (request: KernelRequest) => Candidate[];
}

/** Gathers values into ranges of one buffer, at offsets in elements. */
export interface PackWork {
  kind: 'pack';
  label: string[];
  inputs: ValueId[];
  offsets: number[];
  output: ValueId;
}

export type Work = MapWork | KernelWork | PackWork;

export interface Graph {
  values: Value[];
  works: Work[];
  /** Memory that must hold its value when the program ends, in the order of the program's outputs. */
  outputs: ValueId[];
}

/** Lowers every node of a program and resolves aliases. */
export function lower(program: Program): Graph {
  const values = [...program.values];
  const base = new Map<ValueId, ValueId>();
  const resolve = (id: ValueId): ValueId => base.get(id) ?? id;
  const works: Work[] = [];

  for (const node of program.nodes) {
    const label = node.op.lazy ? [] : [node.op.name]; // a constant is no work to speak of
    if (node.meaning) {
      node.outputs.forEach((id, i) => {
        base.set(id, resolve(node.meaning![i]!));
      });
      continue;
    }
    const specs = node.inputs.map((id) => values[id]!);
    const lowering: Lowering = node.op.lower(specs, node.attrs);
    const inputs = node.inputs.map(resolve);
    if (lowering.kind === 'alias') {
      base.set(node.outputs[0]!, inputs[0]!);
    } else if (lowering.kind === 'pack') {
      works.push({ kind: 'pack', label, inputs, offsets: lowering.offsets, output: node.outputs[0]! });
    } else if (lowering.kind === 'map') {
      const writes = lowering.writes !== undefined;
      const output = writes ? inputs[lowering.writes!]! : node.outputs[0]!;
      const shape = values[writes ? node.inputs[lowering.writes!]! : output]!.shape;
      const { expr, used } = compactOperands(lowering.expr, inputs.length);
      const reads = used.map((i) => ({ value: inputs[i]!, view: lowering.views[i]! }));
      const map: MapWork = { kind: 'map', label, shape, reads, expr, output, writes };
      if (readsWhatItWrites(map, values)) {
        // WebGPU forbids one buffer being read and written in a dispatch, save in place: the new value waits elsewhere.
        const waiting = values.push({ ...values[output]!, shape, memory: null }) - 1;
        works.push({ ...map, output: waiting, writes: false });
        const own = { strides: contiguousStrides(shape), offset: 0 };
        works.push({ ...map, reads: [{ value: waiting, view: own }], expr: operand(0) });
      } else works.push(map);
    } else {
      const output = node.outputs[0];
      works.push({
        kind: 'kernels',
        ...nameWork(node.op.name, specs, node.attrs),
        label,
        inputs,
        prologue: lowering.prologue ?? null,
        epilogue: { expr: NO_EPILOGUE.expr, operands: [], reads: [] },
        result:
          lowering.columns && output !== undefined ? { shape: values[output]!.shape, columns: lowering.columns } : null,
        outputs: node.outputs,
        writes: (node.op.writes ?? []).map((i) => inputs[i]!),
        candidates: lowering.candidates,
      });
    }
  }
  return { values, works, outputs: program.outputs.map(resolve) };
}

/** True where a map reads the memory that it overwrites other than in place: another range of it, or in another order. */
export function readsWhatItWrites({ writes, output, reads, shape }: MapWork, values: readonly Value[]): boolean {
  if (!writes) return false;
  const { memory } = values[output]!;
  return reads.some((r) => values[r.value]!.memory === memory && !(r.value === output && isIdentity(r.view, shape)));
}

/** Drops operands that an expression does not mention (as `assign` ignores the old value) and renumbers the rest. */
function compactOperands(expr: Expr, count: number): { expr: Expr; used: number[] } {
  const used = Array.from({ length: count }, (_, i) => i).filter((i) => mentions(expr, i));
  const renumber = (e: Expr): Expr =>
    e.kind === 'operand'
      ? operand(used.indexOf(e.index))
      : e.kind === 'apply'
        ? { ...e, args: e.args.map(renumber) }
        : e;
  return { expr: renumber(expr), used };
}

const mentions = (e: Expr, index: number): boolean =>
  e.kind === 'operand' ? e.index === index : e.kind === 'apply' && e.args.some((a) => mentions(a, index));

/** Every value whose memory a work reads. */
export function readsOf(work: Work): ValueId[] {
  if (work.kind === 'map') return work.reads.map((r) => r.value);
  if (work.kind === 'pack') return work.inputs;
  return [...work.inputs, ...work.epilogue.reads];
}

/** Every value whose memory a work writes. */
export function writesOf(work: Work): ValueId[] {
  if (work.kind === 'map' || work.kind === 'pack') return [work.output];
  return [...work.outputs, ...work.writes];
}

/** True for a work that changes memory which outlives the program. */
export const hasEffect = (work: Work): boolean =>
  work.kind === 'map' ? work.writes : work.kind === 'kernels' && work.writes.length > 0;

/** An operand as kernels want it: its view, the type a shader sees, and its size. */
export const operandOf = (value: Value, view: View) => ({
  ...view,
  type: wgslScalar(value.dtype),
  size: sizeOf(value.shape),
});

export const epilogueOf = (work: KernelWork): Epilogue => ({
  expr: work.epilogue.expr,
  operands: work.epilogue.operands,
});
