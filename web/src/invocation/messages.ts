/** What the page asks of the worker that interprets, and what it answers. */
import type { Three } from './interpret.ts';
import type { Trace } from './trace.ts';

export type Question =
  | { kind: 'rungs'; family: string }
  | { kind: 'trace'; family: string; rung: string; stage: number; thread: Three };

export interface RungOffer {
  name: string;
  idea: string;
  /** One a dispatch: its kernel's name, and where its threads' global ids end. */
  stages: readonly { kernel: string; threads: Three }[];
}

export interface Rungs {
  offers: readonly RungOffer[];
  refused: readonly { name: string; why: string }[];
}

export type Answer = { rungs: Rungs } | { trace: Trace } | { error: string };
