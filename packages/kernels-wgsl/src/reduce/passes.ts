/**
 * The dispatches of a reduction: one, or one that leaves each chunk's partial result and those that reduce these. No float atomics,
 * and no order that depends on scheduling.
 */
import { type AdapterClass, type Dispatches, type Stage, slot } from '../candidate.ts';
import { type Epilogue, epilogueSlots, plainEpilogue } from '../epilogue.ts';
import type { Team } from '../team.ts';
import { sizeOf } from '../view.ts';
import { reduceKernel, teamRectangle } from './kernel.ts';
import { type ReduceLayout, type ReduceSpec, reduceLayout } from './layout.ts';

/** More values than this in one invocation lose digits that f32 could keep: four chains of 4096, or one of 64 blocks. */
export const LONGEST_WALK = 16384;
/** Fewer are not worth a second dispatch, nor a workgroup. */
export const SHORTEST_RANGE = 32;

/** Fewer steps of an invocation are not worth another one. A GPU hides the way to memory behind invocations alone. */
const SHORTEST_CHUNK: Record<AdapterClass, number> = { gpu: 8, llvmpipe: 32, swiftshader: 32 };

/** Invocations that keep the machine busy: lanes × cores × some to hide latency and uneven ends. */
export const BUSY: Record<AdapterClass, number> = { gpu: 131072, llvmpipe: 1024, swiftshader: 1024 };

/** How a reduction walks: each invocation in one chain or four, alone or in a team. */
export interface Method {
  team: Team;
  chains: 1 | 4;
}

/** Into how many chunks to cut the reduced range: neither chunks too short nor chains too long, and none empty. */
export function chunksOf(layout: ReduceLayout, method: Method, adapter: AdapterClass): number {
  const [items, range] = [sizeOf(layout.kept), sizeOf(layout.reduced)];
  const lanes = teamRectangle(layout, method.team)?.deep ?? 1;
  const most = Math.max(1, Math.floor(range / (SHORTEST_CHUNK[adapter] * lanes)));
  const fewest = Math.ceil(range / (LONGEST_WALK * lanes));
  const chunks = Math.max(Math.min(Math.ceil(BUSY[adapter] / (items * lanes)), most), fewest);
  return Math.ceil(range / Math.ceil(range / chunks));
}

export interface Passes {
  spec: ReduceSpec;
  layout: ReduceLayout;
  method: Method;
  chunks: number;
  epilogue: Epilogue;
  adapter: AdapterClass;
  /** For the header of the kernel that reads the operands. */
  about: readonly string[];
}

export function passes({ spec, layout, method, chunks, epilogue, adapter, about }: Passes): Required<Dispatches> {
  const inputs = spec.operands.map((_, i) => slot.input(i));
  if (chunks === 1) {
    const kernel = reduceKernel(spec, layout, { ...method, chunks, epilogue, adapter, about });
    const operands = epilogueSlots(epilogue);
    return {
      temps: [],
      stages: [{ kernel, slots: [...inputs, ...operands, ...epilogue.exprs.map((_, i) => slot.output(i))] }],
    };
  }
  const results = spec.exprs.length;
  const kernel = reduceKernel(spec, layout, { ...method, chunks, epilogue: plainEpilogue(results), adapter, about });
  const partials = { op: spec.op, results, chunks, outputs: layout.outputs };
  const rest = reducePartials(partials, method.team, epilogue, adapter);
  return {
    temps: [...spec.exprs.map(() => chunks * layout.outputs), ...rest.temps],
    stages: [
      { kernel, slots: [...inputs, ...spec.exprs.map((_, i) => slot.temp(i))] },
      ...rest.stages.map((stage) => readingPartials(stage, results)),
    ],
  };
}

interface Partials {
  op: ReduceSpec['op'];
  /** As many buffers [chunks, outputs]. */
  results: number;
  chunks: number;
  outputs: number;
}

/** From [chunks, outputs] to [outputs]. Few are no work for a team, and a CPU has no team where the chunks had none. */
function reducePartials(
  { op, results, chunks, outputs }: Partials,
  team: Team,
  epilogue: Epilogue,
  adapter: AdapterClass,
): Required<Dispatches> {
  const spec: ReduceSpec = {
    op,
    shape: [chunks, outputs],
    axes: [0],
    operands: Array.from({ length: results }, () => ({
      type: 'f32',
      size: chunks * outputs,
      strides: [outputs, 1],
      offset: 0,
    })),
    exprs: plainEpilogue(results).exprs,
  };
  const alone = chunks <= SHORTEST_RANGE || (team === 'alone' && adapter !== 'gpu');
  const method: Method = { team: alone ? 'alone' : 'workgroup', chains: 4 };
  const layout = reduceLayout(spec);
  const lanes = teamRectangle(layout, method.team)?.deep ?? 1;
  const again = Math.ceil(sizeOf(layout.reduced) / (LONGEST_WALK * lanes));
  return passes({ spec, layout, method, chunks: again, epilogue, adapter, about: [] });
}

/** A stage of the second step, whose inputs are this step's temps and whose own temps come after them. */
function readingPartials({ kernel, slots }: Stage, results: number): Stage {
  const moved = slots.map((s) =>
    s.kind === 'input' ? slot.temp(s.index) : s.kind === 'temp' ? slot.temp(s.index + results) : s,
  );
  return { kernel, slots: moved };
}
