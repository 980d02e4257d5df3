/** Workgroup memory, and nothing else: what a workgroup's invocations read of A and B they read from storage once. */
import { type Kernel, MAX_WORKGROUPS } from '../kernel.ts';
import { defineGemmKernel, depthOf, oneDispatch, phaseArgument } from './gemm-kernel.ts';
import type { Gemm } from './problem.ts';
import type { Rung } from './rung.ts';

/** Rows and columns of C a workgroup computes, an invocation each, and elements of k in a slab. */
const SIDE = 16;

export const workgroupTile: Rung = {
  name: '1-workgroup-tile',
  idea:
    'The 256 invocations of a workgroup fetch 16 x 16 slabs of A and B into workgroup memory together, one element of each an ' +
    'invocation, and all multiply from there: a sixteenth of the loads from storage. It pays on a GPU, where that memory is ' +
    'on the chip; a CPU has caches already, emulates the memory in them, and loses half its speed to the barriers.',
  loads: 'scalar',
  build: (gemm) => oneDispatch(gemm, workgroupTileKernel(gemm)),
};

function workgroupTileKernel(gemm: Gemm): Kernel {
  const tilesN = Math.ceil(gemm.columns / SIDE);
  const tiles = Math.ceil(gemm.rows / SIDE) * tilesN;
  const phase = phaseArgument(gemm);
  return defineGemmKernel(workgroupTile.name, gemm, {
    about: [`A workgroup computes 16 x 16 of C's ${gemm.rows} x ${gemm.columns}, an invocation one element; k by 16.`],
    constants: { TILES: tiles, TILES_N: tilesN },
    width: 1,
    workgroupSize: SIDE * SIDE,
    grid: [Math.min(tiles, MAX_WORKGROUPS), Math.ceil(tiles / MAX_WORKGROUPS)],
    declarations: [
      '',
      'var<workgroup> slab_a: array<f32, 256>; // [16 rows, 16 of k]',
      'var<workgroup> slab_b: array<f32, 256>; // [16 of k, 16 columns]',
    ],
    main: [
      `let tile = wid.x + wid.y * ${MAX_WORKGROUPS}u;`,
      'if (tile >= TILES) { return; }',
      ...(gemm.phases ? ['let phase = wid.z;'] : []),
      'let side_m = lid.x / 16u;',
      'let side_n = lid.x % 16u;',
      'let m = tile / TILES_N * 16u + side_m;',
      'let n = tile % TILES_N * 16u + side_n;',
      "// Beyond C's last row or column the last is computed again, and not stored.",
      `let line_a = a_line(min(m, M - 1u)${phase});`,
      `let line_b = b_line(min(n, N - 1u)${phase});`,
      `let k_end = ${depthOf(gemm)};`,
      'var sum = 0.0f;',
      'for (var k0 = 0u; k0 < k_end; k0 += 16u) {',
      '  // Beyond the end of k the last element is loaded, and counts as zero.',
      '  let k_a = min(k0 + side_n, k_end - 1u);',
      '  let k_b = min(k0 + side_m, k_end - 1u);',
      '  let a = a_load(a_base(line_a, k_a / INNER), k_a % INNER);',
      '  let b = b_load(b_base(line_b, k_b / INNER), k_b % INNER);',
      '  slab_a[lid.x] = select(0.0f, a, k0 + side_n < k_end);',
      '  slab_b[lid.x] = select(0.0f, b, k0 + side_m < k_end);',
      '  workgroupBarrier();',
      '  for (var k = 0u; k < 16u; k++) { sum += slab_a[side_m * 16u + k] * slab_b[k * 16u + side_n]; }',
      '  workgroupBarrier();',
      '}',
      'if (m >= M || n >= N) { return; }',
      `let row = ${gemm.phases ? 'output_row(m, phase)' : 'm'};`,
      'if (row < ROWS) { store(row * N + n, sum); }',
    ],
    requires: { workgroupStorage: 2 * 4 * SIDE * SIDE },
  });
}
