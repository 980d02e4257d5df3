/** Augmentation on the device: images that are moved a little are still of their class. */
import { add, arange, cast, equal, matmul, randomInteger, reshape, sub, type Tensor } from '@ganvas/tensor';

/**
 * Each image moved by whole pixels of its own, −most to most down and across; what comes in over the edge is 0. To move rows is to
 * multiply by an identity whose ones have moved: two small products an image, exact, and differentiable.
 * @param images [batch, height, width, 1]
 * @param generator made by `randomGenerator`; it advances by 2 · batch
 */
export function randomShift(images: Tensor, generator: Tensor, most: number): Tensor {
  const [batch, height, width] = images.shape as [number, number, number, number];
  const moved = (size: number) => {
    const place = arange(0, size, 1, { dtype: 'i32', device: images.device });
    const by = sub(cast(randomInteger(generator, [batch, 1, 1], 2 * most + 1), 'i32'), most);
    return equal(add(reshape(place, [size, 1]), by), place);
  };
  const rows = moved(height);
  const columns = moved(width);
  const flat = reshape(images, [batch, height, width]);
  return reshape(matmul(rows, matmul(flat, columns, { transposeB: true })), images.shape);
}
