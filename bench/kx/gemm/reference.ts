/**
 * What the families compute, as their definitions say it: plain loops in float64. These are the specification that every
 * candidate is tested against, and share nothing with the kernels but the shapes.
 */
import { type Conv2dShape, conv2dSizes, type MatmulShape } from './shape.ts';

type Numbers = ArrayLike<number>;

/** C [m, n]. */
export function matmulReference(shape: MatmulShape, a: Numbers, b: Numbers): Float64Array {
  const { m, n, k, transposeA, transposeB } = shape;
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let l = 0; l < k; l++) {
        const x = a[transposeA ? l * m + i : i * k + l]!;
        const y = b[transposeB ? j * k + l : l * n + j]!;
        c[i * n + j]! += x * y;
      }
  return c;
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
  for (let image = 0; image < s.batch; image++)
    for (let oh = 0; oh < s.outHeight; oh++)
      for (let ow = 0; ow < s.outWidth; ow++)
        for (let kh = 0; kh < s.kernelHeight; kh++)
          for (let kw = 0; kw < s.kernelWidth; kw++) {
            const h = oh * s.strideY - s.padTop + kh;
            const w = ow * s.strideX - s.padLeft + kw;
            if (h < 0 || h >= s.height || w < 0 || w >= s.width) continue;
            for (let ci = 0; ci < s.inChannels; ci++)
              for (let co = 0; co < s.outChannels; co++)
                visit(
                  ((image * s.height + h) * s.width + w) * s.inChannels + ci,
                  ((kh * s.kernelWidth + kw) * s.inChannels + ci) * s.outChannels + co,
                  ((image * s.outHeight + oh) * s.outWidth + ow) * s.outChannels + co,
                );
          }
}
