/** A family's rungs at a shape, from naive up, and which of them this device admits. */
import type { AdapterClass, Candidate, Cost, KernelProblem } from '@ganvas/kernels-wgsl';
import { type Ceilings, type DeviceTraits, leastMs, refusal } from '@ganvas/tensor';

export interface LadderRung {
  candidate: Candidate;
  /** Why this device cannot run it; null where it can. */
  refused: string | null;
}

const CLASSES: readonly AdapterClass[] = ['gpu', 'llvmpipe', 'swiftshader'];

/** Every rung that any class of adapter is offered at this shape: as this device's class has it, where it has it. */
export function ladderOf(problem: KernelProblem, traits: DeviceTraits): LadderRung[] {
  const found = new Map<string, Candidate>();
  for (const adapter of [traits.adapter, ...CLASSES])
    for (const candidate of problem.candidates(adapter))
      if (!found.has(candidate.name)) found.set(candidate.name, candidate);
  return [...found.values()]
    .sort((a, b) => place(a) - place(b))
    .map((candidate) => ({ candidate, refused: rounding(candidate) ?? refusal(candidate, traits) }));
}

/** The page opens its device for full precision, which is why such a rung is left out whatever the device could do. */
const rounding = ({ requires }: Candidate): string | null =>
  requires?.inputPrecision ? `rounds its inputs to ${requires.inputPrecision}; this page computes in f32` : null;

/** The number before a rung's name. */
const place = ({ name }: Candidate): number => Number(/^\d+/.exec(name)?.[0] ?? 0);

/** What all dispatches of a rung do together. */
export function costOf({ stages }: Candidate): Cost {
  const total = (key: keyof Cost) => stages.reduce((sum, { kernel }) => sum + kernel.cost[key], 0);
  return { flops: total('flops'), bytes: total('bytes') };
}

/** GFLOP/s that the roofline allows. */
export const attainable = (cost: Cost, ceilings: Ceilings): number => cost.flops / 1e6 / leastMs(cost, ceilings);
