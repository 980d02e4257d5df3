/** The problems that the GEMM core answers, in the words of the ops: shapes, and how much arithmetic they ask for. */

/** C [m, n] = A B, with A [m, k] (or [k, m] when transposed) and B [k, n] (or [n, k]). All row-major. */
export interface MatmulShape {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
}

/**
 * y [batch, outHeight, outWidth, outChannels] from x [batch, height, width, inChannels] and
 * w [kernelHeight, kernelWidth, inChannels, outChannels]: output pixel (oh, ow) sees the window of x whose top left corner is
 * (oh * strideY - padTop, ow * strideX - padLeft). Padding at the bottom and right is whatever the output's size implies.
 */
export interface Conv2dShape {
  batch: number;
  height: number;
  width: number;
  inChannels: number;
  outHeight: number;
  outWidth: number;
  outChannels: number;
  kernelHeight: number;
  kernelWidth: number;
  strideY: number;
  strideX: number;
  padTop: number;
  padLeft: number;
}

/** Elements of a convolution's three tensors. Each of its three ops reads two of them and writes the third. */
export const conv2dSizes = (s: Conv2dShape) => ({
  x: s.batch * s.height * s.width * s.inChannels,
  w: s.kernelHeight * s.kernelWidth * s.inChannels * s.outChannels,
  y: s.batch * s.outHeight * s.outWidth * s.outChannels,
});

/** Bytes that must move, and the multiply-adds that meet a pixel and not the padding: the same for all three ops. */
export function conv2dCost(s: Conv2dShape): { flops: number; bytes: number } {
  const rows = insideTaps(s.height, s.outHeight, s.kernelHeight, s.strideY, s.padTop);
  const columns = insideTaps(s.width, s.outWidth, s.kernelWidth, s.strideX, s.padLeft);
  const { x, w, y } = conv2dSizes(s);
  return { flops: 2 * s.batch * rows * columns * s.inChannels * s.outChannels, bytes: 4 * (x + w + y) };
}

/** Pairs (output, tap) along one axis whose input lies inside the image. */
function insideTaps(size: number, outSize: number, kernel: number, stride: number, pad: number): number {
  let pairs = 0;
  for (let out = 0; out < outSize; out++) {
    const first = out * stride - pad;
    pairs += Math.max(0, Math.min(first + kernel, size) - Math.max(first, 0));
  }
  return pairs;
}

/**
 * A convolution that is a matrix product as it stands: every window is a contiguous run of x of length `window`, and no
 * element of x lies in two windows. So are a 1x1 convolution, and one whose kernel covers the whole image (the first layer
 * of a generator, the last of a discriminator). Null for all others.
 */
export function conv2dAsMatrix(s: Conv2dShape): { pixels: number; window: number } | null {
  if (s.padTop !== 0 || s.padLeft !== 0) return null;
  const { batch, height, width, inChannels } = s;
  if (s.kernelHeight === height && s.kernelWidth === width && s.outHeight === 1 && s.outWidth === 1)
    return { pixels: batch, window: height * width * inChannels };
  const one = s.kernelHeight === 1 && s.kernelWidth === 1 && s.strideY === 1 && s.strideX === 1;
  if (one && s.outHeight === height && s.outWidth === width)
    return { pixels: batch * height * width, window: inChannels };
  return null;
}

/** Where a convolution lives, for a kernel's header: `x [64, 14, 14, 64], w [4, 4, 64, 128], y [64, 7, 7, 128]`. */
export const conv2dBuffers = (s: Conv2dShape): string =>
  `x [${s.batch}, ${s.height}, ${s.width}, ${s.inChannels}], ` +
  `w [${s.kernelHeight}, ${s.kernelWidth}, ${s.inChannels}, ${s.outChannels}], ` +
  `y [${s.batch}, ${s.outHeight}, ${s.outWidth}, ${s.outChannels}]`;
