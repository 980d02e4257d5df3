/** The roofline model (Williams, Waterman, Patterson 2009): what an adapter's arithmetic and its memory allow a kernel. */
import type { Cost } from '@ganvas/kernels-wgsl';

export interface Ceilings {
  /** Multiply-adds from registers, two operations each: GFLOP/s. */
  gflops: number;
  /** A copy's reads and writes together: GB/s. */
  gbps: number;
}

/** Milliseconds that the roofline asks for at least: its arithmetic and its traffic overlap, and the longer one counts. */
export function leastMs({ flops, bytes }: Cost, { gflops, gbps }: Ceilings): number {
  return Math.max(flops / gflops, bytes / gbps) / 1e6;
}
