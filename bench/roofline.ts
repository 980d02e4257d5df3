/** The roofline model (Williams, Waterman, Patterson 2009): what an adapter's arithmetic and its memory allow a kernel. */
import type { Cost } from '@ganvas/kernels-wgsl';
import { type Ceilings, leastMs } from '@ganvas/tensor';

export { type Ceilings, leastMs };

/** The rate that the roofline allows: the peak, or what the memory feeds at this many operations a byte. GFLOP/s. */
export function attainable({ flops, bytes }: Cost, { gflops, gbps }: Ceilings): number {
  return Math.min(gflops, (flops / bytes) * gbps);
}

/** Which share of the roofline a time reaches; of several dispatches, which run one after another, each has its own. */
export function rooflineShare(dispatches: readonly Cost[], ms: number, ceilings: Ceilings): number {
  return dispatches.reduce((sum, cost) => sum + leastMs(cost, ceilings), 0) / ms;
}

export function totalCost(dispatches: readonly Cost[]): Cost {
  const total = (key: keyof Cost) => dispatches.reduce((sum, cost) => sum + cost[key], 0);
  return { flops: total('flops'), bytes: total('bytes') };
}
