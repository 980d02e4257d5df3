/**
 * The kernel on matrix units. The tile of C is dealt out to subgroups, each of which multiplies matrices out of slabs in
 * workgroup memory, and puts its sums there for all invocations to store.
 */
import { indent, type Kernel, MAX_WORKGROUPS, type Requirements, type SubgroupMatrix } from '../kernel.ts';
import { defineGemmKernel, depthOf } from './gemm-kernel.ts';
import type { Gemm } from './problem.ts';
import { FOUR, fetchBlock, type Slab, slabTiles } from './slab.ts';
import { storeWidth } from './store.ts';

/** A matrix, and how many invocations a subgroup has at most. Where it has fewer, some subgroups fetch and do not multiply. */
export interface Unit extends SubgroupMatrix {
  lanes: 32 | 64;
}

/** What a workgroup computes, a slab as deep as a subgroup is wide: an invocation then fetches one 4 x 4 block of A and of B. */
export interface MatrixTile extends Slab {
  /** Rows and columns of C that a subgroup computes. */
  region: [rows: 32 | 64, columns: 32];
}

/** Elements by which a row of a slab is longer than it must be, so that rows begin in different banks. */
const PAD = 8;

/** @param parts slices of the outer loop, one a slice of grid z, as in `registerTile` */
export function subgroupMatrixKernel(
  name: string,
  gemm: Gemm,
  unit: Unit,
  tile: MatrixTile,
  requires: Requirements,
  parts: number,
): Kernel {
  const { size, depth, region } = tile;
  const phased = gemm.phases !== undefined;
  const regionsAcross = size / region[1];
  const regions = (size / region[0]) * regionsAcross;
  const invocations = regions * unit.lanes;
  const [pitchA, pitchB] = [depth + PAD, size + PAD];
  const patch = unit.m * unit.n;
  const tiles = slabTiles(gemm, tile);
  const fetchA = fetchBlock('a', gemm, tile);
  const fetchB = fetchBlock('b', gemm, tile);
  const down = Array.from({ length: region[0] / unit.m }, (_, i) => i);
  const across = Array.from({ length: region[1] / unit.n }, (_, j) => j);
  const sums = down.flatMap((i) => across.map((j) => ({ i, j, name: `sum${i}_${j}` })));
  const depthHere = depthOf(gemm);
  return defineGemmKernel(name, gemm, {
    about: [
      `A workgroup computes ${size} x ${size} of C's ${gemm.rows} x ${gemm.columns}, a subgroup ${region.join(' x ')}; k by ${depth}.`,
    ],
    enables: ['f16', 'subgroups', 'chromium_experimental_subgroup_matrix'],
    constants: {
      TILES: tiles,
      TILES_N: Math.ceil(gemm.columns / size),
      REGIONS: regions,
      REGIONS_N: regionsAcross,
      PATCH: patch,
      ...(parts > 1 ? { PART: Math.ceil(gemm.outer / parts) * gemm.inner } : {}),
    },
    width: storeWidth(gemm),
    workgroupSize: invocations,
    grid: [Math.min(tiles, MAX_WORKGROUPS), Math.ceil(tiles / MAX_WORKGROUPS)],
    parts,
    declarations: [
      '',
      "// In a matrix's type the columns come before the rows.",
      `alias Left = subgroup_matrix_left<f16, ${unit.k}, ${unit.m}>;`,
      `alias Right = subgroup_matrix_right<f16, ${unit.n}, ${unit.k}>;`,
      `alias Sum = subgroup_matrix_result<f32, ${unit.n}, ${unit.m}>;`,
      `var<workgroup> slab_a: array<f16, ${size * pitchA}>; // [${size} rows, ${depth} of k], a row padded by ${PAD}`,
      `var<workgroup> slab_b: array<f16, ${depth * pitchB}>; // [${depth} of k, ${size} columns], a row padded by ${PAD}`,
      `var<workgroup> patches: array<f32, ${regions * patch}>; // [REGIONS, ${unit.m}, ${unit.n}], a matrix of C each`,
      '',
      storePatches(gemm, unit, region, { invocations, parts }),
    ],
    main: [
      `let tile = wid.x + wid.y * ${MAX_WORKGROUPS}u;`,
      'if (tile >= TILES) { return; }',
      ...(phased ? ['let phase = wid.z;'] : []),
      `let m = tile / TILES_N * ${size}u;`,
      `let n = tile % TILES_N * ${size}u;`,
      `let region_m = sid / REGIONS_N * ${region[0]}u;`,
      `let region_n = sid % REGIONS_N * ${region[1]}u;`,
      '// The 4 x 4 blocks of A (4 rows, 4 of k) and of B (4 of k, 4 columns) that this invocation fetches.',
      `let row_a = lid.x / ${depth / 4}u * 4u;`,
      `let deep_a = lid.x % ${depth / 4}u * 4u;`,
      `let column_b = lid.x % ${size / 4}u * 4u;`,
      `let deep_b = lid.x / ${size / 4}u * 4u;`,
      'let block_a = m + row_a;',
      'let block_b = n + column_b;',
      ...fetchA.lines,
      ...fetchB.lines,
      ...['a', 'b'].flatMap((side) => FOUR.map((i) => `var next_${side}${i} = vec4<f16>();`)),
      ...sums.map((sum) => `var ${sum.name} = Sum();`),
      `let k_end = ${parts > 1 ? `min(${depthHere}, wid.z * PART + PART)` : depthHere};`,
      `let k_begin = ${parts > 1 ? 'wid.z * PART' : '0u'};`,
      '// Each round fetches the slab at k0 and multiplies the one before; the first has none to multiply, the last none to fetch.',
      `for (var k0 = k_begin; k0 < k_end + ${depth}u; k0 += ${depth}u) {`,
      '  if (k0 < k_end) {',
      ...[
        ...fetchA.load('k0 + deep_a'),
        ...FOUR.map((l) => `next_a${l} = vec4<f16>(${fetchA.alongK(l)});`),
        ...fetchB.load('k0 + deep_b'),
        ...FOUR.map((kk) => `next_b${kk} = vec4<f16>(${fetchB.alongLines(kk)});`),
      ].map((line) => indent(line, 2)),
      '  }',
      '  if (k0 > k_begin && sid < REGIONS) {',
      `    for (var kk = 0u; kk < ${depth}u; kk += ${unit.k}u) {`,
      ...[
        ...across.map((j) =>
          load(`right${j}`, 'Right', 'slab_b', `kk * ${pitchB}u + region_n + ${j * unit.n}u`, pitchB),
        ),
        ...down.flatMap((i) => [
          load(`left${i}`, 'Left', 'slab_a', `(region_m + ${i * unit.m}u) * ${pitchA}u + kk`, pitchA),
          ...across.map((j) => `sum${i}_${j} = subgroupMatrixMultiplyAccumulate(left${i}, right${j}, sum${i}_${j});`),
        ]),
      ].map((line) => indent(line, 3)),
      '    }',
      '  }',
      '  workgroupBarrier();',
      ...FOUR.flatMap((l) => put('slab_a', `(row_a + ${l}u) * ${pitchA}u + deep_a`, `next_a${l}`)),
      ...FOUR.flatMap((kk) => put('slab_b', `(deep_b + ${kk}u) * ${pitchB}u + column_b`, `next_b${kk}`)),
      '  workgroupBarrier();',
      '}',
      ...sums.flatMap((sum) => [
        `if (sid < REGIONS) { subgroupMatrixStore<row_major>(&patches, sid * PATCH, ${sum.name}, ${unit.n}u); }`,
        'workgroupBarrier();',
        `store_patches(lid.x, m + ${sum.i * unit.m}u, n + ${sum.j * unit.n}u${phased || parts > 1 ? ', wid.z' : ''});`,
        'workgroupBarrier();',
      ]),
    ],
    requires: {
      ...requires,
      workgroupStorage: 2 * (size * pitchA + depth * pitchB) + 4 * regions * patch,
    },
  });
}

const load = (name: string, type: string, slab: string, index: string, pitch: number): string =>
  `let ${name} = subgroupMatrixLoad<${type}, row_major>(&${slab}, ${index}, ${pitch}u);`;

/** One by one: matrices are loaded from arrays of single elements only. */
const put = (slab: string, index: string, four: string): string[] =>
  ['x', 'y', 'z', 'w'].map((component, l) => `  ${slab}[${index} + ${l}u] = ${four}.${component};`);

/**
 * WGSL `fn store_patches(id, m, n)`: all invocations of the workgroup store the regions' patches, of which the first begins at
 * row m and column n of C. A last argument is the slice of the grid where there are several.
 */
function storePatches(
  gemm: Gemm,
  { m, n }: SubgroupMatrix,
  region: MatrixTile['region'],
  { invocations, parts }: { invocations: number; parts: number },
): string {
  const phased = gemm.phases !== undefined;
  const width = storeWidth(gemm);
  const place = `${parts > 1 ? 'part * (ROWS * N) + ' : ''}row * N + column`;
  const store =
    width === 4
      ? `store((${place}) / 4u, vec4f(patches[i], patches[i + 1u], patches[i + 2u], patches[i + 3u]));`
      : `store(${place}, patches[i]);`;
  return `
fn store_patches(id: u32, m: u32, n: u32${phased ? ', phase: u32' : parts > 1 ? ', part: u32' : ''}) {
  for (var i = id * ${width}u; i < REGIONS * PATCH; i += ${invocations * width}u) {
    let region = i / PATCH;
    let r = m + region / REGIONS_N * ${region[0]}u + i / ${n}u % ${m}u;
    let column = n + region % REGIONS_N * ${region[1]}u + i % ${n}u;
    let row = ${phased ? 'output_row(r, phase)' : 'r'};
    if (row < ROWS && column < N) { ${store} }
  }
}`;
}
