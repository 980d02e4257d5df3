/**
 * Mean and variance of every channel in one read of the input, as batch normalisation needs them. Sums of squares of the
 * values themselves would cancel where the mean is large; these are of the distance to the channel's first value, chunk by
 * chunk, and the chunks' moments are merged (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing
 * sample variances", 1979).
 */
import { type AdapterClass, type Candidate, candidate, type Dispatches, slot } from '../candidate.ts';
import type { Width } from '../expression.ts';
import { ENOUGH_ITEMS } from '../item-grid.ts';
import { paragraph } from '../kernel.ts';
import { groupsOf, type Rectangle, rectangle } from '../workgroup-tree.ts';
import { chunkMoments, type MomentsSpec, type MomentsStage, mergeMoments } from './kernels.ts';

export type { MomentsSpec } from './kernels.ts';

/** More rows than this in one chain of additions lose digits. */
const LONGEST_CHAIN = 512;
/** Rows of which moments are made and merged where one invocation has them all. */
const BLOCK = 128;
/** Fewer are not worth another invocation; */
const SHORTEST_CHUNK = 16;
/** in a workgroup of a GPU they are, which hides the way to memory behind invocations alone; fewer in all are no work for one. */
const SHORTEST_STEPS: Record<AdapterClass, number> = { gpu: 8, llvmpipe: 16, swiftshader: 16 };
const SHORTEST_RANGE = 32;
/** Invocations that keep the machine busy. */
const BUSY: Record<AdapterClass, number> = { gpu: 131072, llvmpipe: 1024, swiftshader: 1024 };
/** A workgroup with barriers costs a software adapter up to milliseconds. */
const MOST_CPU_GROUPS = 64;

/** How a rung goes about it. */
type Method = Pick<MomentsStage, 'width' | 'chunks' | 'lanes' | 'block'>;

interface MomentsRung {
  name: string;
  idea: string;
  /** The dispatches, or null where the rung does not suit. */
  stage(spec: Required<MomentsSpec>, width: Width, adapter: AdapterClass): Method | null;
}

/** One idea a rung, from naive up. */
export const MOMENTS_LADDER: readonly MomentsRung[] = [
  {
    name: '0-serial',
    idea: 'One invocation a channel walks from the first row to the last, a value at a time.',
    stage: (spec) => (spec.rows <= LONGEST_CHAIN ? { width: 1, chunks: 1, lanes: null, block: null } : null),
  },
  {
    name: '1-vec4',
    idea: 'An invocation has four neighbouring channels: a load takes four values, and four chains of additions wait at the same time. Pays on every adapter, most on software ones, where a load is a gather.',
    stage: (spec, width) =>
      width === 4 && spec.rows <= LONGEST_CHAIN ? { width, chunks: 1, lanes: null, block: null } : null,
  },
  {
    name: '2-chunked',
    idea: 'Rows are cut into chunks, one an invocation, and a second dispatch merges their moments in order: with few channels and many rows every core has work, and chains stay short. Best on software adapters.',
    stage: (spec, width, adapter) => {
      const chunks = chunksOf(spec, width, adapter);
      return chunks > 1 ? { width, chunks, lanes: null, block: null } : null;
    },
  },
  {
    name: '3-workgroup-tree',
    idea: 'The lanes of a workgroup stand side by side over channels and behind each other over rows, and add up through workgroup memory: on a GPU a row of lanes reads whole lines of memory, and few chunks are left to merge.',
    stage: (spec, width, adapter) => {
      if (spec.rows <= SHORTEST_RANGE) return null;
      const items = spec.channels / width;
      const lanes = rectangle(items, spec.rows, width, 'kept');
      const chunks = teamChunks(spec.rows, spec.batches * items, lanes, adapter);
      return adapter === 'gpu' || spec.batches * groupsOf(items, lanes) * chunks <= MOST_CPU_GROUPS
        ? { width, chunks, lanes, block: null }
        : null;
    },
  },
  {
    name: '4-blocks',
    idea: 'An invocation has all rows of its channels after all, and merges the moments of one block after another: chains stay short without a second dispatch. For software adapters, where the channels of a hidden layer are enough for every core.',
    stage: (spec, width, adapter) =>
      spec.rows > LONGEST_CHAIN && adapter !== 'gpu' ? { width, chunks: 1, lanes: null, block: BLOCK } : null,
  },
];

/** Rungs by number, the one to try first in front: on software adapters measured, workgroups are slow there. */
function order(items: number, adapter: AdapterClass): readonly number[] {
  if (adapter === 'gpu') return [3, 2, 1, 0];
  return items >= ENOUGH_ITEMS[adapter] ? [1, 0, 4, 2, 3] : [2, 1, 0, 4, 3];
}

/**
 * Input: x [batches, rows, channels]. Outputs: mean and variance [batches, channels], the biased one: divided by rows.
 * @returns the rungs of `MOMENTS_LADDER` that suit the spec, in the order in which the adapter should try them
 */
export function momentsCandidates(of: MomentsSpec, adapter: AdapterClass): Candidate[] {
  const spec = { batches: 1, ...of };
  const width: Width = spec.channels % 4 === 0 ? 4 : 1;
  return order((spec.batches * spec.channels) / width, adapter).flatMap((number) => {
    const { name, idea, stage } = MOMENTS_LADDER[number]!;
    const taken = stage(spec, width, adapter);
    return taken ? [candidate(name, idea, () => dispatches({ ...spec, ...taken, adapter }, paragraph(idea)))] : [];
  });
}

function dispatches(stage: MomentsStage, about: readonly string[]): Dispatches {
  const chunk = chunkMoments(stage, about);
  if (stage.chunks === 1)
    return { stages: [{ kernel: chunk, slots: [slot.input(0), slot.output(0), slot.output(1)] }] };
  const [mean, squares] = [slot.temp(0), slot.temp(1)];
  const parts = stage.batches * stage.chunks * stage.channels;
  return {
    temps: [parts, parts],
    stages: [
      { kernel: chunk, slots: [slot.input(0), mean, squares] },
      { kernel: mergeMoments(stage), slots: [slot.input(0), mean, squares, slot.output(0), slot.output(1)] },
    ],
  };
}

/** Chunks of an invocation each, none empty. */
function chunksOf({ batches, rows, channels }: Required<MomentsSpec>, width: Width, adapter: AdapterClass): number {
  const busy = Math.ceil((BUSY[adapter] * width) / (batches * channels));
  // No more chunks than rows in each: the second step walks over them.
  const wanted = Math.min(busy, Math.ceil(rows / SHORTEST_CHUNK), Math.ceil(Math.sqrt(rows)));
  return Math.ceil(rows / Math.ceil(rows / Math.max(wanted, Math.ceil(rows / LONGEST_CHAIN))));
}

function teamChunks(rows: number, items: number, { deep }: Rectangle, adapter: AdapterClass): number {
  const most = Math.max(1, Math.floor(rows / (SHORTEST_STEPS[adapter] * deep)));
  const chunks = Math.max(
    Math.min(Math.ceil(BUSY[adapter] / (items * deep)), most),
    Math.ceil(rows / (LONGEST_CHAIN * deep)),
  );
  return Math.ceil(rows / Math.ceil(rows / chunks));
}
