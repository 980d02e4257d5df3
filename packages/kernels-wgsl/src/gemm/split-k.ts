/**
 * Split-K: where C is small and k long (a weight gradient sums over every pixel of the batch) there are too few tiles to fill
 * the machine. So k is cut into parts, each computed as a product of its own into a scratch buffer [parts, rows, columns], and
 * a second dispatch adds the parts in order: deterministic, which float atomics (had WGSL any) would not be.
 */
import { type AdapterClass, type Dispatches, slot } from '../candidate.ts';
import { epilogueCost, NO_EPILOGUE } from '../epilogue.ts';
import type { Width } from '../expression.ts';
import { type Cost, defineKernel, FLAT_INDEX, flatGrid, type Kernel } from '../kernel.ts';
import { resultSlots } from './gemm-kernel.ts';
import type { Gemm } from './problem.ts';
import { fit, registerTile, tileCount } from './register-tile.ts';
import type { Rung } from './rung.ts';
import { type Slab, slabTiles } from './slab.ts';
import { resultBindings, storeFunction, storeWidth } from './store.ts';
import { LARGE, SMALL, workgroupRegisterTile } from './workgroup-register-tile.ts';

/** Invocations that keep an adapter busy: a CPU's cores and lanes a few times over, a GPU's thousands. */
export const INVOCATIONS: Record<AdapterClass, number> = { gpu: 16384, llvmpipe: 256, swiftshader: 128 };

export const splitK: Rung = {
  name: '5-split-k',
  idea:
    'A register tile with k cut into parts that run side by side, and a second dispatch that adds their results in order: ' +
    'more invocations where C has too few tiles for the machine. The tile is the wide one, on ' +
    'SwiftShader the narrow one.',
  loads: 'lines',
  suits: (gemm, adapter) => registerParts(gemm, adapter) > 1,
  build: (gemm, adapter) =>
    inParts(gemm, registerParts(gemm, adapter), (partial, parts) =>
      registerTile(splitK.name, partial, registerShape(gemm, adapter), parts),
    ),
};

export const workgroupSplitK: Rung = {
  name: '9-workgroup-split-k',
  idea:
    'The workgroup tiles with k cut into parts, which a second dispatch adds in order: for a GPU and a small C with a long ' +
    'k. The tile is 64 x 64 where its parts fill the machine, else 32 x 32.',
  loads: 'vec4',
  suits: (gemm, adapter) => slabParts(gemm, fullerSlab(gemm, adapter), adapter) > 1,
  build: (gemm, adapter) => {
    const slab = fullerSlab(gemm, adapter);
    return inParts(gemm, slabParts(gemm, slab, adapter), (partial, parts) =>
      workgroupRegisterTile(workgroupSplitK.name, partial, slab, parts),
    );
  },
};

const registerShape = (gemm: Gemm, adapter: AdapterClass) => fit(gemm, adapter === 'swiftshader' ? 8 : 16);

const registerParts = (gemm: Gemm, adapter: AdapterClass): number =>
  partsFor(gemm, tileCount(gemm, registerShape(gemm, adapter)), INVOCATIONS[adapter]);

const slabParts = (gemm: Gemm, slab: Slab, adapter: AdapterClass): number =>
  partsFor(gemm, slabTiles(gemm, slab) * 64, INVOCATIONS[adapter]);

function fullerSlab(gemm: Gemm, adapter: AdapterClass): Slab {
  const invocations = slabTiles(gemm, LARGE) * 64 * slabParts(gemm, LARGE, adapter);
  return gemm.rows >= LARGE.size && gemm.columns >= LARGE.size && invocations >= INVOCATIONS[adapter] ? LARGE : SMALL;
}

/** Parts so that `invocations` of one part become at least `wanted`, without parts that would have nothing to do. */
export function partsFor(gemm: Gemm, invocations: number, wanted: number): number {
  if (gemm.phases) return 1;
  const steps = Math.ceil(gemm.outer / Math.min(gemm.outer, Math.max(1, Math.ceil(wanted / invocations))));
  return Math.ceil(gemm.outer / steps);
}

/** @param kernel builds the product's kernel: the problem whose result is the parts, and in how many to cut the outer loop */
export function inParts(gemm: Gemm, parts: number, kernel: (partial: Gemm, parts: number) => Kernel): Dispatches {
  const partial: Gemm = {
    ...gemm,
    output: { name: 'parts', rows: gemm.rows, epilogueColumns: gemm.columns },
    epilogue: NO_EPILOGUE,
    cost: partialCost(gemm, parts),
  };
  return {
    temps: [parts * gemm.rows * gemm.columns],
    stages: [
      { kernel: kernel(partial, parts), slots: [slot.input(0), slot.input(1), slot.temp(0)] },
      { kernel: addParts(gemm, parts), slots: [slot.temp(0), ...resultSlots(gemm)] },
    ],
  };
}

/** The product's own cost, with the parts written in place of the result and no epilogue. */
function partialCost({ rows, columns, epilogue, cost }: Gemm, parts: number): Cost {
  const elements = rows * columns;
  const extra = epilogueCost(epilogue, elements);
  return { flops: cost.flops - extra.flops, bytes: cost.bytes - extra.bytes + 4 * elements * (parts - 1) };
}

type Sum = Pick<Gemm, 'family' | 'rows' | 'columns' | 'output' | 'epilogue'>;

/** The second pass: result[i] = epilogue(sum over parts of parts[part, i]). */
export function addParts(gemm: Sum, parts: number): Kernel {
  const { family, output, epilogue } = gemm;
  const width: Width = storeWidth(gemm);
  const elements = gemm.rows * gemm.columns;
  const type = width === 4 ? 'vec4f' : 'f32';
  const extra = epilogueCost(epilogue, elements);
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
    cost: { flops: elements * parts + extra.flops, bytes: 4 * elements * (parts + 1) + extra.bytes },
  });
}
