/** The roofline model (Williams, Waterman, Patterson 2009): what an adapter's arithmetic and its memory allow a kernel. */
import type { Cost } from '@ganvas/kernels-wgsl';

export interface Ceilings {
  /** Multiply-adds from registers, two operations each: GFLOP/s. */
  gflops: number;
  /** A copy's reads and writes together: GB/s. */
  gbps: number;
}

/** The rate that the roofline allows: the peak, or what the memory feeds at this many operations a byte. GFLOP/s. */
export function attainable({ flops, bytes }: Cost, { gflops, gbps }: Ceilings): number {
  return Math.min(gflops, (flops / bytes) * gbps);
}

/** Milliseconds that the roofline asks for at least: its arithmetic and its traffic overlap, and the longer one counts. */
export function leastMs({ flops, bytes }: Cost, { gflops, gbps }: Ceilings): number {
  return Math.max(flops / gflops, bytes / gbps) / 1e6;
}

/** Which share of the roofline a time reaches; of several dispatches, which run one after another, each has its own. */
export function rooflineShare(dispatches: readonly Cost[], ms: number, ceilings: Ceilings): number {
  return dispatches.reduce((sum, cost) => sum + leastMs(cost, ceilings), 0) / ms;
}

export function totalCost(dispatches: readonly Cost[]): Cost {
  const total = (key: keyof Cost) => dispatches.reduce((sum, cost) => sum + cost[key], 0);
  return { flops: total('flops'), bytes: total('bytes') };
}
