/** Cumulative sums. */
import { scanCandidates, sizeOf } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import { formatShape, normalizeAxes, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { throughF32 } from './through-f32.ts';

export interface CumSumAttrs {
  /** Non-negative. */
  axis: number;
  reverse: boolean;
  exclusive: boolean;
}

export const scanOps: { cumSum: Op<CumSumAttrs> } = {
  cumSum: {
    name: 'cumSum',
    infer: ([x]) => {
      const { shape, dtype } = x!;
      if (dtype !== 'f32') throw new ShapeError(`cumSum: expected f32, got ${dtype}${formatShape(shape)}`);
      return [{ shape, dtype }];
    },
    lower: ([x], { axis, reverse, exclusive }) => {
      const { shape } = x!;
      const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
      const spec = { outer, range: shape[axis]!, inner, reverse, exclusive };
      return { kind: 'kernels', candidates: ({ adapter }) => scanCandidates(spec, adapter) };
    },
  },
};

export interface CumSumOptions {
  /** Sum from the end to the beginning. Default false. */
  reverse?: boolean;
  /** Leave each element out of its own sum: the first is 0. Default false. */
  exclusive?: boolean;
}

/** yᵢ = Σ xⱼ over j ≤ i along `axis`: the sum of all elements up to each. */
export function cumSum(x: Tensor, axis: number, { reverse = false, exclusive = false }: CumSumOptions = {}): Tensor {
  const [along] = normalizeAxes('cumSum', axis, x.shape.length);
  return throughF32('cumSum', [x], (wide) => apply(scanOps.cumSum, [wide!], { axis: along!, reverse, exclusive })[0]!);
}
