/** Elements by their indices, and the sums that bring them back: each is the other's gradient. */
import { gatherAxisCandidate, scatterAddCandidate, wordOf } from '@ganvas/kernels-wgsl';
import { apply, type Op, type TensorSpec } from '../op.ts';
import { formatShape, normalizeAxes, type Shape, ShapeError, sameShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { add, equal } from './elementwise.ts';
import { type GatherAttrs, indexedAxis, type ScatterAttrs, scatteredShape } from './indexed-axis.ts';
import { expandDims } from './movement.ts';
import { arange } from './range.ts';
import { stridedSlice, unslice } from './slice.ts';
import { throughF32 } from './through-f32.ts';
import { wordDType } from './words.ts';

function checkIndices(op: string, { dtype, shape }: TensorSpec): void {
  if (dtype !== 'u32' && dtype !== 'i32')
    throw new ShapeError(`${op}: expected indices of u32 or i32, got ${dtype}${formatShape(shape)}; use cast`);
}

export const indexingOps = {
  gather: {
    name: 'gather',
    infer: ([x, indices], { axis, each }) => {
      wordDType('gather', x!);
      checkIndices('gather', indices!);
      const { shape, dtype } = x!;
      if (!each) return [{ shape: [...shape.slice(0, axis), ...indices!.shape, ...shape.slice(axis + 1)], dtype }];
      if (!sameShape(indices!.shape.with(axis, 0), shape.with(axis, 0))) {
        throw new ShapeError(
          `gather: indices ${formatShape(indices!.shape)} and x ${formatShape(shape)} must be the same beside axis ${axis}`,
        );
      }
      return [{ shape: indices!.shape, dtype }];
    },
    lower: ([x, indices], attrs) => {
      const missing = wordOf(x!.dtype === 'f32' ? Number.NaN : 0, wordDType('gather', x!));
      const spec = { ...indexedAxis(x!.shape, indices!.shape, attrs), missing };
      return { kind: 'kernels', candidates: () => [gatherAxisCandidate(spec)] };
    },
  } satisfies Op<GatherAttrs>,

  scatterAdd: {
    name: 'scatterAdd',
    infer: ([updates, indices], attrs) => {
      wordDType('scatterAdd', updates!);
      checkIndices('scatterAdd', indices!);
      const { axis, each } = attrs;
      const { shape, dtype } = updates!;
      const taken = each ? shape : shape.slice(axis, axis + indices!.shape.length);
      if (!sameShape(taken, indices!.shape)) {
        throw new ShapeError(
          `scatterAdd: updates ${formatShape(shape)} do not have the indices' shape ${formatShape(indices!.shape)}${each ? '' : ` at axis ${axis}`}`,
        );
      }
      return [{ shape: scatteredShape(shape, indices!.shape, attrs), dtype }];
    },
    lower: ([updates, indices], attrs) => {
      const whole = scatteredShape(updates!.shape, indices!.shape, attrs);
      const type = wordDType('scatterAdd', updates!);
      const spec = { ...indexedAxis(whole, indices!.shape, attrs), type };
      return { kind: 'kernels', candidates: () => [scatterAddCandidate(spec)] };
    },
  } satisfies Op<ScatterAttrs>,
};

/** `gather` or `gatherElements` by the op's attributes: the gradient of `scatterSum`. */
export const gatherAt = (x: Tensor, indices: Tensor, attrs: GatherAttrs): Tensor =>
  throughF32('gather', [x], (wide) => apply(indexingOps.gather, [wide!, indices], attrs)[0]!);

/**
 * The sums of updates with equal indices, from the first to the last: the transpose of `gather`, and its gradient. An index beyond `size` counts
 * nowhere. Each element of the output looks at all indices of its axis: size · indices looks (times all that lies beside).
 */
export const scatterSum = (updates: Tensor, indices: Tensor, attrs: ScatterAttrs): Tensor =>
  throughF32('scatterAdd', [updates], (wide) => apply(indexingOps.scatterAdd, [wide!, indices], attrs)[0]!);

/**
 * The rows of x at `indices` along `axis` (default 0): NumPy's `take`, and for a list of indices PyTorch's `index_select`. A row is
 * all that lies beside the axis.
 * @param indices u32 or i32 of any shape, which takes the place of the axis: x [a, n, b] and indices [j, k] give [a, j, k, b]. What is
 * below 0 or beyond the axis reads NaN (0 from whole numbers)
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  const [along] = normalizeAxes('gather', axis, x.shape.length) as [number];
  return gatherAt(x, indices, { axis: along, each: false });
}

/**
 * For each index the element of x that it names along `axis`, in its own place along the others: PyTorch's `gather`, NumPy's
 * `take_along_axis`.
 * @param indices u32 or i32, of x's rank, no larger than x but along `axis`. What is beyond the axis reads NaN (0 from whole numbers)
 * @returns a tensor of the shape of `indices`
 */
export function gatherElements(x: Tensor, indices: Tensor, axis: number): Tensor {
  const [along] = normalizeAxes('gatherElements', axis, x.shape.length) as [number];
  const beside = besideAxis('gatherElements', indices.shape, x.shape, along);
  const near = stridedSlice(x, { starts: beside.map(() => 0), steps: beside.map(() => 1), sizes: beside });
  return gatherAt(near, indices, { axis: along, each: true });
}

/**
 * `target` with `updates` added, each at the place that its index names along `axis`, in order: PyTorch's `scatter_add`. Deterministic:
 * see `scatterSum` for what that costs.
 * @param indices u32 or i32 of the shape of `updates`, no larger than `target` but along `axis`; what is beyond the axis is not added
 */
export function scatterAdd(target: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  const [along] = normalizeAxes('scatterAdd', axis, target.shape.length) as [number];
  const beside = besideAxis('scatterAdd', indices.shape, target.shape, along);
  const sums = scatterSum(updates, indices, { axis: along, each: true, size: target.shape[along]! });
  const whole = beside.every((size, i) => size === target.shape[i]);
  const none = beside.map(() => 0);
  return add(target, whole ? sums : unslice(sums, { shape: target.shape, starts: none, steps: beside.map(() => 1) }));
}

/**
 * `target` with rows added, each at its index along `axis` (default 0), in order: PyTorch's `index_add`. What is beyond the axis is not
 * added. Deterministic: see `scatterSum` for what that costs.
 * @param rows the shape of `gather(target, indices, axis)`
 */
export function indexAdd(target: Tensor, indices: Tensor, rows: Tensor, axis = 0): Tensor {
  const [along] = normalizeAxes('indexAdd', axis, target.shape.length) as [number];
  const sums = scatterSum(rows, indices, { axis: along, each: false, size: target.shape[along]! });
  if (sums.shape.join() !== target.shape.join()) {
    throw new ShapeError(
      `indexAdd: rows ${formatShape(rows.shape)} at indices ${formatShape(indices.shape)} are no rows of ${formatShape(target.shape)} along axis ${along}`,
    );
  }
  return add(target, sums);
}

/** The part of `shape` that indices of its rank speak of: all of it along `axis`, as much as they have along the others. */
function besideAxis(op: string, indices: Shape, shape: Shape, axis: number): number[] {
  if (indices.length !== shape.length || indices.some((n, i) => i !== axis && n > shape[i]!)) {
    throw new ShapeError(
      `${op}: expected indices of ${shape.length} axes, none but axis ${axis} longer than in ${formatShape(shape)}, got ${formatShape(indices)}`,
    );
  }
  return indices.map((n, i) => (i === axis ? shape[i]! : n));
}

/**
 * Rows of a table: x [...] of indices becomes [..., width].
 * @param weight [rows, width]
 * @param indices u32 or i32, each below `rows`; what is not reads NaN
 */
export function embedding(weight: Tensor, indices: Tensor): Tensor {
  if (weight.shape.length !== 2)
    throw new ShapeError(`embedding: expected a table [rows, width], got ${formatShape(weight.shape)}`);
  return gather(weight, indices);
}

/**
 * A new last axis of `depth`, with 1 at the index and 0 elsewhere: everywhere, for an index that is not below `depth`.
 * @param indices u32 or i32, of any shape
 * @returns f32 [...indices.shape, depth]
 */
export function oneHot(indices: Tensor, depth: number): Tensor {
  checkIndices('oneHot', indices);
  const { dtype, device } = indices;
  const places = arange(0, depth, 1, { dtype: dtype as 'u32' | 'i32', device });
  return equal(expandDims(indices, -1), places);
}
