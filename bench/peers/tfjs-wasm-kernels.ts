/** The kernels that TensorFlow.js's WebAssembly backend lacks: without them no convolution and no embedding can be trained there. */
import type { Padding, Tf, TfTensor } from './tfjs.ts';

interface Attributes {
  strides: [number, number];
  pad: Padding | 'same' | 'valid';
  filterShape: [number, number, number, number];
}

export function registerMissingKernels(tf: Tf): void {
  registerFilterGradient(tf);
  registerSegmentSum(tf);
}

/** The sum of x's rows that have the same number, as a matrix product. */
function registerSegmentSum(tf: Tf): void {
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc({ inputs, attrs }) {
      const { x, segmentIds } = inputs as { x: TfTensor; segmentIds: TfTensor };
      return tf.tidy(() => tf.matMul(tf.oneHot(segmentIds, attrs.numSegments as number), x, true));
    },
  });
}

/**
 * The gradient of a convolution's filter as one matrix product, of ops that the backend has: the taps' pixels side by side
 * (im2col) times dy. Channels go first while the images are small, so that no large matrix must be transposed.
 */
function registerFilterGradient(tf: Tf): void {
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
  const [, height, width] = x.shape as [number, number, number];
  const pads: Padding =
    typeof pad === 'string'
      ? [
          [0, 0],
          padsOf(pad, height, outHeight, kernelHeight, strideY),
          padsOf(pad, width, outWidth, kernelWidth, strideX),
          [0, 0],
        ]
      : pad;
  const image = tf.transpose(tf.pad(x, pads), [3, 0, 1, 2]); // [inChannels, batch, height, width]
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

/** Rows before and after, as TensorFlow counts them. */
function padsOf(pad: 'same' | 'valid', size: number, out: number, kernel: number, stride: number): [number, number] {
  const total = pad === 'valid' ? 0 : Math.max(0, (out - 1) * stride + kernel - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
