/**
 * A batch of products as phases of one dispatch: slice z of the grid is matrix z of C. An operand that is broadcast along some
 * of the batch's axes does not step along them: no copy of it is made.
 */
import { broadcastView, collapse, sizeOf } from '../view.ts';
import { address } from '../walk.ts';
import type { Phases } from './problem.ts';
import { type MatmulShape, matmulBatch } from './shape.ts';

export interface Batch {
  /** Matrices of C. */
  count: number;
  /** WGSL for which matrix of A, and of B, a phase reads; none where there is a single product. */
  a?: string;
  b?: string;
  phases?: Phases;
}

export function batchOf(shape: MatmulShape): Batch {
  const axes = matmulBatch(shape);
  const count = sizeOf(axes);
  if (count === 1) return { count };
  const { dims, strides } = collapse(
    axes,
    [shape.batchA, shape.batchB].map((own = []) => broadcastView(own, axes)),
  );
  const coordinate = (axis: number): string => {
    const inner = sizeOf(dims.slice(axis + 1));
    return `phase${inner > 1 ? ` / ${inner}u` : ''}${axis > 0 ? ` % ${dims[axis]}u` : ''}`;
  };
  const wgsl = `
// Phase z is matrix z of the batch.
fn outer_steps(phase: u32) -> u32 { return OUTER; }
fn output_row(m: u32, phase: u32) -> u32 { return select(ROWS, phase * M + m, m < M); }`;
  return {
    count,
    a: address(strides[0]!, coordinate),
    b: address(strides[1]!, coordinate),
    phases: { count, wgsl },
  };
}
