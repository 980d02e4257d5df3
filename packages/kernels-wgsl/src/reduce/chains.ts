/**
 * One invocation's walk over its part of a range: one chain of operations, or four. A long chain adds up the sums of blocks, so that no
 * number meets one that has grown large over thousands of others.
 */
import type { combine } from './element.ts';

/** Steps of a block. */
const BLOCK = 256;

export interface ChainParts extends ReturnType<typeof combine> {
  /** A chain waits for each result before the next step; four chains wait a quarter of the time. */
  chains: 1 | 4;
  /** WGSL for the value that a chain starts from. */
  start: string;
  element: (r: string) => string;
  /** WGSL for the first place of the range, and the step to the next. The last lies before `end`, at most so many steps on. */
  first: string;
  step: number;
  steps: number;
}

/** WGSL that leaves what the walk found in `result`. */
export function walkInChains({ chains, start, element, two, four, first, step, steps }: ChainParts): string[] {
  if (chains === 1 && steps > BLOCK)
    return [
      `let start = ${start};`,
      'var result = start;',
      `for (var r = ${first}; r < end;) {`,
      `  let stop = min(r + ${BLOCK * step}u, end);`,
      '  var block = start;',
      `  for (; r < stop; r += ${step}u) { block = ${two('block', element('r'))}; }`,
      `  result = ${two('result', 'block')};`,
      '}',
    ];
  if (chains === 1)
    return [
      `var result = ${start};`,
      `for (var r = ${first}; r < end; r += ${step}u) { result = ${two('result', element('r'))}; }`,
    ];
  const sums = [0, 1, 2, 3];
  return [
    `let start = ${start};`,
    ...sums.map((s) => `var s${s} = start;`),
    `var r = ${first};`,
    `for (; r + ${3 * step}u < end; r += ${4 * step}u) {`,
    ...sums.map((s) => `  s${s} = ${two(`s${s}`, element(s === 0 ? 'r' : `r + ${s * step}u`))};`),
    '}',
    `for (; r < end; r += ${step}u) { s0 = ${two('s0', element('r'))}; }`,
    `let result = ${four('s0', 's1', 's2', 's3')};`,
  ];
}
