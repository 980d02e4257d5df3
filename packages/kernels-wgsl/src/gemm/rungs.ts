/**
 * The ladder of ways to compute a product, and which to try first on what kind of machine. The order is what was measured: on
 * a CPU only multiply-adds per load count: more of them in the wider register tile, though SwiftShader's simple compiler gains
 * nothing by it. The order for a GPU is what is known of GPUs: workgroup memory wins, and the smaller tile where the larger one
 * leaves part of the machine idle.
 */
import type { AdapterClass, Candidate } from '../candidate.ts';
import type { Width } from '../expression.ts';
import type { Tile } from './micro-kernel.ts';
import type { Gemm } from './problem.ts';
import { registerTile, tileCount } from './register-tile.ts';
import { partsFor, splitCandidate } from './split-k.ts';
import { type Slab, slabTiles, workgroupTile } from './workgroup-tile.ts';

/** Invocations that keep an adapter busy: a CPU's cores and lanes a few times over, a GPU's thousands. */
const INVOCATIONS: Record<AdapterClass, number> = { gpu: 16384, llvmpipe: 256, swiftshader: 128 };

/** Tiles of 64 x 64 below which a GPU has idle processors and does better with smaller ones. */
const ENOUGH_LARGE_TILES = 128;

/** @param problem the product, with loads of up to `kWidth` elements along k */
export function gemmCandidates(problem: (kWidth: Width) => Gemm, adapter: AdapterClass): Candidate[] {
  const [single, vector] = [problem(1), problem(4)];
  const wide = register(single, 16, adapter);
  const narrow = register(single, 8, adapter);
  const large = workgroup(vector, { size: 64, depth: 16 }, adapter);
  const small = workgroup(vector, { size: 32, depth: 32 }, adapter);
  if (adapter === 'llvmpipe') return [wide, narrow, small, large];
  if (adapter === 'swiftshader') return [narrow, wide, small, large];
  const phases = vector.phases?.count ?? 1;
  const enough = slabTiles(vector, { size: 64, depth: 16 }) * phases >= ENOUGH_LARGE_TILES;
  return enough ? [large, small, wide, narrow] : [small, large, wide, narrow];
}

function register(gemm: Gemm, columns: 8 | 16, adapter: AdapterClass): Candidate {
  const tile = fit(gemm, columns);
  const parts = partsFor(gemm, tileCount(gemm, tile), INVOCATIONS[adapter]);
  const name = `register-tile-8x${columns}`;
  return splitCandidate(name, gemm, parts, (problem, slices) => registerTile(name, problem, tile, slices));
}

function workgroup(gemm: Gemm, slab: Slab, adapter: AdapterClass): Candidate {
  const parts = partsFor(gemm, slabTiles(gemm, slab) * 64, INVOCATIONS[adapter]);
  const name = `workgroup-tile-${slab.size}x${slab.size}`;
  return splitCandidate(name, gemm, parts, (problem, slices) => workgroupTile(name, problem, slab, slices));
}

/** A tile of 8 rows, no larger than C asks for; A that loads quads of lines needs rows by fours. */
function fit(gemm: Gemm, columns: 8 | 16): Tile {
  const least = gemm.a.grain === 'line4' ? 4 : 1;
  return {
    rows: [1, 2, 4].find((size) => size >= least && size >= gemm.rows) ?? 8,
    columns: [1, 4, 8].find((size) => size >= gemm.columns) ?? columns,
  };
}
