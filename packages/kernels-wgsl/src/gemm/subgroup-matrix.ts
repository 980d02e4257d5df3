/**
 * The tile of C is dealt out to subgroups, each of which multiplies matrices of 8 or 16 a side by one instruction. WGSL has this
 * behind an experimental extension of Dawn's (docs/dawn/features/subgroup_matrix.md in its sources); the operations are those of
 * Vulkan's cooperative matrices and Metal's simdgroup matrices.
 */
import type { AdapterClass } from '../candidate.ts';
import type { Requirements } from '../kernel.ts';
import { oneDispatch } from './gemm-kernel.ts';
import type { Gemm } from './problem.ts';
import type { Rung } from './rung.ts';
import { slabTiles } from './slab.ts';
import { INVOCATIONS, inParts, partsFor } from './split-k.ts';
import { type MatrixTile, subgroupMatrixKernel, type Unit } from './subgroup-matrix-kernel.ts';

const rung = (unit: Unit): Rung => {
  const { m, n, k, lanes } = unit;
  const name = `12-subgroup-matrix-${m}x${n}x${k}${lanes === 64 ? '-wave64' : ''}`;
  const requires: Requirements = {
    features: ['chromium-experimental-subgroup-matrix', 'shader-f16', 'subgroups', 'subgroup_id'],
    subgroupMatrix: { m, n, k },
    subgroupSizes: [1, lanes],
    inputPrecision: 'f16',
  };
  return {
    name,
    idea:
      `Matrix units: a subgroup multiplies ${m} x ${k} by ${k} x ${n} in one instruction, inputs in f16 and sums in f32. Slabs of A ` +
      'and B are rounded to f16 on their way into workgroup memory, and the next is loaded while the present one is ' +
      'multiplied; C leaves through workgroup memory, where the epilogue finds it in f32. Several times the rate of any f32 ' +
      'rung on a GPU that has them, for inputs of 11 bits; small products with a long k are cut into parts, added in order.',
    loads: 'vec4',
    requires: () => requires,
    build: (gemm, adapter) => {
      const tile = tileFor(gemm, lanes);
      const parts = matrixParts(gemm, tile, adapter);
      const kernel = (problem: Gemm, slices: number) =>
        subgroupMatrixKernel(name, problem, unit, tile, requires, slices);
      return parts > 1 ? inParts(gemm, parts, kernel) : oneDispatch(gemm, kernel(gemm, 1));
    },
  };
};

/** In the order in which to try them: NVIDIA, AMD (whose subgroups may be 64), Apple, and NVIDIA's smaller one. */
export const subgroupMatrices: readonly Rung[] = [
  rung({ m: 16, n: 16, k: 16, lanes: 32 }),
  rung({ m: 16, n: 16, k: 16, lanes: 64 }),
  rung({ m: 16, n: 8, k: 16, lanes: 32 }),
  rung({ m: 8, n: 8, k: 8, lanes: 64 }),
];

/** Tiles of 128 x 128 below which a GPU has idle processors. */
const ENOUGH_TILES = 128;

function tileFor(gemm: Gemm, lanes: 32 | 64): MatrixTile {
  const large: MatrixTile = { size: 128, depth: 32, region: [64, 32] };
  const enough = slabTiles(gemm, large) * (gemm.phases?.count ?? 1) >= ENOUGH_TILES;
  return enough && lanes === 32 ? large : { size: 64, depth: lanes, region: [32, 32] };
}

const matrixParts = (gemm: Gemm, tile: MatrixTile, adapter: AdapterClass): number =>
  partsFor(gemm, slabTiles(gemm, tile) * 64, INVOCATIONS[adapter]);
