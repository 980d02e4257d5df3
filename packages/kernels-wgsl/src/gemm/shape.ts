/** The problems that the GEMM core answers, in the words of the ops: shapes, and how much arithmetic they ask for. */
import { sizeOf } from '../view.ts';

/**
 * C [m, n] = A B, with A [m, k] (or [k, m] when transposed) and B [k, n] (or [n, k]), for each of a batch of them. All
 * row-major.
 */
export interface MatmulShape {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  /** Axes before A's two and before B's two, each default none; C has the axes that both broadcast to (NumPy's rule). */
  batchA?: readonly number[];
  batchB?: readonly number[];
}

/** The batch axes of C. */
export function matmulBatch({ batchA = [], batchB = [] }: Pick<MatmulShape, 'batchA' | 'batchB'>): number[] {
  const rank = Math.max(batchA.length, batchB.length);
  const at = (axes: readonly number[], axis: number) => axes[axis - rank + axes.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => Math.max(at(batchA, axis), at(batchB, axis)));
}

/** Elements of a matrix product's three tensors. */
export function matmulSizes(shape: MatmulShape): { a: number; b: number; c: number } {
  const { m, n, k, batchA = [], batchB = [] } = shape;
  return { a: sizeOf(batchA) * m * k, b: sizeOf(batchB) * k * n, c: sizeOf(matmulBatch(shape)) * m * n };
}

/**
 * y [batch, outHeight, outWidth, outChannels] from x [batch, height, width, inChannels] and
 * w [kernelHeight, kernelWidth, inChannels / groups, outChannels]: output pixel (oh, ow) sees the window of x whose top left
 * corner is (oh * strideY - padTop, ow * strideX - padLeft), and of it every dilationY-th row and dilationX-th column. Padding
 * at the bottom and right is whatever the output's size implies.
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
  /** Pixels of x from one tap of the kernel to the next. Default 1. */
  dilationY?: number;
  dilationX?: number;
  /**
   * Into how many equal parts the channels are cut: part g of y's channels sees part g of x's alone. Default 1. The GEMM core
   * answers 1, `groupedConv2d...` any.
   */
  groups?: number;
}

/** Elements of a convolution's three tensors. Each of its three ops reads two of them and writes the third. */
export const conv2dSizes = (s: Conv2dShape) => ({
  x: s.batch * s.height * s.width * s.inChannels,
  w: s.kernelHeight * s.kernelWidth * groupInputs(s) * s.outChannels,
  y: s.batch * s.outHeight * s.outWidth * s.outChannels,
});

/** Channels of x that one of y's sees. */
export const groupInputs = ({ inChannels, groups = 1 }: Conv2dShape): number => inChannels / groups;

/** [y, x]; 1 along an axis on which the kernel has one tap and nothing to spread. */
export const conv2dDilation = (s: Conv2dShape): [number, number] => [
  s.kernelHeight === 1 ? 1 : (s.dilationY ?? 1),
  s.kernelWidth === 1 ? 1 : (s.dilationX ?? 1),
];

/** Bytes that must move, and the multiply-adds that meet a pixel and not the padding: the same for all three ops. */
export function conv2dCost(s: Conv2dShape): { flops: number; bytes: number } {
  const [dilationY, dilationX] = conv2dDilation(s);
  const rows = insideTaps(s.height, s.outHeight, s.kernelHeight, s.strideY, s.padTop, dilationY);
  const columns = insideTaps(s.width, s.outWidth, s.kernelWidth, s.strideX, s.padLeft, dilationX);
  const { x, w, y } = conv2dSizes(s);
  return { flops: 2 * s.batch * rows * columns * groupInputs(s) * s.outChannels, bytes: 4 * (x + w + y) };
}

/** Pairs (output, tap) along one axis whose input lies inside the image. */
function insideTaps(size: number, outSize: number, kernel: number, stride: number, pad: number, dilation: number) {
  let pairs = 0;
  for (let out = 0; out < outSize; out++) {
    const first = out * stride - pad;
    const inside = (end: number) => Math.min(kernel, Math.max(0, Math.ceil((end - first) / dilation)));
    pairs += inside(size) - inside(0);
  }
  return pairs;
}

/**
 * A convolution that is a matrix product as it stands: every window is a contiguous run of x of length `window`, and no
 * element of x lies in two windows. So are a 1x1 convolution, and one whose kernel covers the whole image (the first layer
 * of a generator, the last of a discriminator). Null for all others.
 */
export function conv2dAsMatrix(s: Conv2dShape): { pixels: number; window: number } | null {
  if (s.padTop !== 0 || s.padLeft !== 0 || conv2dDilation(s).some((d) => d > 1)) return null;
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
  `w [${s.kernelHeight}, ${s.kernelWidth}, ${groupInputs(s)}, ${s.outChannels}], ` +
  `y [${s.batch}, ${s.outHeight}, ${s.outWidth}, ${s.outChannels}]`;
