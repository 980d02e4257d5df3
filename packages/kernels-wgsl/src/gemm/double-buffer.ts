/** Two slabs of each operand in workgroup memory: while one is multiplied the next is on its way from storage. */
import { indent, type Kernel, MAX_WORKGROUPS } from '../kernel.ts';
import { defineGemmKernel, depthOf, oneDispatch } from './gemm-kernel.ts';
import { declareAccumulators, type Fragment, multiplyAdd } from './micro-kernel.ts';
import type { Gemm } from './problem.ts';
import type { Rung } from './rung.ts';
import { type Block, COMPONENTS, FOUR, fetchBlock, type Slab, slabTiles } from './slab.ts';
import { storeTile, storeWidth } from './store.ts';

/** 128 x 16 elements, 128 blocks of 4 x 4: those of A for one half of the 256 invocations, those of B for the other. */
export const DOUBLE: Slab = { size: 128, depth: 16 };

export const doubleBuffer: Rung = {
  name: '8-double-buffer',
  idea:
    '128 x 128 of C a workgroup of 256, 8 x 8 an invocation, and two slabs of either operand: the loads of the next slab are ' +
    'issued before the present one is multiplied, and stored after, so that arithmetic hides their latency and one barrier a ' +
    'slab is enough. A warp computes 4 x 8 of these 8 x 8, which reads fewer different addresses at once than a row of them. ' +
    'For large products on a GPU.',
  loads: 'vec4',
  build: (gemm) => oneDispatch(gemm, doubleBufferKernel(gemm)),
};

/** vec4s in one slab of either operand. */
const HALF = 512;
const TILE = { rows: 8, columns: 8 };
const ROWS = [0, 1, 2, 3, 4, 5, 6, 7];

function doubleBufferKernel(gemm: Gemm): Kernel {
  const phased = gemm.phases !== undefined;
  const tiles = slabTiles(gemm, DOUBLE);
  const fetchA = fetchBlock('a', gemm, DOUBLE);
  const fetchB = fetchBlock('b', gemm, DOUBLE);
  return defineGemmKernel(doubleBuffer.name, gemm, {
    about: [`A workgroup computes 128 x 128 of C's ${gemm.rows} x ${gemm.columns}, an invocation 8 x 8; k by 16.`],
    constants: { TILES: tiles, TILES_N: Math.ceil(gemm.columns / 128) },
    width: storeWidth(gemm),
    workgroupSize: 256,
    grid: [Math.min(tiles, MAX_WORKGROUPS), Math.ceil(tiles / MAX_WORKGROUPS)],
    declarations: [
      '',
      `var<workgroup> slab_a: array<vec4f, ${2 * HALF}>; // 2 of [128 rows, 16 of k], the vec4s of each pair of rows turned by one more`,
      `var<workgroup> slab_b: array<vec4f, ${2 * HALF}>; // 2 of [16 of k, 128 columns]`,
    ],
    main: [
      `let tile = wid.x + wid.y * ${MAX_WORKGROUPS}u;`,
      'if (tile >= TILES) { return; }',
      ...(phased ? ['let phase = wid.z;'] : []),
      'let m = tile / TILES_N * 128u;',
      'let n = tile % TILES_N * 128u;',
      '// Eight warps, 4 x 2 of them; in each 4 x 8 invocations.',
      'let side_m = lid.x / 64u * 4u + lid.x % 32u / 8u;',
      'let side_n = lid.x / 32u % 2u * 8u + lid.x % 8u;',
      '// The 4 x 4 block that this invocation fetches, of A (4 rows, 4 of k) or of B (4 of k, 4 columns).',
      'let fetches_a = lid.x < 128u;',
      'let row_a = lid.x % 128u / 4u * 4u;',
      'let deep_a = lid.x % 4u;',
      'let column_b = lid.x % 32u;',
      'let deep_b = lid.x % 128u / 32u;',
      'let block_a = m + row_a;',
      'let block_b = n + column_b * 4u;',
      ...fetchA.lines,
      ...fetchB.lines,
      ...FOUR.map((i) => `var next${i} = vec4f();`),
      ...declareAccumulators(TILE),
      `let k_end = ${depthOf(gemm)};`,
      '// Each round fetches the slab at k0 and multiplies the one before; the first has none to multiply, the last none to fetch.',
      'for (var k0 = 0u; k0 < k_end + 16u; k0 += 16u) {',
      `  let half = k0 / 16u % 2u * ${HALF}u;`,
      '  if (k0 < k_end) {',
      '    if (fetches_a) {',
      ...fetched(fetchA, 'k0 + deep_a * 4u', fetchA.alongK),
      '    } else {',
      ...fetched(fetchB, 'k0 + deep_b * 4u', fetchB.alongLines),
      '    }',
      '  }',
      '  if (k0 > 0u) {',
      ...multiplied().map((line) => indent(line, 2)),
      '  }',
      '  if (fetches_a) {',
      ...FOUR.map((l) => `    slab_a[half + (row_a + ${l}u) * 4u + (deep_a + (row_a + ${l}u) / 2u) % 4u] = next${l};`),
      '  } else {',
      ...FOUR.map((kk) => `    slab_b[half + (deep_b * 4u + ${kk}u) * 32u + column_b] = next${kk};`),
      '  }',
      '  workgroupBarrier();',
      '}',
      storeTile(gemm, TILE, {
        row: phased ? 'output_row(m + side_m + r * 16u, phase)' : 'm + side_m + r * 16u',
        column: 'n + (side_n + v * 16u) * 4u',
      }),
    ],
    requires: { workgroupStorage: 16 * 2 * 2 * HALF },
  });
}

/** Loads a block of the next slab into registers. */
const fetched = (block: Block, k: string, vector: (i: number) => string): string[] =>
  [...block.load(k), ...FOUR.map((i) => `next${i} = ${vector(i)};`)].map((line) => indent(line, 3));

/** Multiplies what the other half of the slabs holds. */
function multiplied(): string[] {
  const fromSlab: Pick<Fragment, 'value' | 'vector'> = {
    value: (i, kk) => `run${i}.${COMPONENTS[kk]}`,
    vector: (j, kk) => `slab_b[other + (4u * q + ${kk}u) * 32u + side_n + ${16 * j}u]`,
  };
  return [
    `let other = ${HALF}u - half;`,
    'for (var q = 0u; q < 4u; q++) {',
    "  // Turned, so that a warp's four rows lie in different banks.",
    '  let turned = (q + side_m / 2u) % 4u;',
    ...ROWS.map((r) => `  let run${r} = slab_a[other + (side_m + ${16 * r}u) * 4u + turned];`),
    ...FOUR.flatMap((kk) => multiplyAdd(TILE, fromSlab, fromSlab, kk)).map((line) => indent(line)),
    '}',
  ];
}
