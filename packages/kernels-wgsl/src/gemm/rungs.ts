/**
 * The ladder of ways to compute a product, and which to try first on what kind of machine. The order is what was measured: on
 * a CPU only multiply-adds per load count, and code small enough for its compiler; on a GPU workgroup memory wins, with the
 * smaller tile where the larger one leaves part of the machine idle.
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
  const [scalar, vector] = [problem(1), problem(4)];
  const rows8 = register(scalar, 8, 1, adapter);
  const rows4 = register(vector, 4, 4, adapter);
  const large = workgroup(vector, { size: 64, depth: 16 }, adapter);
  const small = workgroup(vector, { size: 32, depth: 32 }, adapter);
  if (adapter === 'llvmpipe') return [rows8, rows4, small, large];
  if (adapter === 'swiftshader') return [rows4, rows8, small, large];
  const phases = vector.phases?.count ?? 1;
  const enough = slabTiles(vector, { size: 64, depth: 16 }) * phases >= ENOUGH_LARGE_TILES;
  return enough ? [large, small, rows8, rows4] : [small, large, rows8, rows4];
}

function register(gemm: Gemm, rows: 4 | 8, kWidth: Width, adapter: AdapterClass): Candidate {
  const tile = fit(gemm, rows);
  const parts = partsFor(gemm, tileCount(gemm, tile), INVOCATIONS[adapter]);
  const name = `register-tile-${rows}x8`;
  return splitCandidate(name, gemm, parts, (problem, slices) => registerTile(name, problem, tile, kWidth, slices));
}

function workgroup(gemm: Gemm, slab: Slab, adapter: AdapterClass): Candidate {
  const parts = partsFor(gemm, slabTiles(gemm, slab) * 64, INVOCATIONS[adapter]);
  const name = `workgroup-tile-${slab.size}x${slab.size}`;
  return splitCandidate(name, gemm, parts, (problem, slices) => workgroupTile(name, problem, slab, slices));
}

/** The tile, no larger than C asks for: A that loads quads of lines needs rows by fours. */
function fit(gemm: Gemm, rows: 4 | 8): Tile {
  const least = gemm.a.grain === 'line4' ? 4 : 1;
  const wanted = [1, 2, 4, 8].find((size) => size >= least && size >= Math.min(gemm.rows, rows))!;
  const columns = gemm.columns === 1 ? 1 : gemm.columns <= 4 ? 4 : 8;
  return { rows: wanted, columns };
}
