/** What the kernels of all rungs have in common: the header, the buffers, the functions of operands, phases and result. */

import { type Dispatches, type Slot, slot } from '../candidate.ts';
import { epilogueSlots } from '../epilogue.ts';
import type { Width } from '../expression.ts';
import { defineKernel, type Kernel, type Requirements } from '../kernel.ts';
import { loadType } from './operand.ts';
import type { Gemm } from './problem.ts';
import { resultBindings, storeFunction } from './store.ts';

export interface GemmBody {
  /** What an invocation or a workgroup computes. */
  about: string[];
  /** The rung's own constants, beside those of the problem. */
  constants: Record<string, number>;
  /** Elements that one call of `store` writes. */
  width: Width;
  /** Invocations of a workgroup. */
  workgroupSize: number;
  /** Workgroups of one phase, or of one part of k. */
  grid: [x: number, y: number];
  /** Parts of k, one a slice of grid z; default 1. With more, the output holds a partial C for each. */
  parts?: number;
  /** WGSL of the rung's own, such as workgroup memory. */
  declarations?: string[];
  main: string[];
  /** Extensions of WGSL. */
  enables?: string[];
  requires?: Requirements;
}

/** The kernel that binds A, B, the epilogue's operands and the result, in this order. */
export function defineGemmKernel(rung: string, gemm: Gemm, body: GemmBody): Kernel {
  const { a, b, output, epilogue, phases } = gemm;
  const { parts = 1, width, declarations = [], enables, requires } = body;
  return defineKernel({
    name: `${gemm.family}/${rung}`,
    about: [
      ...gemm.about,
      ...body.about,
      ...(parts > 1 ? [`Slice z of the grid sums part z of k; ${output.name} holds ${parts} partial results.`] : []),
    ],
    ...(enables && { enables }),
    constants: { ...gemmConstants(gemm), ...body.constants },
    bindings: [
      { name: a.buffer, type: loadType(a.grain), access: 'read' },
      { name: b.buffer, type: loadType(b.grain), access: 'read' },
      ...resultBindings(output, epilogue, width),
    ],
    workgroupSize: [body.workgroupSize, 1, 1],
    workgroups: [...body.grid, phases?.count ?? parts],
    declarations: [a.wgsl, b.wgsl, phases?.wgsl ?? '', storeFunction(output, epilogue, width), ...declarations].join(
      '\n',
    ),
    main: body.main.join('\n'),
    cost: gemm.cost,
    ...(requires && { requires }),
  });
}

/** The header's constants that every rung reads. */
export const gemmConstants = (gemm: Gemm): Record<string, number> => ({
  ...gemm.constants,
  M: gemm.rows,
  N: gemm.columns,
  ROWS: gemm.output.rows,
  OUTER: gemm.outer,
  INNER: gemm.inner,
  ...(gemm.depth === undefined ? {} : { DEPTH: gemm.depth }),
});

/** What the kernel of a whole product binds after its two inputs. */
export const resultSlots = (gemm: Gemm): Slot[] => [...epilogueSlots(gemm.epilogue), slot.output(0)];

/** A product in one dispatch. */
export const oneDispatch = (gemm: Gemm, kernel: Kernel): Dispatches => ({
  stages: [{ kernel, slots: [slot.input(0), slot.input(1), ...resultSlots(gemm)] }],
});

/** WGSL: how many elements of k there are, of a rung that walks k in one loop; `phase` is defined where there are phases. */
export const depthOf = ({ phases, outer, inner, depth }: Gemm): string =>
  phases ? 'outer_steps(phase) * INNER' : `${depth ?? outer * inner}u`;

/** WGSL: the second argument of `a_line` and `b_line`. */
export const phaseArgument = ({ phases }: Gemm): string => (phases ? ', phase' : '');

/**
 * WGSL: the head of the loop over outer steps `o`; with several parts, over those of part `z`. `phase` is defined where there are
 * phases. Needs the constant STEPS where there are parts.
 */
export function outerLoop({ phases }: Gemm, parts: number, z: 'gid.z' | 'wid.z'): string {
  const end = phases ? 'outer_steps(phase)' : parts > 1 ? `min(OUTER, ${z} * STEPS + STEPS)` : 'OUTER';
  return `for (var o = ${parts > 1 ? `${z} * STEPS` : '0u'}; o < ${end}; o++) {`;
}
