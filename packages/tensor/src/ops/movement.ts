/** Ops that move or relabel elements and compute nothing. */
import { broadcastView, contiguousStrides, operand, sizeOf } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  type Shape,
  ShapeError,
  sameShape,
} from '../shape.ts';
import type { Tensor } from '../tensor.ts';

export interface ShapeAttrs {
  shape: Shape;
}

export interface PermutationAttrs {
  permutation: readonly number[];
}

export const movementOps = {
  reshape: {
    name: 'reshape',
    infer: ([x], { shape }) => {
      checkShape('reshape', shape);
      if (sizeOf(shape) !== sizeOf(x!.shape)) {
        throw new ShapeError(
          `reshape: x has ${sizeOf(x!.shape)} elements (x ${formatShape(x!.shape)}), ${formatShape(shape)} holds ${sizeOf(shape)}`,
        );
      }
      return [{ shape, dtype: x!.dtype }];
    },
    lower: () => ({ kind: 'alias' }),
  } satisfies Op<ShapeAttrs>,

  broadcastTo: {
    name: 'broadcastTo',
    infer: ([x], { shape }) => {
      checkShape('broadcastTo', shape);
      if (!sameShape(broadcastShapes('broadcastTo', x!.shape, shape), shape)) {
        throw new ShapeError(`broadcastTo: x ${formatShape(x!.shape)} does not broadcast to ${formatShape(shape)}`);
      }
      return [{ shape, dtype: x!.dtype }];
    },
    lower: ([x], { shape }) => ({ kind: 'map', views: [broadcastView(x!.shape, shape)], expr: operand(0) }),
  } satisfies Op<ShapeAttrs>,

  transpose: {
    name: 'transpose',
    infer: ([x], { permutation }) => {
      const rank = x!.shape.length;
      if ([...permutation].sort((a, b) => a - b).join() !== Array.from({ length: rank }, (_, i) => i).join()) {
        throw new ShapeError(
          `transpose: [${permutation}] is no permutation of the ${rank} axes of x ${formatShape(x!.shape)}`,
        );
      }
      return [{ shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype }];
    },
    lower: ([x], { permutation }) => {
      const strides = contiguousStrides(x!.shape);
      return {
        kind: 'map',
        views: [{ strides: permutation.map((axis) => strides[axis]!), offset: 0 }],
        expr: operand(0),
      };
    },
  } satisfies Op<PermutationAttrs>,

  detach: {
    name: 'detach',
    infer: ([x]) => [x!],
    lower: () => ({ kind: 'alias' }),
  } satisfies Op,

  fence: {
    name: 'fence',
    infer: ([x]) => [x!],
    lower: () => ({ kind: 'alias', fence: true }),
  } satisfies Op,
};

/** The same elements under another shape; one size may be -1, found from the others. No data moves. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((a, b) => (b === -1 ? a : a * b), 1);
  const open = shape.filter((d) => d === -1).length;
  if (open > 1) throw new ShapeError(`reshape: only one size may be -1, got ${formatShape(shape)}`);
  if (open === 1 && x.size % known !== 0) {
    throw new ShapeError(
      `reshape: x has ${x.size} elements (x ${formatShape(x.shape)}), which ${formatShape(shape)} does not divide`,
    );
  }
  const full = shape.map((d) => (d === -1 ? x.size / known : d));
  return apply(movementOps.reshape, [x], { shape: full })[0]!;
}

/** x without its axes of size 1; with `axes`, without these, which must have size 1. No data moves. */
export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  const dropped = normalizeAxes('squeeze', axes, x.shape.length).filter((a) => axes !== undefined || x.shape[a] === 1);
  const long = dropped.find((axis) => x.shape[axis] !== 1);
  if (long !== undefined) {
    throw new ShapeError(
      `squeeze: axis ${long} of x ${formatShape(x.shape)} has size ${x.shape[long]}; only an axis of size 1 can go`,
    );
  }
  return reshape(
    x,
    x.shape.filter((_, axis) => !dropped.includes(axis)),
  );
}

/** x with axes of size 1 that come to stand at `axes` of the result; negative ones count from its end. No data moves. */
export function expandDims(x: Tensor, axes: number | readonly number[]): Tensor {
  const rank = x.shape.length + (typeof axes === 'number' ? 1 : axes.length);
  const added = normalizeAxes('expandDims', axes, rank);
  const sizes = x.shape.values();
  const shape = Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : sizes.next().value!));
  return reshape(x, shape);
}

/** Repeats axes of size 1 (and missing leading axes) to reach `shape`. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(movementOps.broadcastTo, [x], { shape: [...shape] })[0]!;
}

/** Permutes axes; without a permutation reverses them. */
export function transpose(
  x: Tensor,
  permutation: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i),
): Tensor {
  return apply(movementOps.transpose, [x], { permutation: [...permutation] })[0]!;
}

/** The same values, and what is computed from them is computed, even where it was computed from x before. */
export const fence = (x: Tensor): Tensor => apply(movementOps.fence, [x], {})[0]!;

/** The same values, through which no gradient flows. */
export const detach = (x: Tensor): Tensor => apply(movementOps.detach, [x], {})[0]!;
