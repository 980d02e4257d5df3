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
  operandsOf,
  sizeOf,
  substitute,
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

/**
 * The last fence (see `Lowering`) on the way to a work's inputs, counted from 1; absent where there is none. Works behind different
 * fences stay apart, though they compute the same or read the same: one of them is there to be done later.
 */
export type Fence = number;

/** Elementwise work over `shape`. */
export interface MapWork {
  kind: 'map';
  label: string[];
  fence?: Fence;
  shape: Shape;
  reads: Read[];
  /** One as lowered; several where maps were merged. */
  results: MapResult[];
}

export interface MapResult {
  /** Over the reads. */
  expr: Expr;
  /** The value made; for a write the external value whose memory is overwritten. */
  output: ValueId;
  writes: boolean;
  /** The read whose memory, not needed any more, becomes that of the output. */
  over?: number;
}

export interface KernelWork extends WorkName {
  kind: 'kernels';
  label: string[];
  fence?: Fence;
  /** Values behind the kernels' inputs. With a prologue these are its reads. */
  inputs: ValueId[];
  prologue: { shape: Shape; views: View[]; exprs: Expr[] } | null;
  /** See `Epilogue`: what becomes of the kernels' results, one expression an output. `reads` are the values of `operands`. */
  epilogue: { exprs: Expr[]; operands: EpilogueOperand[]; reads: ValueId[] };
  /** Shape and row length of each output where an epilogue may be fused, else null. */
  result: { shape: Shape; columns: number } | null;
  /** Works of the same key may become one with as many results, at most so many; null where they may not. */
  merging: { key: string; most: number } | null;
  outputs: ValueId[];
  /** Inputs whose memory is changed. */
  writes: ValueId[];
  candidates: (request: KernelRequest) => Candidate[];
}

/** Gathers values into ranges of one buffer, at offsets in elements. */
export interface PackWork {
  kind: 'pack';
  label: string[];
  fence?: Fence;
  inputs: ValueId[];
  offsets: number[];
  output: ValueId;
  /** Kernels that copy all of it at once; null where there are none. */
  copying: Pick<KernelWork, 'problem' | 'key' | 'candidates'> | null;
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
  const behind = new Map<ValueId, Fence>();
  let fences = 0;

  for (const node of program.nodes) {
    const label = node.op.lazy ? [] : [node.op.name]; // a constant is no work to speak of
    if (node.meaning) {
      node.outputs.forEach((id, i) => {
        base.set(id, resolve(node.meaning![i]!));
        behind.set(id, behind.get(node.meaning![i]!) ?? 0);
      });
      continue;
    }
    const specs = node.inputs.map((id) => values[id]!);
    const lowering: Lowering = node.op.lower(specs, node.attrs);
    const inputs = node.inputs.map(resolve);
    const last =
      lowering.kind === 'alias' && lowering.fence
        ? ++fences
        : Math.max(0, ...node.inputs.map((id) => behind.get(id) ?? 0));
    for (const id of node.outputs) behind.set(id, last);
    const fence = last > 0 ? { fence: last } : {};
    if (lowering.kind === 'alias') {
      base.set(node.outputs[0]!, inputs[0]!);
    } else if (lowering.kind === 'pack') {
      const { offsets, candidates } = lowering;
      const copying = candidates ? { ...nameWork(node.op.name, specs, node.attrs), candidates } : null;
      works.push({ kind: 'pack', label, ...fence, inputs, offsets, output: node.outputs[0]!, copying });
    } else if (lowering.kind === 'map') {
      const writes = lowering.writes !== undefined;
      const output = writes ? inputs[lowering.writes!]! : node.outputs[0]!;
      const shape = values[writes ? node.inputs[lowering.writes!]! : output]!.shape;
      const { expr, used } = compactOperands(lowering.expr);
      const reads = used.map((i) => ({ value: inputs[i]!, view: lowering.views[i]! }));
      const map: MapWork = { kind: 'map', label, ...fence, shape, reads, results: [{ expr, output, writes }] };
      if (readsWhatItWrites(map, values)) {
        // WebGPU forbids one buffer being read and written in a dispatch, save in place: the new value waits elsewhere.
        const waiting = values.push({ ...values[output]!, shape, memory: null }) - 1;
        works.push({ ...map, results: [{ expr, output: waiting, writes: false }] });
        const own = { strides: contiguousStrides(shape), offset: 0 };
        works.push({ ...map, reads: [{ value: waiting, view: own }], results: [{ expr: operand(0), output, writes }] });
      } else works.push(map);
    } else {
      const output = node.outputs[0];
      works.push({
        kind: 'kernels',
        ...nameWork(node.op.name, specs, node.attrs),
        label,
        ...fence,
        inputs,
        prologue: lowering.prologue ?? null,
        epilogue: { ...NO_EPILOGUE, reads: [] },
        result:
          lowering.columns && output !== undefined ? { shape: values[output]!.shape, columns: lowering.columns } : null,
        merging: lowering.merging ?? null,
        outputs: node.outputs,
        writes: (node.op.writes ?? []).map((i) => inputs[i]!),
        candidates: lowering.candidates,
      });
    }
  }
  return { values, works, outputs: program.outputs.map(resolve) };
}

/** True where a map reads memory that it overwrites other than in place: another range of it, or in another order. */
export function readsWhatItWrites({ results, reads, shape }: MapWork, values: readonly Value[]): boolean {
  return results.some(({ writes, output }) => {
    if (!writes) return false;
    const { memory } = values[output]!;
    return reads.some((r) => values[r.value]!.memory === memory && !(r.value === output && isIdentity(r.view, shape)));
  });
}

/** Drops operands that an expression does not mention (as `assign` ignores the old value) and renumbers the rest. */
function compactOperands(expr: Expr): { expr: Expr; used: number[] } {
  const used = [...operandsOf([expr])].sort((a, b) => a - b);
  return { expr: substitute(expr, (i) => operand(used.indexOf(i))), used };
}

/** Every value whose memory a work reads. */
export function readsOf(work: Work): ValueId[] {
  if (work.kind === 'map') return work.reads.map((r) => r.value);
  if (work.kind === 'pack') return work.inputs;
  return [...work.inputs, ...work.epilogue.reads];
}

/** Every value whose memory a work writes. */
export function writesOf(work: Work): ValueId[] {
  if (work.kind === 'map') return work.results.map((r) => r.output);
  if (work.kind === 'pack') return [work.output];
  return [...work.outputs, ...work.writes];
}

/** True for a work that changes memory which outlives the program. */
export const hasEffect = (work: Work): boolean =>
  work.kind === 'map' ? work.results.some((r) => r.writes) : work.kind === 'kernels' && work.writes.length > 0;

/**
 * True where two works give the same in either order: neither writes what the other reads or writes. External values are
 * compared by their memory.
 */
export function commute(a: Work, b: Work, values: readonly Value[]): boolean {
  const places = (ids: readonly ValueId[]): Places => new Set(ids.map((id) => values[id]!.memory ?? `value ${id}`));
  const apart = (x: Places, y: Places) => [...x].every((place) => !y.has(place));
  const [writtenA, writtenB] = [places(writesOf(a)), places(writesOf(b))];
  return apart(writtenA, places(readsOf(b))) && apart(writtenA, writtenB) && apart(places(readsOf(a)), writtenB);
}

type Places = ReadonlySet<number | string>;

/** An operand as kernels want it: its view, the type a shader sees, and its size. */
export const operandOf = (value: Value, view: View) => ({
  ...view,
  type: wgslScalar(value.dtype),
  size: sizeOf(value.shape),
});

export const epilogueOf = (work: KernelWork): Epilogue => ({
  exprs: work.epilogue.exprs,
  operands: work.epilogue.operands,
});
