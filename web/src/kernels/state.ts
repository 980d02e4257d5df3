/** What the section shows. */
import type { KernelProblem } from '@ganvas/kernels-wgsl';
import type { Ceilings } from '@ganvas/tensor';
import type { Outcome } from './evaluate.ts';
import { FAMILIES, fieldsOf, type PageFamily } from './families.ts';
import type { LadderRung } from './ladder.ts';

export interface State {
  family: PageFamily;
  problem: KernelProblem;
  /** Of the shape, as the reader writes it. */
  fields: Map<string, string>;
  shapeError: string | null;
  /** Empty until the device is open. */
  ladder: LadderRung[];
  /** Places in the ladder, and in the rung's dispatches. */
  rung: number;
  stage: number;
  /** The reader's texts of the rung's dispatches. */
  texts: string[];
  comparing: boolean;
  /** Of the rungs as they are, by name; a text where one failed. */
  outcomes: Map<string, Outcome | string>;
  /** Of the reader's text. */
  answer: { kind: 'none' | 'busy' | 'right' | 'wrong'; text: string };
  /** The rung that the ladder is at. */
  climbing: string | null;
  ceilings: Ceilings | null;
  /** Workgroup and thread that are drawn, of how many. */
  chosen: { group: number; thread: number; groups: number; threads: number };
  drawn: string;
}

export function stateOf(name: string): State {
  const family = FAMILIES.find(({ kernels }) => kernels.name === name) ?? FAMILIES[0]!;
  const problem = family.kernels.problem(family.shapes[0]![1]);
  return {
    ...{ family, problem, fields: fieldsOf(problem.shape), shapeError: null },
    ...{ ladder: [], rung: 0, stage: 0, texts: [], comparing: false, outcomes: new Map() },
    answer: { kind: 'none', text: '' },
    ...{ climbing: null, ceilings: null, drawn: '' },
    chosen: { group: 0, thread: 0, groups: 1, threads: 1 },
  };
}
