/** How a softmax walks its input: rows are the ranges that each sum to one, whichever axis they lie along. */
import type { Width } from '../expression.ts';
import type { Along } from '../workgroup-tree.ts';

export interface SoftmaxSpec {
  /** x and the result are [outer, range, inner]: a row is a range, for each place outside and inside of it. */
  outer: number;
  range: number;
  inner: number;
  /** The logarithm of the softmax: x - max - log Σ exp(x - max). */
  log: boolean;
}

export interface SoftmaxLayout {
  width: Width;
  along: Along;
  /** Rows, or four neighbouring ones at a time where vec4s run along the kept axis. */
  items: number;
  /** Steps through a row: of a value, or of four where vec4s run along the row. */
  range: number;
  /** From one step to the next, in values or vec4s. */
  inner: number;
}

/** @param widest 1 for loads of single values where vec4s would do */
export function softmaxLayout({ outer, range, inner }: SoftmaxSpec, widest: Width = 4): SoftmaxLayout {
  const along = inner === 1 ? 'reduced' : 'kept';
  const width = widest === 4 && (along === 'kept' ? inner : range) % 4 === 0 ? 4 : 1;
  return along === 'kept'
    ? { width, along, items: (outer * inner) / width, range, inner: inner / width }
    : { width, along, items: outer, range: range / width, inner: 1 };
}
