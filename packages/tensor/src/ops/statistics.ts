/** Reductions made of sums and maxima: variance, norms, log Σ exp. Their gradients follow from those of their parts. */
import { ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { abs, add, equal, exp, log, mul, sqrt, square, sub, where } from './elementwise.ts';
import { isFinite as finite } from './logic.ts';
import { detach, reshape } from './movement.ts';
import { type Axes, max, mean, type ReduceOptions, sum } from './reduce.ts';
import { throughF32 } from './through-f32.ts';

export interface VarianceOptions extends ReduceOptions {
  /** The squares' sum is divided by the number of elements less this. Default 1, the unbiased estimate; 0 divides by all. */
  correction?: number;
}

/**
 * Variance over `axes` (default: all), as torch.var. In two passes: the squares are those of differences from the mean, so values
 * far from 0 keep their digits.
 * @throws ShapeError where the correction leaves nothing to divide by
 */
export const variance = (x: Tensor, axes?: Axes, options?: VarianceOptions): Tensor =>
  spread('variance', x, axes, options);

/** Standard deviation over `axes` (default: all), as torch.std: the root of `variance`. Where it is 0, so is its gradient. */
export const std = (x: Tensor, axes?: Axes, options?: VarianceOptions): Tensor =>
  throughF32('std', [x], (wide) => root(spread('std', wide!, axes, options)));

function spread(
  op: string,
  x: Tensor,
  axes: Axes | undefined,
  { correction = 1, keepDims }: VarianceOptions = {},
): Tensor {
  return throughF32(op, [x], (wide) => {
    const centre = mean(wide!, axes, { keepDims: true });
    const count = x.size / centre.size;
    if (!(count - correction > 0))
      throw new ShapeError(`${op}: correction ${correction} leaves nothing of ${count} elements; expected less`);
    return mul(sum(square(sub(wide!, centre)), axes, { keepDims }), 1 / (count - correction));
  });
}

/** √x with the gradient 0 at 0, where √ has none: what PyTorch's norm and standard deviation do. */
function root(x: Tensor): Tensor {
  const isZero = equal(x, 0);
  return where(isZero, 0, sqrt(where(isZero, 1, x)));
}

export interface NormOptions extends ReduceOptions {
  /** 1: Σ|x|, 2: √Σx², Infinity: max |x|. Default 2. */
  p?: 1 | 2 | typeof Number.POSITIVE_INFINITY;
}

/**
 * The p-norm of the elements over `axes` (default: all), as torch.linalg.vector_norm. Its gradient at 0 is 0; that of the largest
 * magnitude is shared equally among ties.
 */
export function norm(x: Tensor, axes?: Axes, { p = 2, keepDims }: NormOptions = {}): Tensor {
  const by = new Map([
    [1, (wide: Tensor) => sum(abs(wide), axes, { keepDims })],
    [2, (wide: Tensor) => root(sum(square(wide), axes, { keepDims }))],
    [Number.POSITIVE_INFINITY, (wide: Tensor) => max(abs(wide), axes, { keepDims })],
  ]).get(p);
  if (!by) throw new ShapeError(`norm: expected p 1, 2 or Infinity, got ${p}`);
  return throughF32('norm', [x], (wide) => by(wide!));
}

/**
 * log Σ exp(x) over `axes` (default: all), safe for x of any size: the largest is taken off first, and where it is infinite it is
 * the answer. The result does not depend on what is taken off, so no gradient flows through that.
 */
export const logSumExp = (x: Tensor, axes?: Axes, { keepDims }: ReduceOptions = {}): Tensor =>
  throughF32('logSumExp', [x], (wide) => {
    const largest = detach(max(wide!, axes, { keepDims: true }));
    const bounded = finite(largest);
    const shift = where(bounded, largest, 0);
    const total = log(sum(exp(sub(wide!, shift)), axes, { keepDims }));
    const like = (t: Tensor) => reshape(t, total.shape);
    return where(like(bounded), add(total, like(shift)), like(largest));
  });
