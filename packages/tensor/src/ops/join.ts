/** Tensors joined along an axis, and cut again. */
import { concatCandidate, MOST_PARTS, sizeOf } from '@ganvas/kernels-wgsl';
import { apply, applyComposite, type CompositeOp, type Op } from '../op.ts';
import { formatShape, normalizeAxes, type Shape, ShapeError } from '../shape.ts';
import { RANGE_STEP } from '../state.ts';
import type { Tensor } from '../tensor.ts';
import { expandDims } from './movement.ts';
import { sliceAxis } from './slice.ts';
import { throughF32 } from './through-f32.ts';
import { wordDType } from './words.ts';

export interface AxisAttrs {
  /** Non-negative. */
  axis: number;
}

export const joinOps = {
  concat: {
    name: 'concat',
    infer: (parts, { axis }) => {
      const [first] = parts as [(typeof parts)[number]];
      wordDType('concat', first);
      const odd = parts.find((p) => p.dtype !== first.dtype || !agreeBeside(p.shape, first.shape, axis));
      if (odd) {
        throw new ShapeError(
          `concat: ${odd.dtype}${formatShape(odd.shape)} does not join ${first.dtype}${formatShape(first.shape)} along axis ${axis}: dtypes and all other sizes must be the same`,
        );
      }
      const sizes = parts.map((p) => p.shape[axis]!);
      return [
        {
          shape: first.shape.with(
            axis,
            sizes.reduce((a, b) => a + b),
          ),
          dtype: first.dtype,
        },
      ];
    },
    lower: (parts, { axis }) => {
      const rows = sizeOf(parts[0]!.shape.slice(0, axis));
      const columns = parts.map((p) => sizeOf(p.shape.slice(axis)));
      const candidates = () => [concatCandidate({ rows, columns })];
      const offsets = columns.map((_, part) => columns.slice(0, part).reduce((a, b) => a + b, 0));
      // Ranges of one buffer that kernels can be bound to: then the parts may be made where they belong.
      const bindable = rows === 1 && parts[0]!.dtype === 'f32' && offsets.every((at) => at % RANGE_STEP === 0);
      return bindable ? { kind: 'pack', offsets, candidates } : { kind: 'kernels', candidates };
    },
  } satisfies Op<AxisAttrs>,
};

const agreeBeside = (a: Shape, b: Shape, axis: number): boolean =>
  a.length === b.length && a.every((size, i) => i === axis || size === b[i]);

/**
 * Tensors one after the other along `axis` (default 0), as PyTorch's `cat`: of one dtype, and of the same sizes along all other axes.
 * One dispatch joins seven.
 * @throws ShapeError where they do not fit each other, or there are none
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (!first) throw new ShapeError('concat: expected at least one tensor, got none');
  const [along] = normalizeAxes('concat', axis, first.shape.length) as [number];
  if (tensors.length === 1) return first;
  const parts: Tensor[] = [];
  for (let i = 0; i < tensors.length; i += MOST_PARTS) {
    const some = tensors.slice(i, i + MOST_PARTS);
    const joined = () => throughF32('concat', some, (...wide) => apply(joinOps.concat, wide, { axis: along })[0]!);
    parts.push(some.length === 1 ? some[0]! : joined());
  }
  return concat(parts, along);
}

/** Tensors of one shape along a new axis, which stands at `axis` (default 0) of the result. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (!first) throw new ShapeError('stack: expected at least one tensor, got none');
  const odd = tensors.find((t) => t.shape.join() !== first.shape.join());
  if (odd) {
    throw new ShapeError(
      `stack: expected tensors of one shape, got ${formatShape(first.shape)} and ${formatShape(odd.shape)}`,
    );
  }
  return concat(
    tensors.map((t) => expandDims(t, axis)),
    axis,
  );
}

export interface SplitAttrs extends AxisAttrs {
  /** Of the parts, along the axis. */
  sizes: readonly number[];
}

/** A slice each, whose gradients together are joined in one go. */
export const splitOp: CompositeOp<SplitAttrs> = {
  name: 'split',
  infer: () => {},
  meaning: ([x], { axis, sizes }) => {
    let end = 0;
    return sizes.map((n) => {
      end += n;
      return sliceAxis(x!, axis, end - n, end);
    });
  },
};

/**
 * x cut along `axis` (default 0).
 * @param parts how many equal parts, or the size of each
 * @throws ShapeError where the parts are not equal, or do not add up to the axis
 */
export function split(x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  const [along] = normalizeAxes('split', axis, x.shape.length) as [number];
  const size = x.shape[along]!;
  const sizes = typeof parts === 'number' ? Array.from({ length: parts }, () => size / parts) : parts;
  if (sizes.reduce((a, b) => a + b, 0) !== size || !sizes.every((n) => Number.isInteger(n) && n > 0)) {
    const wanted = typeof parts === 'number' ? `${parts} equal parts` : `parts of ${parts.join(', ')}`;
    throw new ShapeError(`split: axis ${along} of x ${formatShape(x.shape)} has ${size} elements, no ${wanted}`);
  }
  return applyComposite(splitOp, [x], { axis: along, sizes });
}

/**
 * The elements moved along `axes` (default: the first), those beyond the end coming in at the start, as NumPy's `roll`.
 * @param shifts by how many places, one an axis; negative ones move towards the start
 */
export function roll(x: Tensor, shifts: number | readonly number[], axes: number | readonly number[] = 0): Tensor {
  const [by, along] = [[shifts].flat(), [axes].flat()] as [number[], number[]];
  if (by.length !== along.length || !by.every(Number.isInteger)) {
    throw new ShapeError(`roll: expected a whole number for each of the axes [${along}], got [${by}]`);
  }
  normalizeAxes('roll', along, x.shape.length);
  return along.reduce((rolled, axis, i) => {
    const [at] = normalizeAxes('roll', axis, x.shape.length) as [number];
    const size = x.shape[at]!;
    const first = ((by[i]! % size) + size) % size;
    if (first === 0) return rolled;
    return concat([sliceAxis(rolled, at, size - first, size), sliceAxis(rolled, at, 0, size - first)], at);
  }, x);
}
