/** Who shares an item's range: nobody, the lanes of a workgroup, or those of its subgroups first. */
import type { Requirements } from './kernel.ts';
import { foldSubgroups } from './subgroup-fold.ts';
import { type Fold, type FoldParts, foldTree, type Rectangle } from './workgroup-tree.ts';

export type Team = 'alone' | 'workgroup' | 'subgroups';

/** What a device needs for a team, known before its kernels are written. */
export const teamRequires = (team: Team): Requirements => (team === 'subgroups' ? { features: ['subgroups'] } : {});

export interface TeamParts extends Omit<FoldParts, 'lanes'> {
  /** Null for one alone. */
  lanes: Rectangle | null;
}

/** One value of those that the members of a team have. Alone, it is one's own. */
export function foldTeam(team: Team, { lanes, ...parts }: TeamParts): Fold {
  if (team === 'alone' || !lanes) return { declarations: [], lines: [], total: parts.value, requires: {} };
  return team === 'workgroup' ? foldTree({ lanes, ...parts }) : foldSubgroups({ lanes, ...parts });
}
