/** How a tile of C leaves the registers: guards at C's edges, and the epilogue, in the last pass over the result. */

import { type Epilogue, epilogueBindings, renderEpilogue } from '../epilogue.ts';
import type { Width } from '../expression.ts';
import { type Binding, indent } from '../kernel.ts';
import { accumulator, eachAccumulator, type Tile, tileVectors, tileWidth } from './micro-kernel.ts';
import type { Gemm, Output } from './problem.ts';

/**
 * Elements that one store writes: 4 where rows of C, and of the result as the epilogue sees it, are whole vec4s.
 * @param accumulators columns in one of the tile's; default 4
 */
export const storeWidth = (gemm: Pick<Gemm, 'columns' | 'output'>, accumulators: Width = 4): Width =>
  accumulators === 4 && gemm.columns % 4 === 0 && gemm.output.epilogueColumns % 4 === 0 ? 4 : 1;

/** The buffers of a result: the epilogue's operands, then the output. */
export const resultBindings = (output: Output, epilogue: Epilogue, width: Width): Binding[] => [
  ...epilogueBindings(epilogue, width),
  { name: output.name, type: width === 4 ? 'vec4f' : 'f32', access: 'read_write' },
];

/** WGSL `fn store(index, result)`: applies the epilogue and writes element (or vec4) `index` of the output. */
export function storeFunction(output: Output, epilogue: Epilogue, width: Width): string {
  const columns = `${output.epilogueColumns / width}u`;
  const place = {
    results: ['result'],
    output: output.name,
    index: 'index',
    row: `index / ${columns}`,
    column: `index % ${columns}`,
    width,
  };
  const { lines, values } = renderEpilogue(epilogue, place);
  return `
fn store(index: u32, result: ${width === 4 ? 'vec4f' : 'f32'}) {
${indent([...lines, `${output.name}[index] = ${values[0]};`].join('\n'))}
}`;
}

/** Where a tile's results go, in WGSL. */
export interface StorePlace {
  /** Output row of the tile's row `r`, a number of at least ROWS where there is none. */
  row: string;
  /** Output column at which the tile's vector `v` begins. */
  column: string;
  /** Which of the tile's rows of accumulators holds row `r`; default `r` itself. */
  held?: string | undefined;
  /** Added to every index. */
  offset?: string;
}

/**
 * Stores the tile's accumulators. They are copied to an array first, which a loop may index: the epilogue is then compiled
 * once and not once a result, which would take most of a pipeline's compilation. The loop's bound depends on `m`, the first of
 * the tile's rows, so that no compiler unrolls it: llvmpipe's took ten times as long over 32 copies of an epilogue.
 */
export function storeTile(gemm: Gemm, tile: Tile, { row, column, held = 'r', offset }: StorePlace): string {
  const width = storeWidth(gemm, tileWidth(tile));
  const vectors = tileVectors(tile);
  const type = tileWidth(tile) === 1 ? 'f32' : 'vec4f';
  const result = `results[${held} * ${vectors}u + v]`;
  const index = `${offset ? `${offset} + ` : ''}row * N + column`;
  const stores =
    width === 4
      ? `if (column < N) { store((${index}) / 4u, ${result}); }`
      : type === 'f32'
        ? `if (column < N) { store(${index}, ${result}); }`
        : `for (var l = 0u; l < min(4u, max(N, column) - column); l++) { store(${index} + l, ${result}[l]); }`;
  return `
let results = array<${type}, ${tile.rows * vectors}>(
  ${eachAccumulator(tile, accumulator).join(', ')},
);
for (var r = 0u; r < min(${tile.rows}u, M - m); r++) {
  let row = ${row};
  if (row >= ROWS) { continue; }
  for (var v = 0u; v < ${vectors}u; v++) {
    let column = ${column};
    ${stores}
  }
}`;
}
