/** The kernel that TensorFlow.js's WebAssembly backend lacks: without it no convolution can be trained there. */
import type { Padding, Tf, TfTensor } from './tfjs.ts';

interface Attributes {
  strides: [number, number];
  pad: Padding;
  filterShape: [number, number, number, number];
}

/**
 * The gradient of a convolution's filter as one matrix product, of ops that the backend has: the taps' pixels side by side
 * (im2col) times dy. Channels go first while the images are small, so that no large matrix must be transposed.
 */
export function registerFilterGradient(tf: Tf): void {
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc({ inputs, attrs }) {
      const { x, dy } = inputs as { x: TfTensor; dy: TfTensor };
      return tf.tidy(() => filterGradient(tf, x, dy, attrs as unknown as Attributes));
    },
  });
}

function filterGradient(tf: Tf, x: TfTensor, dy: TfTensor, { strides, pad, filterShape }: Attributes): TfTensor {
  const [kernelHeight, kernelWidth, inChannels, outChannels] = filterShape;
  const [batch, outHeight, outWidth] = dy.shape as [number, number, number];
  const [strideY, strideX] = strides;
  const pixels = batch * outHeight * outWidth;
  const image = tf.transpose(tf.pad(x, pad), [3, 0, 1, 2]); // [inChannels, batch, height, width]
  const taps: TfTensor[] = [];
  for (let ky = 0; ky < kernelHeight; ky++)
    for (let kx = 0; kx < kernelWidth; kx++) {
      const end = [inChannels, batch, ky + (outHeight - 1) * strideY + 1, kx + (outWidth - 1) * strideX + 1];
      const tap = tf.stridedSlice(image, [0, 0, ky, kx], end, [1, 1, strideY, strideX]);
      taps.push(tf.reshape(tap, [inChannels, pixels]));
    }
  const columns = tf.concat(taps, 0); // [kernelHeight · kernelWidth · inChannels, pixels]
  return tf.reshape(tf.matMul(columns, tf.reshape(dy, [pixels, outChannels])), filterShape);
}
