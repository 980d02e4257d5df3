/** Samples as rows of numbers: what every metric works on. */

/** A matrix [count, width], row-major: a row a sample, its features or its pixels. */
export interface Rows {
  values: Float32Array | Float64Array | Uint8Array;
  count: number;
  width: number;
}

/** The rows with these numbers, in their order; one may come more than once. */
export function takeRows({ values, width }: Rows, indices: ArrayLike<number>): Rows {
  const taken = new Float64Array(indices.length * width);
  for (let i = 0; i < indices.length; i++)
    taken.set(values.subarray(indices[i]! * width, (indices[i]! + 1) * width), i * width);
  return { values: taken, count: indices.length, width };
}

/** `most` rows, evenly spread over all; all where there are no more. */
export function spreadRows(rows: Rows, most: number): Rows {
  if (rows.count <= most) return rows;
  return takeRows(
    rows,
    Uint32Array.from({ length: most }, (_, i) => Math.floor((i * rows.count) / most)),
  );
}

/** @throws Error, in the name of `metric`, unless both have the same width and at least `least` rows */
export function checkRows(metric: string, least: number, a: Rows, b: Rows): void {
  if (a.width === b.width && a.count >= least && b.count >= least) return;
  const shape = ({ count, width }: Rows) => `[${count}, ${width}]`;
  throw new Error(
    `${metric}: expected two matrices of the same width with at least ${least} rows each, got ${shape(a)} and ${shape(b)}`,
  );
}
