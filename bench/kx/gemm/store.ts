/** How a tile of C leaves the registers: guards at C's edges, and the epilogue, in the last pass over the result. */

import { type Epilogue, epilogueBindings, renderEpilogue } from '../epilogue.ts';
import type { Width } from '../expression.ts';
import { type Binding, indent } from '../kernel.ts';
import { accumulator, type Tile, tileVectors } from './micro-kernel.ts';
import type { Gemm, Output } from './problem.ts';

/** Elements that one store writes: 4 where rows of C, and of the result as the epilogue sees it, are whole vec4s. */
export const storeWidth = (gemm: Pick<Gemm, 'columns' | 'output'>): Width =>
  gemm.columns % 4 === 0 && gemm.output.epilogueColumns % 4 === 0 ? 4 : 1;

/** The buffers of a result: the epilogue's operands, then the output. */
export const resultBindings = (output: Output, epilogue: Epilogue, width: Width): Binding[] => [
  ...epilogueBindings(epilogue, width),
  { name: output.name, type: width === 4 ? 'vec4f' : 'f32', access: 'read_write' },
];

/** WGSL `fn store(index, result)`: applies the epilogue and writes element (or vec4) `index` of the output. */
export function storeFunction(output: Output, epilogue: Epilogue, width: Width): string {
  const columns = `${output.epilogueColumns / width}u`;
  const place = { result: 'result', index: 'index', row: `index / ${columns}`, column: `index % ${columns}`, width };
  const { lines, value } = renderEpilogue(epilogue, place);
  return `
fn store(index: u32, result: ${width === 4 ? 'vec4f' : 'f32'}) {
${indent([...lines, `${output.name}[index] = ${value};`].join('\n'))}
}`;
}

/** Where a tile's results go, in WGSL. */
export interface StorePlace {
  /** Output row of the tile's i-th row, a number of at least ROWS where there is none. */
  row: (i: number) => string;
  /** Output column of the tile's j-th vector (or single column). */
  column: (j: number) => string;
  /** Added to every index. */
  offset?: string;
  /** Whether a tile may reach beyond the last column. */
  ragged: boolean;
}

/** Stores the tile's accumulators. */
export function storeTile(gemm: Gemm, tile: Tile, { row, column, offset, ragged }: StorePlace): string[] {
  const width = storeWidth(gemm);
  const vectors = Array.from({ length: tileVectors(tile) }, (_, j) => j);
  const plus = offset ? `${offset} + ` : '';
  const columns = vectors.flatMap((j) => {
    if (width === 4) return [{ name: `n${j}`, at: `(${column(j)}) / 4u`, pick: accumulatorOf(j) }];
    if (tile.columns === 1) return [{ name: 'n0', at: column(0), pick: accumulatorOf(0) }];
    return ['x', 'y', 'z', 'w'].map((lane, l) => ({
      name: `n${4 * j + l}`,
      at: `${column(j)} + ${l}u`,
      pick: (i: number) => `${accumulator(i, j)}.${lane}`,
    }));
  });
  const limit = width === 4 ? 'N / 4u' : 'N';
  const rowStores = (i: number) =>
    columns.map(({ name, pick }) => {
      const store = `store(${plus}row${i} * (${limit}) + ${name}, ${pick(i)});`;
      return ragged ? `if (${name} < ${limit}) { ${store} }` : store;
    });
  return [
    ...columns.map(({ name, at }) => `let ${name} = ${at};`),
    ...Array.from({ length: tile.rows }, (_, i) => [
      `let row${i} = ${row(i)};`,
      `if (row${i} < ROWS) {`,
      ...rowStores(i).map((line) => indent(line)),
      '}',
    ]).flat(),
  ];
}

const accumulatorOf = (j: number) => (i: number) => accumulator(i, j);
