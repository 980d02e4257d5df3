/**
 * The rung for GPUs: 64 invocations share a tile of C. Together they fetch a slab of A's rows and a slab of B's columns, a few
 * elements of k deep, into workgroup memory, each one 4 x 4 block of either; then each multiplies its own registers' worth of
 * the tile out of that memory. An element is fetched from storage once a tile instead of once an invocation.
 */
import { defineKernel, indent, type Kernel, MAX_WORKGROUPS } from '../kernel.ts';
import { declareAccumulators, type Fragment, fragment, multiplyAdd } from './micro-kernel.ts';
import { loadType } from './operand.ts';
import type { Gemm } from './problem.ts';
import { gemmConstants } from './register-tile.ts';
import { resultBindings, storeFunction, storeTile, storeWidth } from './store.ts';

/** Rows and columns of C a workgroup computes, and elements of k a slab is deep. `size * depth` = 1024: one block an invocation. */
export interface Slab {
  size: 64 | 32;
  depth: 16 | 32;
}

/** Invocations along either side of the tile. */
const SIDE = 8;
const COMPONENTS = ['x', 'y', 'z', 'w'];
const FOUR = [0, 1, 2, 3];

export const slabTiles = (gemm: Gemm, { size }: Slab): number =>
  Math.ceil(gemm.rows / size) * Math.ceil(gemm.columns / size);

/** @param parts slices of the outer loop, as in `registerTile` */
export function workgroupTile(name: string, gemm: Gemm, slab: Slab, parts = 1): Kernel {
  const { a, b, output, epilogue } = gemm;
  const { size, depth } = slab;
  const phased = gemm.phases !== undefined;
  const each = size / SIDE;
  const tile = { rows: each, columns: each };
  const blocksDeep = depth / 4;
  // A row of A's slab is padded by one vec4, so that the eight rows that are read at once lie in different banks.
  const pitch = blocksDeep + 1;
  const width = storeWidth(gemm);
  const tiles = slabTiles(gemm, slab);
  const fetchA = fetchBlock('a', gemm, slab);
  const fetchB = fetchBlock('b', gemm, slab);
  const fromSlab: Pick<Fragment, 'value' | 'vector'> = {
    value: (i, kk) => `run${i}.${COMPONENTS[kk]}`,
    vector: (j, kk) => `slab_b[(4u * q + ${kk}u) * ${size / 4}u + side_n + ${SIDE * j}u]`,
  };
  const rows = Array.from({ length: each }, (_, r) => r);
  const total = gemm.depth ?? gemm.outer * gemm.inner;
  return defineKernel({
    name: `${gemm.family}/${name}`,
    about: [
      ...gemm.about,
      `A workgroup computes ${size} x ${size} of C's ${gemm.rows} x ${gemm.columns}, an invocation ${each} x ${each}; k by ${depth}.`,
      ...(parts > 1 ? [`Slice z of the grid sums part z of k; ${output.name} holds ${parts} partial results.`] : []),
    ],
    constants: {
      ...gemmConstants(gemm),
      TILES: tiles,
      TILES_N: Math.ceil(gemm.columns / size),
      ...(parts > 1 ? { PART: Math.ceil(gemm.outer / parts) * gemm.inner } : {}),
      ...(phased ? {} : { K: total }),
    },
    bindings: [
      { name: a.buffer, type: loadType(a.grain), access: 'read' },
      { name: b.buffer, type: loadType(b.grain), access: 'read' },
      ...resultBindings(output, epilogue, width),
    ],
    workgroupSize: [SIDE * SIDE, 1, 1],
    workgroups: [Math.min(tiles, MAX_WORKGROUPS), Math.ceil(tiles / MAX_WORKGROUPS), gemm.phases?.count ?? parts],
    declarations: [
      a.wgsl,
      b.wgsl,
      gemm.phases?.wgsl ?? '',
      storeFunction(output, epilogue, width),
      '',
      `var<workgroup> slab_a: array<vec4f, ${size * pitch}>; // [${size} rows, ${depth} of k], a row padded by 4`,
      `var<workgroup> slab_b: array<vec4f, ${(depth * size) / 4}>; // [${depth} of k, ${size} columns]`,
    ].join('\n'),
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
      `let k_end = ${phased ? 'outer_steps(phase) * INNER' : parts > 1 ? 'min(K, wid.z * PART + PART)' : 'K'};`,
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
        rows: `${each}u`,
        row: phased ? `output_row(m + side_m + r * ${SIDE}u, phase)` : `m + side_m + r * ${SIDE}u`,
        column: `n + (side_n + v * ${SIDE}u) * 4u`,
        ...(parts > 1 ? { offset: 'wid.z * (ROWS * N)' } : {}),
      }),
    ].join('\n'),
    cost: gemm.cost,
    requires: { workgroupStorage: 16 * (size * pitch + (depth * size) / 4) },
  });
}

/** The loads of one 4 x 4 block: `block_a` or `block_b` is its first line, its k is an argument. */
function fetchBlock(side: 'a' | 'b', gemm: Gemm, { size, depth }: Slab) {
  const total = side === 'a' ? gemm.rows : gemm.columns;
  const block = fragment(side, gemm[side], {
    first: `block_${side}`,
    count: 4,
    total,
    ragged: total % size !== 0,
    phased: gemm.phases !== undefined,
  });
  // The slab may reach beyond the end of k. What lies there is loaded from the last place before it, and counts as zero.
  const exact = gemm.inner % depth === 0 && (gemm.depth ?? 0) % depth === 0;
  // Whether four neighbours along k always belong to one outer step.
  const whole = gemm.inner % 4 === 0 && (gemm.depth ?? 0) % 4 === 0;
  const live = `live_${side}`;
  const mask = (vector: string, flag: string) => (exact ? vector : `select(vec4f(), ${vector}, ${flag})`);
  const step = (kk: number | '', k: string) => [
    `let k_${side}${kk} = ${k};`,
    `let o_${side}${kk} = k_${side}${kk} / INNER;`,
    `let c_${side}${kk} = k_${side}${kk} % INNER;`,
  ];
  return {
    lines: block.lines,
    load: (k: string): string[] =>
      whole
        ? [
            ...(exact ? [] : [`let ${live} = ${k} < k_end;`]),
            ...step('', exact ? k : `min(${k}, k_end - 4u)`),
            ...block.bases(`o_${side}`),
            ...FOUR.flatMap((kk) => block.load(kk, kk === 0 ? `c_${side}` : `c_${side} + ${kk}u`)),
          ]
        : [
            `let ${live} = vec4u(${k}) + vec4u(0u, 1u, 2u, 3u) < vec4u(k_end);`,
            ...FOUR.flatMap((kk) => [
              ...step(kk, `min(${k} + ${kk}u, k_end - 1u)`),
              ...block.bases(`o_${side}${kk}`, `_${kk}`),
              ...block.load(kk, `c_${side}${kk}`, `_${kk}`),
            ]),
          ],
    alongK: (i: number): string => mask(block.run(i), live),
    alongLines: (kk: number): string => mask(block.vector(0, kk), whole ? live : `${live}.${COMPONENTS[kk]}`),
  };
}
