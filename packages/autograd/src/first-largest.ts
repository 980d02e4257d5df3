/** Which element of each window a max pool took. */
import {
  arange,
  equal,
  expandDims,
  min,
  reshape,
  type Tensor,
  type WindowsAttrs,
  where,
  windows,
} from '@ganvas/tensor';

/**
 * @param x the image, @param y the largest element of each of its windows, [batch, oh, ow, channels]
 * @returns [batch, oh, ow, kh, kw, channels]: 1 at the first tap, in row-major order, whose element is y; 0 at all others
 */
export function firstLargest(x: Tensor, y: Tensor, { size, stride, dilation }: WindowsAttrs): Tensor {
  const [kh, kw] = size;
  const taps = reshape(arange(0, kh * kw, 1, { device: x.device }), [kh, kw, 1]);
  const isLargest = equal(windows(x, size, { stride, dilation }), expandDims(y, [3, 4]));
  return equal(taps, min(where(isLargest, taps, kh * kw), [3, 4], { keepDims: true }));
}
