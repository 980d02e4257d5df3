/** Softmax and its logarithm over any one axis, stable for logits of any size: the row's largest value is taken off first. */
import { type AdapterClass, type Candidate, candidate, slot } from '../candidate.ts';
import { paragraph } from '../kernel.ts';
import { teamRequires } from '../team.ts';
import { groupsOf } from '../workgroup-tree.ts';
import { type SoftmaxMethod, softmaxKernel, softmaxLanes } from './kernel.ts';
import { type SoftmaxLayout, type SoftmaxSpec, softmaxLayout } from './layout.ts';

export type { SoftmaxSpec } from './layout.ts';

/** More values than this in one chain of additions lose digits. */
const LONGEST_CHAIN = 4096;
/** Registers that an invocation has for its part of a row. */
const MOST_HELD = 8;
/** A workgroup with barriers costs a software adapter up to milliseconds. */
const MOST_CPU_GROUPS = 64;
/** Rows that keep a GPU busy by themselves; steps of a row that are worth a workgroup of subgroups. */
const BUSY_ROWS = 32768;
const WORKGROUP_STEPS = 256;

interface SoftmaxRung {
  name: string;
  idea: string;
  /** Null where the rung does not suit. */
  method(layout: SoftmaxLayout, adapter: AdapterClass): SoftmaxMethod | null;
}

/** One idea a rung, from naive up. */
export const SOFTMAX_LADDER: readonly SoftmaxRung[] = [
  {
    name: '0-serial',
    idea: 'One invocation a row walks over it three times: for the largest value, for the sum of exponentials, for the result.',
    method: ({ range, width, along }) =>
      range * (along === 'reduced' ? width : 1) <= LONGEST_CHAIN ? { widest: 1, walk: 'thrice', team: 'alone' } : null,
  },
  {
    name: '1-vec4',
    idea: 'A load takes four values of a row, or one of each of four neighbouring rows, and exponentials come by four. Pays on every adapter, most on software ones, where a load is a gather.',
    method: ({ range, width }) =>
      width === 4 && range <= LONGEST_CHAIN ? { widest: 4, walk: 'thrice', team: 'alone' } : null,
  },
  {
    name: '2-online',
    idea: 'Maximum and sum in one walk: the sum is scaled down when a block of four steps brings a new maximum. Two reads of memory, not three, for a quarter of an exponential more.',
    method: ({ range }) => (range <= 4 * LONGEST_CHAIN ? { widest: 4, walk: 'online', team: 'alone' } : null),
  },
  {
    name: '3-workgroup-tree',
    idea: 'The lanes of a workgroup share a row, or several short ones: neighbouring lanes read neighbouring values, which a GPU reads as whole lines. Maxima and sums meet in workgroup memory.',
    method: (layout, adapter) =>
      suitsTeam(layout, 'workgroup', adapter) ? { widest: 4, walk: 'online', team: 'workgroup' } : null,
  },
  {
    name: '4-registers',
    idea: 'The row stays in registers, of the lanes of a workgroup or, where it is short, of one invocation: one read and one write, the least possible, and one exponential a value.',
    method: (layout, adapter) => {
      const alone = layout.range <= MOST_HELD && (adapter !== 'gpu' || layout.along === 'kept');
      if (alone) return { widest: 4, walk: 'held', team: 'alone' };
      const fits = heldSteps(layout, 'workgroup') <= MOST_HELD;
      return fits && suitsTeam(layout, 'workgroup', adapter) ? { widest: 4, walk: 'held', team: 'workgroup' } : null;
    },
  },
  {
    name: '5-subgroups',
    idea: 'As before, but maxima and sums meet by subgroup operations: one value a subgroup goes through workgroup memory, behind one barrier, not one a halving. For GPUs, where a row fills a workgroup.',
    method: (layout, adapter) => {
      if (layout.along === 'kept' || !suitsTeam(layout, 'subgroups', adapter)) return null;
      const fits = heldSteps(layout, 'subgroups') <= MOST_HELD;
      return { widest: 4, walk: fits ? 'held' : 'online', team: 'subgroups' };
    },
  },
];

const heldSteps = (layout: SoftmaxLayout, team: 'workgroup' | 'subgroups'): number =>
  Math.ceil(layout.range / softmaxLanes(layout, team)!.deep);

/** Rows too long for one invocation's chain have nobody but a team, whatever the adapter. */
function suitsTeam(layout: SoftmaxLayout, team: 'workgroup' | 'subgroups', adapter: AdapterClass): boolean {
  if (adapter === 'gpu' || layout.range > 4 * LONGEST_CHAIN) return true;
  return groupsOf(layout.items, softmaxLanes(layout, team)!) <= MOST_CPU_GROUPS;
}

/**
 * Input: x [outer, range, inner]. Output 0: the same shape.
 * @returns the rungs of `SOFTMAX_LADDER` that suit the spec, in the order in which the adapter should try them
 */
export function softmaxCandidates(spec: SoftmaxSpec, adapter: AdapterClass): Candidate[] {
  const layout = softmaxLayout(spec);
  return order(layout, adapter).flatMap((number) => {
    const { name, idea, method } = SOFTMAX_LADDER[number]!;
    const taken = method(layout, adapter);
    if (!taken) return [];
    const build = () => ({
      stages: [{ kernel: softmaxKernel(spec, taken, paragraph(idea)), slots: [slot.input(0), slot.output(0)] }],
    });
    return candidate(name, idea, build, teamRequires(taken.team));
  });
}

/** Rungs by number, the one to try first in front. */
function order({ items, range, along }: SoftmaxLayout, adapter: AdapterClass): number[] {
  if (adapter !== 'gpu') return range <= MOST_HELD ? [4, 2, 1, 0, 3, 5] : [2, 1, 0, 4, 3, 5];
  // Side by side, one invocation a row, they already read whole lines and fill the machine.
  if (along === 'kept' && items >= BUSY_ROWS) return range <= MOST_HELD ? [4, 2, 1, 0, 3] : [2, 1, 0, 4, 3];
  return range >= WORKGROUP_STEPS ? [5, 4, 3, 2, 1, 0] : [4, 5, 3, 2, 1, 0];
}
