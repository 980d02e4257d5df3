/**
 * The rung for adapters that run on a CPU: every invocation computes a tile of C on its own, with no workgroup memory and no
 * barrier. There a storage load is a gather, one element at a time whatever its type, and a barrier costs dearly; what counts
 * is multiply-adds per load, and a loop so short that the CPU's compiler neither unrolls it nor runs out of registers: for one
 * element of k, 8 of A and 16 of B give 128 multiply-adds. Taking four of k at once through vec4 loads made pipelines three
 * times as slow to compile and half as fast. On a GPU this rung is correct and slow (each load misses its neighbours').
 */
import { defineKernel, FLAT_INDEX, flatGrid, indent, type Kernel } from '../kernel.ts';
import { declareAccumulators, fragment, multiplyAdd, type Tile } from './micro-kernel.ts';
import { loadType } from './operand.ts';
import { type Gemm, innerLength } from './problem.ts';
import { resultBindings, storeFunction, storeTile, storeWidth } from './store.ts';

/** Tiles of one phase of C, hence invocations. */
export const tileCount = (gemm: Gemm, tile: Tile): number =>
  Math.ceil(gemm.rows / tile.rows) * Math.ceil(gemm.columns / tile.columns);

/**
 * @param parts slices of the outer loop, one a slice of grid z; with more than one, the output holds a partial C for each
 */
export function registerTile(name: string, gemm: Gemm, tile: Tile, parts = 1): Kernel {
  const { a, b, output, epilogue } = gemm;
  const phased = gemm.phases !== undefined;
  const ragged = gemm.columns % tile.columns !== 0;
  const fa = fragment('a', a, {
    first: 'm',
    count: tile.rows,
    total: gemm.rows,
    ragged: gemm.rows % tile.rows !== 0,
    phased,
  });
  const fb = fragment('b', b, { first: 'n', count: tile.columns, total: gemm.columns, ragged, phased });
  const width = storeWidth(gemm);
  const tiles = tileCount(gemm, tile);
  const [x, y] = flatGrid(tiles);
  return defineKernel({
    name: `${gemm.family}/${name}`,
    about: [
      ...gemm.about,
      `An invocation computes ${tile.rows} x ${tile.columns} of C's ${gemm.rows} x ${gemm.columns} in registers.`,
      ...(parts > 1 ? [`Slice z of the grid sums part z of k; ${output.name} holds ${parts} partial results.`] : []),
    ],
    constants: {
      ...gemmConstants(gemm),
      TILES: tiles,
      TILES_N: Math.ceil(gemm.columns / tile.columns),
      ...(parts > 1 ? { STEPS: Math.ceil(gemm.outer / parts) } : {}),
    },
    bindings: [
      { name: a.buffer, type: loadType(a.grain), access: 'read' },
      { name: b.buffer, type: loadType(b.grain), access: 'read' },
      ...resultBindings(output, epilogue, width),
    ],
    workgroupSize: [64, 1, 1],
    workgroups: [x, y, gemm.phases?.count ?? parts],
    declarations: [a.wgsl, b.wgsl, gemm.phases?.wgsl ?? '', storeFunction(output, epilogue, width)].join('\n'),
    main: [
      FLAT_INDEX,
      'if (i >= TILES) { return; }',
      ...(phased ? ['let phase = gid.z;'] : []),
      `let m = i / TILES_N * ${tile.rows}u;`,
      `let n = i % TILES_N * ${tile.columns}u;`,
      ...fa.lines,
      ...fb.lines,
      ...declareAccumulators(tile),
      `for (var o = ${parts > 1 ? 'gid.z * STEPS' : '0u'}; o < ${outerEnd(gemm, parts)}; o++) {`,
      ...[...fa.bases('o'), ...fb.bases('o')].map((line) => indent(line)),
      `  for (var c = 0u; c < ${innerLength(gemm)}; c++) {`,
      ...[...fa.load(0, 'c'), ...fb.load(0, 'c'), ...multiplyAdd(tile, fa, fb, 0)].map((line) => indent(line, 2)),
      '  }',
      '}',
      storeTile(gemm, tile, {
        rows: `min(${tile.rows}u, M - m)`,
        row: phased ? 'output_row(m + r, phase)' : 'm + r',
        column: 'n + v * 4u',
        ...(parts > 1 ? { offset: 'gid.z * (ROWS * N)' } : {}),
      }),
    ].join('\n'),
    cost: gemm.cost,
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

function outerEnd(gemm: Gemm, parts: number): string {
  if (gemm.phases) return 'outer_steps(phase)';
  return parts > 1 ? 'min(OUTER, gid.z * STEPS + STEPS)' : 'OUTER';
}
