/**
 * What the families compute, as their definitions say it: plain loops in float64. These are the specification that every
 * candidate is tested against, and share nothing with the kernels but the shapes.
 */
import { sizeOf } from '../view.ts';
import { type Conv2dShape, conv2dSizes, type MatmulShape, matmulBatch, matmulSizes } from './shape.ts';

type Numbers = ArrayLike<number>;

/** C [...batch, m, n]. */
export function matmulReference(shape: MatmulShape, a: Numbers, b: Numbers): Float64Array {
  const { m, n, k, transposeA, transposeB, batchA = [], batchB = [] } = shape;
  const batch = matmulBatch(shape);
  const c = new Float64Array(matmulSizes(shape).c);
  for (let matrix = 0; matrix < sizeOf(batch); matrix++) {
    const matrixA = broadcastIndex(matrix, batch, batchA) * m * k;
    const matrixB = broadcastIndex(matrix, batch, batchB) * k * n;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++)
        for (let l = 0; l < k; l++) {
          const x = a[matrixA + (transposeA ? l * m + i : i * k + l)]!;
          const y = b[matrixB + (transposeB ? j * k + l : l * n + j)]!;
          c[(matrix * m + i) * n + j]! += x * y;
        }
  }
  return c;
}

/** Which element of an array of shape `from` stands at element `index` of the shape `to` to which it is broadcast. */
function broadcastIndex(index: number, to: readonly number[], from: readonly number[]): number {
  let [left, step, place] = [index, 1, 0];
  for (let axis = 1; axis <= from.length; axis++) {
    const size = from.at(-axis)!;
    place += ((left % to.at(-axis)!) % size) * step;
    left = Math.floor(left / to.at(-axis)!);
    step *= size;
  }
  return place;
}

/** y from x and w. */
export function conv2dReference(shape: Conv2dShape, x: Numbers, w: Numbers): Float64Array {
  const y = new Float64Array(conv2dSizes(shape).y);
  eachMultiplyAdd(shape, (ix, iw, iy) => {
    y[iy]! += x[ix]! * w[iw]!;
  });
  return y;
}

/** dx from dy and w. */
export function conv2dInputGradReference(shape: Conv2dShape, dy: Numbers, w: Numbers): Float64Array {
  const dx = new Float64Array(conv2dSizes(shape).x);
  eachMultiplyAdd(shape, (ix, iw, iy) => {
    dx[ix]! += dy[iy]! * w[iw]!;
  });
  return dx;
}

/** dw from x and dy. */
export function conv2dWeightGradReference(shape: Conv2dShape, x: Numbers, dy: Numbers): Float64Array {
  const dw = new Float64Array(conv2dSizes(shape).w);
  eachMultiplyAdd(shape, (ix, iw, iy) => {
    dw[iw]! += x[ix]! * dy[iy]!;
  });
  return dw;
}

/** A convolution is the sum of x[ix] * w[iw] into y[iy] over these triples; its gradients move the sum to another of the three. */
function eachMultiplyAdd(s: Conv2dShape, visit: (ix: number, iw: number, iy: number) => void): void {
  const { groups = 1, dilationY = 1, dilationX = 1 } = s;
  const [inputs, outputs] = [s.inChannels / groups, s.outChannels / groups];
  for (let image = 0; image < s.batch; image++)
    for (let oh = 0; oh < s.outHeight; oh++)
      for (let ow = 0; ow < s.outWidth; ow++)
        for (let kh = 0; kh < s.kernelHeight; kh++)
          for (let kw = 0; kw < s.kernelWidth; kw++) {
            const h = oh * s.strideY - s.padTop + kh * dilationY;
            const w = ow * s.strideX - s.padLeft + kw * dilationX;
            if (h < 0 || h >= s.height || w < 0 || w >= s.width) continue;
            for (let co = 0; co < s.outChannels; co++)
              for (let ci = 0; ci < inputs; ci++)
                visit(
                  ((image * s.height + h) * s.width + w) * s.inChannels + Math.floor(co / outputs) * inputs + ci,
                  ((kh * s.kernelWidth + kw) * inputs + ci) * s.outChannels + co,
                  ((image * s.outHeight + oh) * s.outWidth + ow) * s.outChannels + co,
                );
          }
}
