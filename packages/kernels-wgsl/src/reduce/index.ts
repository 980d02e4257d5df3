/** Reductions over any axes, deterministic: sums, products, maxima and minima of what an expression makes of the operands. */
import { type AdapterClass, type Candidate, candidate } from '../candidate.ts';
import type { Epilogue } from '../epilogue.ts';
import type { Width } from '../expression.ts';
import { ENOUGH_ITEMS } from '../item-grid.ts';
import { paragraph } from '../kernel.ts';
import { teamRequires } from '../team.ts';
import { sizeOf } from '../view.ts';
import { REDUCE_LADDER } from './ladder.ts';
import { movingLoads, type ReduceLayout, type ReduceSpec, reduceLayout } from './layout.ts';
import { BUSY, chunksOf, type Method, passes } from './passes.ts';

export type { ReduceOp } from '../workgroup-tree.ts';
export { MOST_SUMS } from './accumulator.ts';
export { REDUCE_LADDER } from './ladder.ts';
export type { ReduceSpec } from './layout.ts';

/** Steps that one invocation takes, alone, in the time of one more dispatch. */
const DISPATCH_STEPS: Record<AdapterClass, number> = { gpu: 64, llvmpipe: 512, swiftshader: 4096 };
/** Steps that are worth a workgroup of subgroups for one output alone. */
const WORKGROUP_STEPS = 256;

/**
 * Inputs: the operands. Outputs: f32, the kept axes in order, one an expression of the epilogue, which has the spec's expressions
 * reduced as its first operands, and sees them as one row: an operand of an output's size varies with the column.
 * @returns the rungs of `REDUCE_LADDER` that suit the spec, in the order in which the adapter should try them
 */
export function reduceCandidates(spec: ReduceSpec, epilogue: Epilogue, adapter: AdapterClass): Candidate[] {
  const layouts: Record<Width, ReduceLayout> = { 1: reduceLayout(spec, 1), 4: reduceLayout(spec) };
  // A CPU takes longer over the text of four chains than over one chain's waiting; SwiftShader, which keeps sums in memory, always.
  const long = adapter === 'swiftshader' || (adapter !== 'gpu' && movingLoads(layouts[4]) > 1);
  return order(layouts[4], adapter, long).flatMap((number) => {
    const { name, idea, widest, chunked, suits, ...rung } = REDUCE_LADDER[number]!;
    const method: Method =
      chunked && rung.method.team === 'alone' && long ? { ...rung.method, chains: 1 } : rung.method;
    const layout = layouts[widest];
    if (!suits(layout, adapter)) return [];
    const chunks = chunked ? chunksOf(layout, method, adapter) : 1;
    const about = paragraph(idea);
    const build = () => passes({ spec, layout, method, chunks, epilogue, adapter, about });
    return candidate(name, idea, build, teamRequires(method.team));
  });
}

/**
 * Rungs by number, the one to try first in front.
 * @param long whether the text of a value is
 */
function order(layout: ReduceLayout, adapter: AdapterClass, long: boolean): number[] {
  const [items, range] = [sizeOf(layout.kept), sizeOf(layout.reduced)];
  if (adapter !== 'gpu') {
    // Measured: teams are last on both software adapters, a second dispatch pays where ranges are long and outputs few.
    const cut = range > DISPATCH_STEPS[adapter] && items < ENOUGH_ITEMS[adapter];
    const alone = long ? [1, 0, 2] : [2, 1, 0];
    return cut ? [3, ...alone, 4, 5] : [...alone, 3, 4, 5];
  }
  // Side by side, one invocation an output, they already read whole lines and fill the machine.
  if (layout.along === 'kept' && 4 * items >= BUSY.gpu) return [2, 1, 0, 4, 3, 5];
  return range >= WORKGROUP_STEPS ? [5, 4, 3, 2, 1, 0] : [4, 5, 3, 2, 1, 0];
}
