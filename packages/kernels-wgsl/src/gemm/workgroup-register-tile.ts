/**
 * Slabs in workgroup memory and tiles in registers: 64 invocations share a tile of C. Together they fetch a slab of A's rows and
 * a slab of B's columns, a few elements of k deep, into workgroup memory, each one 4 x 4 block of either; then each multiplies
 * its own registers' worth of the tile out of that memory.
 */
import { indent, type Kernel, MAX_WORKGROUPS } from '../kernel.ts';
import { defineGemmKernel, depthOf, oneDispatch } from './gemm-kernel.ts';
import { declareAccumulators, type Fragment, multiplyAdd } from './micro-kernel.ts';
import type { Gemm } from './problem.ts';
import type { Rung } from './rung.ts';
import { COMPONENTS, FOUR, fetchBlock, type Slab, slabTiles } from './slab.ts';
import { storeTile, storeWidth } from './store.ts';

/** Of both, `size * depth` is 1024: one block an invocation. */
export const SMALL: Slab = { size: 32, depth: 32 };
export const LARGE: Slab = { size: 64, depth: 16 };

export const smallWorkgroupTile: Rung = {
  name: '6-workgroup-register-tile',
  idea:
    'Workgroup memory and registers together: 64 invocations share 32 x 32 of C, 4 x 4 each. An element comes from storage ' +
    'once a tile, and from workgroup memory once for every four multiply-adds. The first rung that keeps a GPU busy with ' +
    'arithmetic, and the one where larger tiles leave processors idle.',
  loads: 'vec4',
  build: (gemm) => oneDispatch(gemm, workgroupRegisterTile(smallWorkgroupTile.name, gemm, SMALL)),
};

export const largeWorkgroupTile: Rung = {
  name: '7-large-workgroup-tile',
  idea:
    '64 x 64 of C a workgroup, 8 x 8 an invocation: half the loads for each multiply-add, from storage and from workgroup ' +
    'memory. Better on a GPU with tiles enough for all of its processors.',
  loads: 'vec4',
  build: (gemm) => oneDispatch(gemm, workgroupRegisterTile(largeWorkgroupTile.name, gemm, LARGE)),
};

/** Invocations along either side of the tile. */
const SIDE = 8;

/** @param parts slices of the outer loop, one a slice of grid z, as in `registerTile` */
export function workgroupRegisterTile(rung: string, gemm: Gemm, slab: Slab, parts = 1): Kernel {
  const { size, depth } = slab;
  const phased = gemm.phases !== undefined;
  const each = size / SIDE;
  const tile = { rows: each, columns: each };
  const blocksDeep = depth / 4;
  // A row of A's slab is padded by one vec4, so that the eight rows that are read at once lie in different banks.
  const pitch = blocksDeep + 1;
  const tiles = slabTiles(gemm, slab);
  const fetchA = fetchBlock('a', gemm, slab);
  const fetchB = fetchBlock('b', gemm, slab);
  const fromSlab: Pick<Fragment, 'value' | 'vector'> = {
    value: (i, kk) => `run${i}.${COMPONENTS[kk]}`,
    vector: (j, kk) => `slab_b[(4u * q + ${kk}u) * ${size / 4}u + side_n + ${SIDE * j}u]`,
  };
  const rows = Array.from({ length: each }, (_, r) => r);
  return defineGemmKernel(rung, gemm, {
    about: [
      `A workgroup computes ${size} x ${size} of C's ${gemm.rows} x ${gemm.columns}, an invocation ${each} x ${each}; k by ${depth}.`,
    ],
    constants: {
      TILES: tiles,
      TILES_N: Math.ceil(gemm.columns / size),
      ...(parts > 1 ? { PART: Math.ceil(gemm.outer / parts) * gemm.inner } : {}),
    },
    width: storeWidth(gemm),
    workgroupSize: SIDE * SIDE,
    grid: [Math.min(tiles, MAX_WORKGROUPS), Math.ceil(tiles / MAX_WORKGROUPS)],
    parts,
    declarations: [
      '',
      `var<workgroup> slab_a: array<vec4f, ${size * pitch}>; // [${size} rows, ${depth} of k], a row padded by 4`,
      `var<workgroup> slab_b: array<vec4f, ${(depth * size) / 4}>; // [${depth} of k, ${size} columns]`,
    ],
    main: [
      `let tile = wid.x + wid.y * ${MAX_WORKGROUPS}u;`,
      'if (tile >= TILES) { return; }',
      ...(phased ? ['let phase = wid.z;'] : []),
      `let m = tile / TILES_N * ${size}u;`,
      `let n = tile % TILES_N * ${size}u;`,
      `let side_m = lid.x / ${SIDE}u;`,
      `let side_n = lid.x % ${SIDE}u;`,
      '// The 4 x 4 blocks of A (4 rows, 4 of k) and of B (4 of k, 4 columns) that this invocation fetches.',
      `let row_a = lid.x / ${blocksDeep}u * 4u;`,
      `let deep_a = lid.x % ${blocksDeep}u;`,
      `let column_b = lid.x % ${size / 4}u;`,
      `let deep_b = lid.x / ${size / 4}u;`,
      'let block_a = m + row_a;',
      'let block_b = n + column_b * 4u;',
      ...fetchA.lines,
      ...fetchB.lines,
      ...declareAccumulators(tile),
      `let k_end = ${parts > 1 ? `min(${depthOf(gemm)}, wid.z * PART + PART)` : depthOf(gemm)};`,
      `for (var k0 = ${parts > 1 ? 'wid.z * PART' : '0u'}; k0 < k_end; k0 += ${depth}u) {`,
      ...[
        ...fetchA.load('k0 + deep_a * 4u'),
        ...FOUR.map((l) => `slab_a[(row_a + ${l}u) * ${pitch}u + deep_a] = ${fetchA.alongK(l)};`),
        ...fetchB.load('k0 + deep_b * 4u'),
        ...FOUR.map((kk) => `slab_b[(deep_b * 4u + ${kk}u) * ${size / 4}u + column_b] = ${fetchB.alongLines(kk)};`),
        'workgroupBarrier();',
        `for (var q = 0u; q < ${blocksDeep}u; q++) {`,
        ...rows.map((r) => `  let run${r} = slab_a[(side_m + ${SIDE * r}u) * ${pitch}u + q];`),
        ...FOUR.flatMap((kk) => multiplyAdd(tile, fromSlab, fromSlab, kk)).map((line) => indent(line)),
        '}',
        'workgroupBarrier();',
      ].map((line) => indent(line)),
      '}',
      storeTile(gemm, tile, {
        row: phased ? `output_row(m + side_m + r * ${SIDE}u, phase)` : `m + side_m + r * ${SIDE}u`,
        column: `n + (side_n + v * ${SIDE}u) * 4u`,
        ...(parts > 1 ? { offset: 'wid.z * (ROWS * N)' } : {}),
      }),
    ],
    requires: { workgroupStorage: 16 * (size * pitch + (depth * size) / 4) },
  });
}
