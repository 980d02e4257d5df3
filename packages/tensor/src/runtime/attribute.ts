/** Measured times of a plan's dispatches, beside what each computes and moves, and summed up by family. */
import type { Plan } from '../compile/plan-memory.ts';
import type { Profile, Timed } from './profile.ts';
import { type Ceilings, leastMs } from './roofline.ts';

/** @param times milliseconds of each dispatch of the plan */
export function attribute(
  plan: Pick<Plan, 'dispatches'>,
  times: readonly number[],
  roofline?: Ceilings,
): Pick<Profile, 'dispatches' | 'families' | 'ms'> {
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const sumUp = (members: readonly number[]): Timed => {
    const sum = (of: (i: number) => number) => members.reduce((so, i) => so + of(i), 0);
    const cost = (i: number) => plan.dispatches[i]!.kernel.cost;
    const ms = sum((i) => times[i]!);
    return {
      flops: sum((i) => cost(i).flops),
      bytes: sum((i) => cost(i).bytes),
      ms,
      share: total > 0 ? ms / total : 0,
      roofline: roofline && ms > 0 ? sum((i) => leastMs(cost(i), roofline)) / ms : null,
    };
  };
  const families = new Map<string, number[]>();
  plan.dispatches.forEach((dispatch, i) => {
    const family = familyOf(dispatch.kernel.name);
    families.set(family, [...(families.get(family) ?? []), i]);
  });
  return {
    dispatches: plan.dispatches.map(({ label, rung, kernel }, i) => ({
      ...{ label, kernel: kernel.name, rung, workgroups: kernel.workgroups },
      ...sumUp([i]),
    })),
    families: Array.from(families, ([family, members]) => ({
      ...{ family, dispatches: members.length },
      ...sumUp(members),
    })).sort((a, b) => b.ms - a.ms),
    ms: total,
  };
}

/** `conv2d/3-vec4` is of the family `conv2d`. */
export const familyOf = (kernel: string): string => kernel.split('/')[0]!;
