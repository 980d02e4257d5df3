/** A rung of the ladder: one way to compute a product, and the idea by which it differs from the rung below. */
import type { AdapterClass, Dispatches } from '../candidate.ts';
import type { Requirements } from '../kernel.ts';
import type { Loads } from './operand.ts';
import type { Gemm } from './problem.ts';

export interface Rung {
  /** Its number and idea in a word: `3-vec4`. */
  name: string;
  /** Sentences: what it changes against the rung below, and why that is faster on which kind of adapter. */
  idea: string;
  loads: Loads;
  /** What a device must have before this rung is worth a look. */
  requires?: (adapter: AdapterClass) => Requirements;
  /** Whether it offers anything for this product that the others do not; default always. It is asked of no other product. */
  suits?(gemm: Gemm, adapter: AdapterClass): boolean;
  /** @param gemm with loads as the rung has them, and the idea added to its `about` */
  build(gemm: Gemm, adapter: AdapterClass): Dispatches;
}
