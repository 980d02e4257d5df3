/** Bilinear resizing on the device, as two matrix products: the data set stays at its own, smaller size. */
import { matmul, reshape, type Tensor, tensor, transpose } from '@ganvas/tensor';

/** [to, from]: row i holds the weights of the two pixels around output pixel i, centres aligned (PyTorch's align_corners=False). */
function interpolation(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(at);
    weights[i * from + low]! += 1 - (at - low);
    weights[i * from + Math.min(from - 1, low + 1)]! += at - low;
  }
  return weights;
}

/**
 * @param x grey images [batch, height, width, 1]
 * @returns [batch, size, size, 1]; x itself where that is its size
 */
export function resizeBilinear(x: Tensor, size: number): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  if (channels !== 1)
    throw new Error(`resizeBilinear: expected grey images, got ${channels} channels (x [${x.shape}])`);
  if (height === size && width === size) return x;
  const across = tensor(interpolation(width, size), [size, width], { device: x.device });
  const down = tensor(interpolation(height, size), [size, height], { device: x.device });
  const wide = matmul(reshape(x, [batch * height, width]), across, { transposeB: true }); // [batch · height, size]
  const columns = transpose(reshape(wide, [batch, height, size]), [0, 2, 1]); // [batch, size (x), height]
  const resized = matmul(reshape(columns, [batch * size, height]), down, { transposeB: true }); // [batch · size (x), size (y)]
  return reshape(transpose(reshape(resized, [batch, size, size]), [0, 2, 1]), [batch, size, size, 1]);
}
