/**
 * Reductions over any axes, deterministic: an output's range is cut into chunks, one dispatch reduces each chunk to a partial
 * result and the next one reduces those. No float atomics, and no order that depends on scheduling.
 */
import { type AdapterClass, type Candidate, type Stage, slot } from '../candidate.ts';
import { type Epilogue, NO_EPILOGUE } from '../epilogue.ts';
import { operand } from '../scalar.ts';
import { sizeOf } from '../view.ts';
import { type How, reduceKernel, treeLanes } from './kernel.ts';
import { type ReduceLayout, type ReduceSpec, reduceLayout } from './layout.ts';

export type { ReduceSpec } from './layout.ts';

/** More values than this in one chain of additions lose digits that f32 could keep. */
const LONGEST_CHAIN = 4096;
/** Fewer are not worth a second dispatch. */
const SHORTEST_CHUNK = 32;

/** Invocations that keep the machine busy: lanes × cores × some to hide latency and uneven ends. */
const BUSY: Record<AdapterClass, number> = { gpu: 32768, llvmpipe: 1024, swiftshader: 1024 };

/** A workgroup with barriers costs a software adapter up to milliseconds: more of them are not worth trying. */
const MOST_CPU_GROUPS = 64;

/** Steps that one invocation takes, alone, in the time of one more dispatch. */
const DISPATCH_STEPS: Record<AdapterClass, number> = { gpu: 64, llvmpipe: 512, swiftshader: 4096 };

/**
 * Inputs: the operands. Output 0: f32, the kept axes in order. An epilogue sees it as one row: an operand of the output's
 * size varies with the column.
 */
export function reduceCandidates(spec: ReduceSpec, epilogue: Epilogue, adapter: AdapterClass): Candidate[] {
  const layout = reduceLayout(spec);
  const [items, range] = [sizeOf(layout.kept), sizeOf(layout.reduced)];
  const serialChunks = chunksOf(layout, 'serial', BUSY[adapter] / items);
  const treeChunks = chunksOf(layout, 'tree', BUSY[adapter] / items);

  const candidate = (name: string, how: [How, ...How[]], chunks: number): Candidate => ({
    name,
    ...stages(spec, layout, how, chunks, epilogue),
  });
  const whole = range <= LONGEST_CHAIN ? [candidate('serial', ['serial'], 1)] : [];
  const second = adapter === 'gpu' ? 'tree' : 'serial';
  const chunked = serialChunks > 1 ? [candidate('chunked', ['serial', second], serialChunks)] : [];
  const fewGroups = adapter === 'gpu' || items * treeChunks <= MOST_CPU_GROUPS;
  const tree = range > SHORTEST_CHUNK && fewGroups ? [candidate('workgroup-tree', ['tree'], treeChunks)] : [];

  if (adapter === 'gpu' && layout.vectors === 'reduced') return [...tree, ...chunked, ...whole];
  const split = serialChunks > 1 && range > DISPATCH_STEPS[adapter];
  return split ? [...chunked, ...whole, ...tree] : [...whole, ...chunked, ...tree];
}

/**
 * Into how many chunks to cut the reduced range, for `busy` invocations: neither chunks too short nor chains too long, and none empty.
 */
function chunksOf(layout: ReduceLayout, how: How, busy: number): number {
  const range = sizeOf(layout.reduced);
  const lanes = how === 'tree' ? treeLanes(layout) : 1;
  const most = Math.max(1, Math.floor(range / (SHORTEST_CHUNK * lanes)));
  const chunks = Math.max(Math.min(Math.ceil(busy / lanes), most), Math.ceil(range / (LONGEST_CHAIN * lanes)));
  return Math.ceil(range / Math.ceil(range / chunks));
}

/** One dispatch, or one into partial results and then those that reduce them. The last of `how` serves for all that follow. */
function stages(
  spec: ReduceSpec,
  layout: ReduceLayout,
  [how, ...next]: [How, ...How[]],
  chunks: number,
  epilogue: Epilogue,
): Pick<Candidate, 'stages' | 'temps'> {
  const inputs = spec.operands.map((_, i) => slot.input(i));
  const epilogueSlots = epilogue.operands.map((_, i) => slot.epilogue(i));
  if (chunks === 1) {
    const kernel = reduceKernel(spec, layout, { how, chunks, epilogue });
    return { temps: [], stages: [{ kernel, slots: [...inputs, ...epilogueSlots, slot.output(0)] }] };
  }
  const kernel = reduceKernel(spec, layout, { how, chunks, epilogue: NO_EPILOGUE });
  const size = chunks * layout.outputs;
  const partials: ReduceSpec = {
    op: spec.op,
    shape: [chunks, layout.outputs],
    axes: [0],
    operands: [{ type: 'f32', size, strides: [layout.outputs, 1], offset: 0 }],
    expr: operand(0),
  };
  const after = chunks <= SHORTEST_CHUNK ? 'serial' : (next[0] ?? how);
  const partialLayout = reduceLayout(partials);
  const rest = stages(partials, partialLayout, [after], chunksOf(partialLayout, after, 1), epilogue);
  return {
    temps: [size, ...rest.temps],
    stages: [{ kernel, slots: [...inputs, slot.temp(0)] }, ...rest.stages.map(readingPartials)],
  };
}

/** A stage of the second step, whose input is this step's temp 0 and whose temps come after it. */
function readingPartials({ kernel, slots }: Stage): Stage {
  const moved = slots.map((s) => (s.kind === 'input' ? slot.temp(0) : s.kind === 'temp' ? slot.temp(s.index + 1) : s));
  return { kernel, slots: moved };
}
