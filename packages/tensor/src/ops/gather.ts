/** A batch of images from a data set that stays on the device as bytes. */
import { gatherCandidate } from '@ganvas/kernels-wgsl';
import { apply, type Op } from '../op.ts';
import { formatShape, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

export const gatherOps = {
  gatherBatch: {
    name: 'gatherBatch',
    infer: ([data, indices]) => {
      const got = `data ${data!.dtype}${formatShape(data!.shape)}, indices ${indices!.dtype}${formatShape(indices!.shape)}`;
      if (data!.dtype !== 'u8' || data!.shape.length < 2)
        throw new ShapeError(`gatherBatch: data must be u8 [count, ...] (${got})`);
      if (indices!.dtype !== 'u32' || indices!.shape.length !== 1)
        throw new ShapeError(`gatherBatch: indices must be u32 [batch] (${got})`);
      return [{ shape: [indices!.shape[0]!, ...data!.shape.slice(1)], dtype: 'f32' }];
    },
    lower: ([data, indices]) => {
      const [count, ...item] = data!.shape as [number, ...number[]];
      const spec = { count, pixels: item.reduce((a, b) => a * b, 1), batch: indices!.shape[0]! };
      return { kind: 'kernels', candidates: () => [gatherCandidate(spec)] };
    },
  } satisfies Op,
};

/**
 * Rows of a u8 data set as f32 in [−1, 1]: byte / 127.5 − 1.
 * @param data u8 [count, ...item], resident on the device
 * @param indices u32 [batch]; an index beyond the data reads its last item
 * @returns f32 [batch, ...item]
 */
export const gatherBatch = (data: Tensor, indices: Tensor): Tensor =>
  apply(gatherOps.gatherBatch, [data, indices], {})[0]!;
