/**
 * Register tiles whose rows of A are shared by a subgroup. Invocations side by side in C need the same rows of A; here all of a
 * workgroup do, so each lane loads one row's element of k, and broadcasts from fixed lanes hand them around: one load for as
 * many rows as a subgroup has lanes. On a CPU a load is a gather, lane after lane; a broadcast is an instruction or two.
 *
 * SwiftShader's subgroup is one quad, and there a broadcast is some twenty instructions, but a swap of neighbours one. So its
 * lanes swap: lane l has the rows in the order 0 ^ l, 1 ^ l, 2 ^ l, 3 ^ l, which matters to nothing before C is stored.
 */
import type { AdapterClass } from '../candidate.ts';
import { indent, type Kernel, MAX_WORKGROUPS, type Requirements } from '../kernel.ts';
import { defineGemmKernel, oneDispatch, outerLoop } from './gemm-kernel.ts';
import { declareAccumulators, type Fragment, fragment, multiplyAdd, type Tile } from './micro-kernel.ts';
import { type Gemm, innerLength } from './problem.ts';
import type { Rung } from './rung.ts';
import { INVOCATIONS, inParts, partsFor } from './split-k.ts';
import { storeTile, storeWidth } from './store.ts';

export const subgroupTile: Rung = {
  name: '10-subgroup',
  idea:
    'Invocations side by side in C share rows of A: each lane of a subgroup loads another row, handed around without workgroup ' +
    'memory or a barrier. Fastest on a CPU, where a load gathers lane after lane.',
  loads: 'lines',
  requires: requirements,
  suits: (gemm, adapter) => sharing(gemm, adapter) !== null,
  build: (gemm, adapter) => oneDispatch(gemm, subgroupKernel(subgroupTile.name, gemm, adapter)),
};

export const subgroupSplitK: Rung = {
  name: '11-subgroup-split-k',
  idea: 'The subgroup tile over parts of k side by side, which a second dispatch adds in order: for a small C with a long k.',
  loads: 'lines',
  requires: requirements,
  suits: (gemm, adapter) => sharing(gemm, adapter) !== null && partsOf(gemm, adapter) > 1,
  build: (gemm, adapter) =>
    inParts(gemm, partsOf(gemm, adapter), (partial, parts) =>
      subgroupKernel(subgroupSplitK.name, partial, adapter, parts),
    ),
};

/** How invocations share. */
interface Sharing {
  /** Lanes of every subgroup: which lane holds which row is written into the kernel. */
  lanes: number;
  /** Invocations of a workgroup, side by side in C. */
  invocations: number;
  /** Rows and columns of C in an invocation. */
  tile: Tile;
  /**
   * Elements of k in a turn of the inner loop, where they divide a run that is not a short one. A CPU writes every sum of the tile
   * back once a turn, under a mask of the lanes that are still in the loop; but the text of a turn must not outgrow what the CPU
   * keeps of decoded instructions, and llvmpipe's, a dozen for every load of a lane, is long.
   */
  turn: number;
}

/** What lane l of a quad calls to have the value of lane l ^ 1, l ^ 2 and l ^ 3. */
const QUAD_SWAPS = ['', 'quadSwapX', 'quadSwapY', 'quadSwapDiagonal'];

/** Elements of an inner run that are worth a longer turn, and those that are not worth a loop. */
const LONG_RUN = 16;
const SHORT_RUN = 4;

const TILE_ROWS = [4, 8, 16, 24, 32];
/** A tile's row, in loads of an element: one load, and multiply-adds with two vec4s, which take a CPU as long as four. */
const ROW_COST = 5;

const SHARING: Record<AdapterClass, Sharing> = {
  gpu: { lanes: 32, invocations: 64, tile: { rows: 32, columns: 4 }, turn: 1 },
  llvmpipe: { lanes: 8, invocations: 8, tile: { rows: 32, columns: 8 }, turn: 1 },
  swiftshader: { lanes: 4, invocations: 4, tile: { rows: 16, columns: 8 }, turn: 2 },
};

function requirements(adapter: AdapterClass): Requirements {
  const { lanes } = SHARING[adapter];
  return { features: ['subgroups'], subgroupSizes: [lanes, lanes] };
}

/** The tile, no larger than C asks for; null where C is too narrow to give every lane of a subgroup a column. */
function sharing(gemm: Gemm, adapter: AdapterClass): Sharing | null {
  const { rows, columns } = gemm;
  const { lanes, invocations, tile, turn } = SHARING[adapter];
  // SwiftShader's text of eight loads of a column each outgrows the instruction cache.
  const widest = lanes > 4 || gemm.b.grain === 'line4' ? tile.columns : 4;
  const each = columns >= widest * invocations ? widest : 4;
  const across = lanes * each;
  if (columns < across) return null;
  return {
    lanes,
    invocations: Math.min(invocations, Math.ceil(columns / across) * lanes),
    tile: { rows: fittingRows(rows, tile.rows, across), columns: each },
    turn: turnOf(gemm, turn),
  };
}

/** Rows of a tile, at most `most`, with which least is loaded, and computed beyond C's last row, for `across` columns a tile. */
function fittingRows(rows: number, most: number, across: number): number {
  const cost = (size: number) => Math.ceil(rows / size) * (ROW_COST * size + across);
  return TILE_ROWS.reduce((best, size) => (size <= most && cost(size) <= cost(best) ? size : best));
}

function turnOf(gemm: Gemm, turn: number): number {
  const { inner } = gemm;
  if (innerLength(gemm) !== 'INNER') return 1;
  if (inner <= SHORT_RUN) return inner;
  return inner >= LONG_RUN && inner % turn === 0 ? turn : 1;
}

/** Workgroups along the rows and the columns of C. */
function grid(gemm: Gemm, { tile, invocations }: Sharing): [down: number, across: number] {
  return [Math.ceil(gemm.rows / tile.rows), Math.ceil(gemm.columns / (tile.columns * invocations))];
}

function partsOf(gemm: Gemm, adapter: AdapterClass): number {
  const how = sharing(gemm, adapter)!;
  const [down, across] = grid(gemm, how);
  return partsFor(gemm, down * across * how.invocations, INVOCATIONS[adapter]);
}

function subgroupKernel(rung: string, gemm: Gemm, adapter: AdapterClass, parts = 1): Kernel {
  const how = sharing(gemm, adapter)!;
  const { lanes, invocations, tile, turn } = how;
  const [down, across] = grid(gemm, how);
  const columns = tile.columns * invocations;
  const phased = gemm.phases !== undefined;
  const rowsOfA = sharedRows(gemm, how);
  const elements = Array.from({ length: turn }, (_, kk) => kk);
  const fb = fragment('b', gemm.b, {
    first: 'n',
    count: tile.columns,
    total: gemm.columns,
    ragged: gemm.columns % columns !== 0,
    phased,
  });
  const inner = (c: string) => [
    ...elements.flatMap((kk) => [rowsOfA, fb].flatMap(({ load }) => load(kk, kk === 0 ? c : `${c} + ${kk}u`))),
    ...multiplyAdd(tile, rowsOfA, fb, ...elements),
  ];
  return defineGemmKernel(rung, gemm, {
    about: [
      `A workgroup computes ${tile.rows} x ${columns} of C's ${gemm.rows} x ${gemm.columns}: an invocation ${tile.rows} x ${tile.columns}, ${invocations} side by side in subgroups of ${lanes}.`,
    ],
    enables: ['subgroups'],
    constants: {
      TILES: down * across,
      TILES_N: across,
      ...(parts > 1 ? { STEPS: Math.ceil(gemm.outer / parts) } : {}),
    },
    width: storeWidth(gemm),
    workgroupSize: invocations,
    grid: [Math.min(down * across, MAX_WORKGROUPS), Math.ceil((down * across) / MAX_WORKGROUPS)],
    parts,
    main: [
      `let tile = wid.x + wid.y * ${MAX_WORKGROUPS}u;`,
      'if (tile >= TILES) { return; }',
      ...(phased ? ['let phase = wid.z;'] : []),
      `let m = tile / TILES_N * ${tile.rows}u;`,
      `let n = tile % TILES_N * ${columns}u + lid.x * ${tile.columns}u;`,
      ...rowsOfA.lines,
      ...fb.lines,
      ...declareAccumulators(tile),
      outerLoop(gemm, parts, 'wid.z'),
      ...[...rowsOfA.bases, ...fb.bases('o')].map((line) => indent(line)),
      ...(turn === gemm.inner
        ? inner('0u').map((line) => indent(line))
        : [
            `  for (var c = 0u; c < ${innerLength(gemm)}; ${turn === 1 ? 'c++' : `c += ${turn}u`}) {`,
            ...inner('c').map((line) => indent(line, 2)),
            '  }',
          ]),
      '}',
      storeTile(gemm, tile, {
        row: phased ? 'output_row(m + r, phase)' : 'm + r',
        column: 'n + v * 4u',
        held: rowsOfA.held,
        ...(parts > 1 ? { offset: 'wid.z * (ROWS * N)' } : {}),
      }),
    ],
    requires: requirements(adapter),
  });
}

/** The tile's rows of A: lane l loads rows l, l + lanes, ... (or the l-th four of them), and all of them reach every lane. */
function sharedRows(gemm: Gemm, { lanes, tile }: Sharing) {
  const each = gemm.a.grain === 'line4' ? 4 : 1;
  const held = tile.rows / each; // in a lane each, as far as there are lanes
  const loads = Math.ceil(held / lanes);
  const fa = fragment('a', gemm.a, {
    first: `(m + ${held < lanes ? `lane % ${held}u` : 'lane'}${each === 4 ? ' * 4u' : ''})`,
    count: loads * each,
    step: lanes,
    total: gemm.rows,
    ragged: gemm.rows % (loads * Math.min(held, lanes) * each) !== 0,
    phased: gemm.phases !== undefined,
  });
  const rows = Array.from({ length: tile.rows }, (_, i) => i);
  /** Which of a lane's elements row i is, and in which lane. */
  const source = (i: number) => {
    const at = Math.floor(i / each);
    return { element: Math.floor(at / lanes) * each + (i % each), lane: at % lanes };
  };
  const row = (i: number, kk: number) => `row${i}_${kk}`;
  const quad = lanes === 4;
  const share = (value: string, lane: number) =>
    quad ? (lane === 0 ? value : `${QUAD_SWAPS[lane]}(${value})`) : `subgroupBroadcast(${value}, ${lane}u)`;
  return {
    lines: fa.lines,
    bases: fa.bases('o'),
    load: (kk: number, c: string) => [
      ...fa.load(kk, c),
      ...rows.map((i) => `let ${row(i, kk)} = ${share(fa.value(source(i).element, kk), source(i).lane)};`),
    ],
    value: row,
    held: quad ? `(r ^ (lane % ${Math.min(held, lanes)}u * ${each}u))` : undefined,
  } satisfies Pick<Fragment, 'lines' | 'value'> & Record<string, unknown>;
}
