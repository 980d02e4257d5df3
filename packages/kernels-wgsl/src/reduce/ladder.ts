/** The ladder of reductions: one idea a rung, from naive up. */
import type { AdapterClass } from '../candidate.ts';
import type { Width } from '../expression.ts';
import { sizeOf } from '../view.ts';
import { groupsOf } from '../workgroup-tree.ts';
import { teamRectangle } from './kernel.ts';
import type { ReduceLayout } from './layout.ts';
import { chunksOf, LONGEST_WALK, type Method, SHORTEST_RANGE } from './passes.ts';

export interface ReduceRung {
  name: string;
  idea: string;
  /** Of the loads, where the operands admit them. */
  widest: Width;
  method: Method;
  /** Whether its ranges are cut into chunks. */
  chunked: boolean;
  suits(layout: ReduceLayout, adapter: AdapterClass): boolean;
}

/** Ranges short enough to keep their digits without cutting. */
const fits = (layout: ReduceLayout) => sizeOf(layout.reduced) <= LONGEST_WALK;

/** A workgroup with barriers costs a software adapter up to milliseconds: more of them are not worth trying. */
const MOST_CPU_GROUPS = 64;

function suitsTeam(method: Method): ReduceRung['suits'] {
  return (layout, adapter) => {
    if (sizeOf(layout.reduced) * layout.width <= SHORTEST_RANGE) return false;
    const lanes = teamRectangle(layout, method.team)!;
    const groups = groupsOf(sizeOf(layout.kept), lanes) * chunksOf(layout, method, adapter);
    return adapter === 'gpu' || groups <= MOST_CPU_GROUPS;
  };
}

const SERIAL: Method = { team: 'alone', chains: 1 };
const ALONE: Method = { team: 'alone', chains: 4 };
const WORKGROUP: Method = { team: 'workgroup', chains: 4 };
const SUBGROUPS: Method = { team: 'subgroups', chains: 4 };

export const REDUCE_LADDER: readonly ReduceRung[] = [
  {
    name: '0-serial',
    idea: 'One invocation an output walks over its range, a value at a time, and each addition waits for the one before it.',
    widest: 1,
    method: SERIAL,
    chunked: false,
    suits: fits,
  },
  {
    name: '1-vec4',
    idea: 'A load takes four values, and an addition adds four: of four neighbouring outputs, or of four parts of one output. Fewer and wider loads pay on every adapter, most on software ones, where a load is a gather. There it is the best wherever a value takes several loads: their text, four times over in four chains, outgrows the instruction cache.',
    widest: 4,
    method: SERIAL,
    chunked: false,
    suits: (layout) => layout.width === 4 && fits(layout),
  },
  {
    name: '2-four-chains',
    idea: 'Four independent sums: a chain of additions waits for each result and each load, four chains wait a quarter of the time and keep more digits. Best where outputs fill a GPU or llvmpipe.',
    widest: 4,
    method: ALONE,
    chunked: false,
    suits: fits,
  },
  {
    name: '3-chunked',
    idea: 'The range is cut into chunks, one an invocation, and a second dispatch reduces their results in order: with few outputs over long ranges every core has work. Best on software adapters.',
    widest: 4,
    method: ALONE,
    chunked: true,
    suits: (layout, adapter) => chunksOf(layout, ALONE, adapter) > 1,
  },
  {
    name: '4-workgroup-tree',
    idea: 'The lanes of a workgroup share a range, so that neighbouring lanes read neighbouring values, and combine what they have in halves through workgroup memory. On a GPU a row of lanes then reads whole lines of memory, and few partial results leave the chip.',
    widest: 4,
    method: WORKGROUP,
    chunked: true,
    suits: suitsTeam(WORKGROUP),
  },
  {
    name: '5-subgroup-tree',
    idea: 'The lower levels of the tree are one subgroup operation: its lanes exchange registers, and one value a subgroup goes through workgroup memory, behind one barrier, not one a level. For GPUs, where a range runs through memory and fills a workgroup.',
    widest: 4,
    method: SUBGROUPS,
    chunked: true,
    // Side by side in a subgroup must be lanes of one output.
    suits: (layout, adapter) =>
      layout.results === 1 && // subgroups add vectors, not matrices
      (layout.along === 'reduced' || sizeOf(layout.kept) === 1) &&
      suitsTeam(SUBGROUPS)(layout, adapter),
  },
];
