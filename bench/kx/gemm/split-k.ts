/**
 * Split-K: where C is small and k long (a weight gradient sums over every pixel of the batch) there are too few tiles to fill
 * the machine. So k is cut into parts, each computed as a product of its own into a scratch buffer [parts, rows, columns], and
 * a second dispatch adds the parts in order: deterministic, which float atomics (had WGSL any) would not be.
 */

import { type Candidate, type Slot, slot } from '../candidate.ts';
import { epilogueCost, NO_EPILOGUE } from '../epilogue.ts';
import type { Width } from '../expression.ts';
import { defineKernel, FLAT_INDEX, flatGrid, type Kernel } from '../kernel.ts';
import type { Gemm } from './problem.ts';
import { resultBindings, storeFunction, storeWidth } from './store.ts';

/**
 * A candidate of one dispatch, or of two where `parts` > 1.
 * @param kernel builds the product, given the problem and in how many parts to cut the outer loop
 */
export function splitCandidate(
  name: string,
  gemm: Gemm,
  parts: number,
  kernel: (gemm: Gemm, parts: number) => Kernel,
): Candidate {
  const inputs = [slot.input(0), slot.input(1)];
  const result: Slot[] = [...gemm.epilogue.operands.map((_, i) => slot.epilogue(i)), slot.output(0)];
  if (parts === 1) return { name, temps: [], stages: [{ kernel: kernel(gemm, 1), slots: [...inputs, ...result] }] };
  const partial: Gemm = {
    ...gemm,
    output: { name: 'parts', rows: gemm.rows, epilogueColumns: gemm.columns },
    epilogue: NO_EPILOGUE,
  };
  return {
    name,
    temps: [parts * gemm.rows * gemm.columns],
    stages: [
      { kernel: kernel(partial, parts), slots: [...inputs, slot.temp(0)] },
      { kernel: addParts(gemm, parts), slots: [slot.temp(0), ...result] },
    ],
  };
}

/** Parts so that `invocations` of one part become at least `wanted`, without parts that would have nothing to do. */
export function partsFor(gemm: Gemm, invocations: number, wanted: number): number {
  if (gemm.phases) return 1;
  const steps = Math.ceil(gemm.outer / Math.min(gemm.outer, Math.max(1, Math.ceil(wanted / invocations))));
  return Math.ceil(gemm.outer / steps);
}

/** The second pass: result[i] = epilogue(sum over parts of parts[part, i]). */
function addParts(gemm: Gemm, parts: number): Kernel {
  const { family, output, epilogue } = gemm;
  const width: Width = storeWidth(gemm);
  const elements = gemm.rows * gemm.columns;
  const type = width === 4 ? 'vec4f' : 'f32';
  return defineKernel({
    name: `${family}/add-parts`,
    about: [`${output.name}[i] = sum over z of parts[z, i]: parts [${parts}, ${gemm.rows}, ${gemm.columns}].`],
    constants: { PARTS: parts, SIZE: elements / width },
    bindings: [{ name: 'parts', type, access: 'read' }, ...resultBindings(output, epilogue, width)],
    workgroupSize: [64, 1, 1],
    workgroups: flatGrid(elements / width),
    declarations: storeFunction(output, epilogue, width),
    main: `
${FLAT_INDEX}
if (i >= SIZE) { return; }
var sum = ${type}();
for (var z = 0u; z < PARTS; z++) { sum += parts[z * SIZE + i]; }
store(i, sum);`,
    cost: { flops: elements * parts, bytes: 4 * elements * (parts + 1) + epilogueCost(epilogue, elements).bytes },
  });
}
