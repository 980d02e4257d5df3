/**
 * Register tiles without workgroup memory: every invocation computes a tile of C on its own, with no barrier. These are the
 * rungs for adapters that run on a CPU and have no subgroups. There a storage load is a gather, one element at a time whatever
 * its type, and a barrier costs dearly; what counts is multiply-adds per load, and a loop so short that the CPU's compiler
 * neither unrolls it nor runs out of registers: for one element of k, 8 of A and 16 of B give 128 multiply-adds. Taking four of k
 * at once through vec4 loads made pipelines three times as slow to compile and half as fast.
 */
import { FLAT_INDEX, flatGrid, indent, type Kernel } from '../kernel.ts';
import { defineGemmKernel, oneDispatch, outerLoop } from './gemm-kernel.ts';
import { declareAccumulators, fragment, multiplyAdd, type Tile, tileWidth } from './micro-kernel.ts';
import { type Gemm, innerLength } from './problem.ts';
import type { Rung } from './rung.ts';
import { storeTile, storeWidth } from './store.ts';

export const scalarRegisterTile: Rung = {
  name: '2-register-tile',
  idea:
    'An invocation computes 4 x 4 elements of C in 16 registers, without workgroup memory: 8 loads for 16 multiply-adds, ' +
    'where the naive rung needs 32. Caches serve what neighbours share; nobody waits at a barrier. All adapters gain, those ' +
    'that run on a CPU most.',
  loads: 'scalar',
  build: (gemm) => oneDispatch(gemm, registerTile(scalarRegisterTile.name, gemm, { rows: 4, columns: 4, width: 1 })),
};

export const vec4: Rung = {
  name: '3-vec4',
  idea:
    'Four neighbouring columns become a vec4f, 8 rows of two of them a tile: 16 loads for 64 multiply-adds, of which four ' +
    'come with one load wherever a row of memory runs along the columns, and a CPU multiplies and adds whole vectors. The ' +
    'best that SwiftShader has without subgroups.',
  loads: 'lines',
  build: (gemm) => oneDispatch(gemm, registerTile(vec4.name, gemm, fit(gemm, 8))),
};

export const wideTile: Rung = {
  name: '4-wide-tile',
  idea:
    'Twice the columns, 8 x 16 of C in 32 vec4fs: 24 loads for 128 multiply-adds. The best that llvmpipe has without ' +
    'subgroups; on a GPU so many registers leave too few invocations to hide the loads.',
  loads: 'lines',
  build: (gemm) => oneDispatch(gemm, registerTile(wideTile.name, gemm, fit(gemm, 16))),
};

/** Tiles of one phase of C, hence invocations. */
export const tileCount = (gemm: Gemm, tile: Tile): number =>
  Math.ceil(gemm.rows / tile.rows) * Math.ceil(gemm.columns / tile.columns);

/** A tile of 8 rows, no larger than C asks for; A that loads quads of lines needs rows by fours. */
export function fit(gemm: Gemm, columns: 8 | 16): Tile {
  const least = gemm.a.grain === 'line4' ? 4 : 1;
  return {
    rows: [1, 2, 4].find((size) => size >= least && size >= gemm.rows) ?? 8,
    columns: [1, 4, 8].find((size) => size >= gemm.columns) ?? columns,
  };
}

/** @param parts slices of the outer loop, one a slice of grid z; with more than one, the output holds a partial C for each */
export function registerTile(rung: string, gemm: Gemm, tile: Tile, parts = 1): Kernel {
  const phased = gemm.phases !== undefined;
  const ragged = gemm.columns % tile.columns !== 0;
  const fa = fragment('a', gemm.a, {
    first: 'm',
    count: tile.rows,
    total: gemm.rows,
    ragged: gemm.rows % tile.rows !== 0,
    phased,
  });
  const fb = fragment('b', gemm.b, { first: 'n', count: tile.columns, total: gemm.columns, ragged, phased });
  const tiles = tileCount(gemm, tile);
  const [x, y] = flatGrid(tiles);
  return defineGemmKernel(rung, gemm, {
    about: [
      `An invocation computes ${tile.rows} x ${tile.columns} of C's ${gemm.rows} x ${gemm.columns} in registers.`,
    ],
    constants: {
      TILES: tiles,
      TILES_N: Math.ceil(gemm.columns / tile.columns),
      ...(parts > 1 ? { STEPS: Math.ceil(gemm.outer / parts) } : {}),
    },
    width: storeWidth(gemm, tileWidth(tile)),
    workgroupSize: 64,
    grid: [x, y],
    parts,
    main: [
      FLAT_INDEX,
      'if (i >= TILES) { return; }',
      ...(phased ? ['let phase = gid.z;'] : []),
      `let m = i / TILES_N * ${tile.rows}u;`,
      `let n = i % TILES_N * ${tile.columns}u;`,
      ...fa.lines,
      ...fb.lines,
      ...declareAccumulators(tile),
      outerLoop(gemm, parts, 'gid.z'),
      ...[...fa.bases('o'), ...fb.bases('o')].map((line) => indent(line)),
      `  for (var c = 0u; c < ${innerLength(gemm)}; c++) {`,
      ...[...fa.load(0, 'c'), ...fb.load(0, 'c'), ...multiplyAdd(tile, fa, fb, 0)].map((line) => indent(line, 2)),
      '  }',
      '}',
      storeTile(gemm, tile, {
        row: phased ? 'output_row(m + r, phase)' : 'm + r',
        column: `n + v * ${tileWidth(tile)}u`,
        ...(parts > 1 ? { offset: 'gid.z * (ROWS * N)' } : {}),
      }),
    ],
  });
}
