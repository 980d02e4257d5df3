/** Softmax and its logarithm over one axis, each one kernel: maximum, sum and result without a trip through memory between them. */
import { sizeOf, softmaxCandidates } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import { formatShape, normalizeAxes, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { throughF32 } from './through-f32.ts';

export interface SoftmaxAttrs {
  /** Non-negative. */
  axis: number;
}

function softmaxOp(name: string, log: boolean): Op<SoftmaxAttrs> {
  return {
    name,
    infer: ([x]) => {
      const { shape, dtype } = x!;
      if (dtype !== 'f32') throw new ShapeError(`${name}: expected f32, got ${dtype}${formatShape(shape)}`);
      return [{ shape, dtype }];
    },
    lower: ([x], { axis }) => {
      const { shape } = x!;
      const spec = {
        outer: sizeOf(shape.slice(0, axis)),
        range: shape[axis]!,
        inner: sizeOf(shape.slice(axis + 1)),
        log,
      };
      return { kind: 'kernels', candidates: ({ adapter }) => softmaxCandidates(spec, adapter) };
    },
  };
}

export const softmaxOps = { softmax: softmaxOp('softmax', false), logSoftmax: softmaxOp('logSoftmax', true) };

const over =
  (op: Op<SoftmaxAttrs>) =>
  (x: Tensor, axis = -1): Tensor => {
    const [from] = normalizeAxes(op.name, axis, x.shape.length);
    return throughF32(op.name, [x], (wide) => apply(op, [wide!], { axis: from! })[0]!);
  };

/** exp(xᵢ) / Σⱼ exp(xⱼ) along `axis` (default: the last). Safe for finite logits of any size: the largest is taken off first. */
export const softmax = over(softmaxOps.softmax);

/** log softmax(x) = xᵢ - log Σⱼ exp(xⱼ) along `axis` (default: the last), where softmax itself would have become 0. */
export const logSoftmax = over(softmaxOps.logSoftmax);
