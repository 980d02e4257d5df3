/** Augmentation on the device: images that are moved a little are still of their class. */
import { add, arange, cast, equal, matmul, randomInteger, reshape, sub, type Tensor, transpose } from '@ganvas/tensor';

/**
 * Each image moved by whole pixels of its own, −most to most down and across; what comes in over the edge is 0.
 * @param images [batch, height, width, channels]
 * @param generator made by `randomGenerator`; it advances by 2 · batch
 */
export function randomShift(images: Tensor, generator: Tensor, most: number): Tensor {
  const by = () => sub(cast(randomInteger(generator, [images.shape[0]!, 1, 1, 1], 2 * most + 1), 'i32'), most);
  const rows = by();
  return shift(images, rows, by());
}

/**
 * y[n, i, j] = x[n, i + rows[n], j + columns[n]], and 0 from outside. To move rows is to multiply by an identity whose ones have
 * moved: two small products a channel, exact, and differentiable.
 * @param x [batch, height, width, channels]
 * @param rows,columns i32 [batch, 1, 1, 1]
 */
export function shift(x: Tensor, rows: Tensor, columns: Tensor): Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  const moved = (size: number, by: Tensor) => {
    const place = arange(0, size, 1, { dtype: 'i32', device: x.device });
    return equal(add(reshape(place, [size, 1]), by), place);
  };
  const planes = transpose(x, [0, 3, 1, 2]);
  const across = matmul(planes, moved(width, columns), { transposeB: true });
  return transpose(matmul(moved(height, rows), across), [0, 2, 3, 1]);
}
