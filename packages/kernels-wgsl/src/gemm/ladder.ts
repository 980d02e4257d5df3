/**
 * The ladder of ways to compute a product, one idea a rung, and which to try first on what kind of machine. The order on a CPU
 * is what was measured: only multiply-adds per load count, most of them where a subgroup shares its loads, then in the wider
 * register tile, though SwiftShader's simple compiler gains nothing by that; workgroup memory and barriers cost. The order for a
 * GPU is what is known of GPUs: workgroup memory wins, and smaller tiles where larger ones leave part of the machine idle.
 */
import { type AdapterClass, type Candidate, candidate } from '../candidate.ts';
import { paragraph } from '../kernel.ts';
import { DOUBLE, doubleBuffer } from './double-buffer.ts';
import { naive } from './naive.ts';
import type { Loads } from './operand.ts';
import type { Gemm } from './problem.ts';
import { scalarRegisterTile, vec4, wideTile } from './register-tile.ts';
import type { Rung } from './rung.ts';
import { type Slab, slabTiles } from './slab.ts';
import { splitK, workgroupSplitK } from './split-k.ts';
import { subgroupMatrices } from './subgroup-matrix.ts';
import { subgroupSplitK, subgroupTile } from './subgroup-tile.ts';
import { LARGE, largeWorkgroupTile, smallWorkgroupTile } from './workgroup-register-tile.ts';
import { workgroupTile } from './workgroup-tile.ts';

/** From naive up. */
export const LADDER: readonly Rung[] = [
  naive,
  workgroupTile,
  scalarRegisterTile,
  vec4,
  wideTile,
  splitK,
  smallWorkgroupTile,
  largeWorkgroupTile,
  doubleBuffer,
  workgroupSplitK,
  subgroupTile,
  subgroupSplitK,
  ...subgroupMatrices,
];

/** Tiles below which a GPU has idle processors and does better with smaller ones. */
const ENOUGH_TILES = 128;

/** Split-K comes first where it suits at all: it suits where C has too few tiles. */
const ON_LLVMPIPE = [
  ...[subgroupSplitK, subgroupTile, splitK, wideTile, vec4, scalarRegisterTile],
  ...[largeWorkgroupTile, smallWorkgroupTile, workgroupSplitK, doubleBuffer, naive, workgroupTile],
];
const ON_SWIFTSHADER = [
  ...[subgroupSplitK, subgroupTile, splitK, vec4, wideTile, scalarRegisterTile, naive],
  ...[largeWorkgroupTile, smallWorkgroupTile, workgroupSplitK, doubleBuffer, workgroupTile],
];
const AFTER_ON_GPU = [subgroupSplitK, subgroupTile, vec4, wideTile, splitK, workgroupTile, scalarRegisterTile, naive];

function onGpu(gemm: Gemm): Rung[] {
  const enough = (slab: Slab) => slabTiles(gemm, slab) * (gemm.phases?.count ?? 1) >= ENOUGH_TILES;
  const workgroups = enough(DOUBLE)
    ? [doubleBuffer, largeWorkgroupTile, smallWorkgroupTile, workgroupSplitK]
    : enough(LARGE)
      ? [largeWorkgroupTile, doubleBuffer, smallWorkgroupTile, workgroupSplitK]
      : [workgroupSplitK, smallWorkgroupTile, largeWorkgroupTile, doubleBuffer];
  return [...subgroupMatrices, ...workgroups, ...AFTER_ON_GPU];
}

/**
 * The rungs that suit a product, in the order in which this class of adapter should try them.
 * @param problem the product, its operands loaded as a rung would have them
 */
export function gemmCandidates(problem: (loads: Loads) => Gemm, adapter: AdapterClass): Candidate[] {
  const gemms: Record<Loads, Gemm> = { scalar: problem('scalar'), lines: problem('lines'), vec4: problem('vec4') };
  const order = { gpu: onGpu(gemms.vec4), llvmpipe: ON_LLVMPIPE, swiftshader: ON_SWIFTSHADER }[adapter];
  return order
    .filter(({ loads, suits }) => suits?.(gemms[loads], adapter) ?? true)
    .map(({ name, idea, loads, requires, build }) => {
      const gemm = gemms[loads];
      return candidate(
        name,
        idea,
        () => build({ ...gemm, about: [...gemm.about, ...paragraph(idea)] }, adapter),
        requires?.(adapter),
      );
    });
}

/**
 * The rung that does the product of a candidate with dispatches around it: the first to try, on a GPU of those that every
 * device admits.
 */
export const innerRung = (rungs: readonly Candidate[], adapter: AdapterClass): Candidate =>
  (adapter === 'gpu' && rungs.find(({ requires }) => !requires)) || rungs[0]!;
