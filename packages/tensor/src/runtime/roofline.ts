/**
 * The roofline model (Williams, Waterman, Patterson 2009): what an adapter's arithmetic and its memory allow a kernel. Little data
 * stays in a cache, which is faster than memory, so bandwidth depends on how much moves (the hierarchical roofline of Yang,
 * Kurth, Williams 2020).
 */
import type { Cost } from '@ganvas/kernels-wgsl';

/** So many bytes, read and written over and over, moved at this rate: GB/s. */
export interface StreamRate {
  bytes: number;
  gbps: number;
}

export interface Ceilings {
  /** Multiply-adds from registers, two operations each: GFLOP/s. */
  gflops: number;
  /** Reads and writes together, of more data than a cache holds: GB/s. */
  gbps: number;
  /** The same by how much data it is, in ascending order, the last as much as `gbps` is of. Default: `gbps` for any. */
  streams?: readonly StreamRate[];
}

/** GB/s that a kernel which moves so many bytes can reach: the most that any stream did that is not clearly shorter. */
export function bandwidth(bytes: number, { gbps, streams = [] }: Ceilings): number {
  const first = streams.findLastIndex((stream) => stream.bytes <= bytes);
  const possible = streams.slice(Math.max(0, first)).map((stream) => stream.gbps);
  return Math.max(...(possible.length > 0 ? possible : [gbps]));
}

/** Milliseconds that the roofline asks for at least: its arithmetic and its traffic overlap, and the longer one counts. */
export function leastMs({ flops, bytes }: Cost, ceilings: Ceilings): number {
  return Math.max(flops / ceilings.gflops, bytes / bandwidth(bytes, ceilings)) / 1e6;
}
