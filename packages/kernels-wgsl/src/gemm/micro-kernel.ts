/**
 * The inner loop that all families and rungs share. A tile of C lives in named variables, which become registers; a step of k
 * loads one element of each of the tile's rows (from A) and columns (from B) and adds their outer product. Four columns make a
 * vec4. Everything is unrolled by this generator: an array with a computed index would go through memory.
 *
 * Loads come as the operand's grain gives them and multiply-adds pick components, so that one formula serves every layout:
 * `acc0_1 = fma(vec4f(a0.x), b1, acc0_1)`, where b1 is four columns loaded at once or `vec4f(b4.x, b5.x, b6.x, b7.x)` of four
 * runs along k. It is said as `fma` because SwiftShader compiles `a * b + c` to four products, kept in memory, and then four
 * sums, but an `fma` component by component in registers: half the time.
 */
import type { Width } from '../expression.ts';
import type { Operand } from './operand.ts';

/** Rows and columns of C in one invocation. */
export interface Tile {
  rows: number;
  columns: number;
  /** Columns in one accumulator, a vec4f or an f32: by default 4 where the columns come by fours. */
  width?: Width;
}

export const tileWidth = ({ columns, width }: Tile): Width => width ?? (columns % 4 === 0 ? 4 : 1);

/** Accumulators in a row of the tile. */
export const tileVectors = (tile: Tile): number => tile.columns / tileWidth(tile);

/** One operand's share of a tile: WGSL statements that load it, and the names under which its elements are found. */
export interface Fragment {
  /** Decodes the lines; once. */
  lines: string[];
  /** Starts of the runs at outer step `o`. `tag` keeps several sets of names apart. */
  bases(o: string, tag?: string): string[];
  /** Loads for elements c + kk of the runs, kk in 0..3 of a chunk. A vec4 along k comes with kk = 0. */
  load(kk: number, c: string, tag?: string): string[];
  /** Element kk of line i, an f32. */
  value(i: number, kk: number): string;
  /** Element kk of lines 4j to 4j + 3, a vec4f. */
  vector(j: number, kk: number): string;
  /** Elements 0 to 3 of line i, a vec4f. */
  run(i: number): string;
}

const COMPONENTS = ['x', 'y', 'z', 'w'] as const;

/**
 * `count` neighbouring lines from `first` (WGSL; a multiple of 4 where the grain is line4) out of `total`. Where tiles do not
 * divide the lines (`ragged`), those beyond the last repeat it, so that every load stays inside the buffer; what they add is
 * never stored.
 */
export function fragment(
  side: 'a' | 'b',
  { grain }: Operand,
  {
    first,
    count,
    total,
    ragged,
    phased,
    step = 1,
  }: { first: string; count: number; total: number; ragged: boolean; phased: boolean; step?: number },
): Fragment {
  const quads = grain === 'line4';
  const loads = Array.from({ length: quads ? count / 4 : count }, (_, i) => i);
  const start = quads ? `${first} / 4u` : first;
  const last = (quads ? total / 4 : total) - 1;
  const line = (i: number) => {
    const index = i === 0 ? start : `${start} + ${i * step}u`;
    return ragged ? `min(${index}, ${last}u)` : index;
  };
  const name = (i: number, kk: number) => (grain === 'k4' ? `${side}${i}` : `${side}${i}_${kk}`);
  const value = (i: number, kk: number) =>
    quads
      ? `${name(i >> 2, kk)}.${COMPONENTS[i & 3]}`
      : grain === 'k4'
        ? `${name(i, kk)}.${COMPONENTS[kk]}`
        : name(i, kk);
  const four = (of: (l: number) => string) => `vec4f(${[0, 1, 2, 3].map(of).join(', ')})`;
  return {
    lines: loads.map((i) => `let ${side}_line${i} = ${side}_line(${line(i)}${phased ? ', phase' : ''});`),
    bases: (o, tag = '') => loads.map((i) => `let ${side}_base${i}${tag} = ${side}_base(${side}_line${i}, ${o});`),
    load: (kk, c, tag = '') =>
      grain === 'k4' && kk > 0
        ? []
        : loads.map((i) => `let ${name(i, kk)} = ${side}_load(${side}_base${i}${tag}, ${c});`),
    value,
    vector: (j, kk) => (quads ? name(j, kk) : four((l) => value(4 * j + l, kk))),
    run: (i) => (grain === 'k4' ? name(i, 0) : four((kk) => value(i, kk))),
  };
}

/** Name of the accumulator of row i and vector (or column) j. */
export const accumulator = (i: number, j: number): string => `acc${i}_${j}`;

/** `f(i, j)` for every accumulator of the tile, in order. */
export function eachAccumulator<T>(tile: Tile, f: (i: number, j: number) => T): T[] {
  const vectors = Array.from({ length: tileVectors(tile) }, (_, j) => j);
  return Array.from({ length: tile.rows }, (_, i) => vectors.map((j) => f(i, j))).flat();
}

export const declareAccumulators = (tile: Tile): string[] =>
  eachAccumulator(tile, (i, j) => `var ${accumulator(i, j)} = ${tileWidth(tile) === 1 ? '0.0f' : 'vec4f()'};`);

/**
 * Adds the outer products of A's and B's elements `kks` of the chunk that is loaded, one accumulator after another. A CPU's
 * registers are few: in another order its compiler keeps the products of one element in memory until the next element's are made.
 */
export function multiplyAdd(
  tile: Tile,
  a: Pick<Fragment, 'value'>,
  b: Pick<Fragment, 'value' | 'vector'>,
  ...kks: readonly number[]
): string[] {
  const narrow = tileWidth(tile) === 1;
  const column = (j: number, kk: number) => (narrow ? b.value(j, kk) : `column${j}_${kk}`);
  const columns = Array.from({ length: tileVectors(tile) }, (_, j) =>
    kks.map((kk) => `let ${column(j, kk)} = ${b.vector(j, kk)};`),
  );
  const sums = eachAccumulator(tile, (i, j) =>
    kks.map((kk) => {
      const row = a.value(i, kk);
      return `${accumulator(i, j)} = fma(${narrow ? row : `vec4f(${row})`}, ${column(j, kk)}, ${accumulator(i, j)});`;
    }),
  );
  return [...(narrow ? [] : columns), ...sums].flat();
}
