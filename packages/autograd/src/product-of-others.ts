/** The derivative of a product. */
import { flip, mul, ones, pad, prod, reshape, slice, type Tensor, transpose } from '@ganvas/tensor';

/**
 * For each element of x, the product of all others over `axes`: no division, so that it is right where elements are 0. In log₂ n
 * steps, since the others of an element are those of its half and the whole other half.
 * @returns of x's shape
 */
export function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const order = [...x.shape.keys()].sort((a, b) => Number(axes.includes(a)) - Number(axes.includes(b)) || a - b);
  const moved = transpose(x, order);
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  const rows = reshape(moved, [-1, count]);
  const full = 2 ** Math.ceil(Math.log2(count));
  const others = inRows(pad(rows, [0, [0, full - count]], { value: 1 }));
  return transpose(
    reshape(slice(others, [null, [0, count]]), moved.shape),
    order.map((_, axis) => order.indexOf(axis)),
  );
}

/** @param x [rows, n], n a power of two */
function inRows(x: Tensor): Tensor {
  const [rows, n] = x.shape as [number, number];
  if (n === 1) return ones(x.shape, { device: x.device });
  const halves = reshape(x, [2 * rows, n / 2]);
  const otherHalf = flip(reshape(prod(halves, 1), [rows, 2, 1]), 1);
  return reshape(mul(reshape(inRows(halves), [rows, 2, n / 2]), otherHalf), [rows, n]);
}
