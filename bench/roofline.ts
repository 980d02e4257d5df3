/** The roofline model (Williams, Waterman, Patterson 2009): what an adapter's arithmetic and its memory allow a kernel. */
import type { Cost } from '@ganvas/kernels-wgsl';
import { bandwidth, type Ceilings, leastMs } from '@ganvas/tensor';

export { bandwidth, type Ceilings, leastMs };

/** Which share of the roofline a time reaches; of several dispatches, which run one after another, each has its own. */
export function rooflineShare(dispatches: readonly Cost[], ms: number, ceilings: Ceilings): number {
  return dispatches.reduce((sum, cost) => sum + leastMs(cost, ceilings), 0) / ms;
}

export function totalCost(dispatches: readonly Cost[]): Cost {
  const total = (key: keyof Cost) => dispatches.reduce((sum, cost) => sum + cost[key], 0);
  return { flops: total('flops'), bytes: total('bytes') };
}
