/** The compiler: a program in, a plan out. Each pass is a pure function on plain data, so all of it runs without a GPU. */
import type { Program } from '../program.ts';
import { absorbEpilogues } from './absorb-epilogues.ts';
import { choose, type DeviceTraits } from './choose.ts';
import type { FuseLimits } from './elementwise.ts';
import { foldConstants } from './fold-constants.ts';
import { forwardWrites } from './forward-writes.ts';
import { inlineMaps } from './inline-maps.ts';
import { mergeWorks } from './merge-works.ts';
import { orderWorks } from './order-works.ts';
import { placePacks } from './place-packs.ts';
import { type Plan, planMemory } from './plan-memory.ts';
import { prune } from './prune.ts';
import { shareWorks } from './share-works.ts';
import { type Graph, lower } from './work.ts';
import { writeInPlace } from './write-in-place.ts';

/** The passes that a program does without and still gives the same values, in their order. */
const TRANSFORMS = {
  'share-works': shareWorks,
  'inline-maps': inlineMaps,
  'order-works': orderWorks,
  'absorb-epilogues': absorbEpilogues,
  'forward-writes': forwardWrites,
  'merge-works': mergeWorks,
  'fold-constants': foldConstants,
  'write-in-place': writeInPlace,
} satisfies Record<string, (graph: Graph, limits: FuseLimits) => Graph>;

export type Pass = keyof typeof TRANSFORMS;

export const PASSES = Object.keys(TRANSFORMS) as Pass[];

export interface CompileOptions {
  /** Which passes to run; default all of them. Fewer for whoever wants to see or test what one does. */
  passes?: readonly Pass[];
}

export function compile(program: Program, traits: DeviceTraits, options: CompileOptions = {}): Plan {
  const graph = transform(program, traits, options);
  return planMemory(placePacks(graph, choose(graph, traits), traits));
}

/** The passes before kernels are chosen. */
export function transform(program: Program, traits: DeviceTraits, { passes = PASSES }: CompileOptions = {}): Graph {
  const limits = { bindings: traits.bindings };
  const chosen = PASSES.filter((pass) => passes.includes(pass));
  return chosen.reduce((graph, pass) => TRANSFORMS[pass](graph, limits), prune(lower(program)));
}
