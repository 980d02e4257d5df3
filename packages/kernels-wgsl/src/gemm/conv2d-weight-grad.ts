/**
 * The gradient of a convolution's weights: row (kh, kw, ci) of C sums, over every output pixel, the element of x which that tap
 * met times dy. So k runs over the pixels of the batch, a strip of the output image an outer step, and is long where C is small:
 * the rungs split it. A is x, gathered and read across its channels; B is dy as it lies in memory, [pixels, outChannels].
 */
import type { AdapterClass, Candidate } from '../candidate.ts';
import { type Epilogue, epilogueCost } from '../epilogue.ts';
import { tapPlace, windowConstants } from './conv2d.ts';
import { gemmCandidates } from './ladder.ts';
import { matmul } from './matmul.ts';
import { grainAlongLines, type Loads, loadType, matrixOperand, type Operand } from './operand.ts';
import type { Gemm } from './problem.ts';
import { type Conv2dShape, conv2dAsMatrix, conv2dBuffers, conv2dCost, conv2dDilation, conv2dSizes } from './shape.ts';

/** Inputs x, dy (like y); output dw (like w). The epilogue's columns are w's output channels. */
export function conv2dWeightGradCandidates(shape: Conv2dShape, epilogue: Epilogue, adapter: AdapterClass): Candidate[] {
  return gemmCandidates((loads) => conv2dWeightGrad(shape, epilogue, loads), adapter);
}

function conv2dWeightGrad(shape: Conv2dShape, epilogue: Epilogue, loads: Loads): Gemm {
  const { batch, outHeight, outWidth, inChannels, outChannels, kernelHeight, kernelWidth } = shape;
  const about = [
    `dw[kh, kw, ci, co] = sum over i, oh, ow of x[i, ${tapPlace(shape)}, ci] * dy[i, oh, ow, co]:`,
    `${conv2dBuffers(shape)}, dw like w, dy like y.`,
  ];
  const view = {
    family: 'conv2d-weight-grad',
    about,
    buffers: { a: 'x', b: 'dy', c: 'dw' },
    epilogueColumns: outChannels,
  };
  const matrix = conv2dAsMatrix(shape);
  if (matrix) {
    const product = { m: matrix.window, n: outChannels, k: matrix.pixels, transposeA: true, transposeB: false };
    return matmul(product, epilogue, view, loads);
  }
  const rows = kernelHeight * kernelWidth * inChannels;
  const strip = stripHeight(shape);
  const outer = (batch * outHeight) / strip;
  const inner = strip * outWidth;
  const cost = conv2dCost(shape);
  const extra = epilogueCost(epilogue, rows * outChannels);
  return {
    family: view.family,
    about,
    rows,
    columns: outChannels,
    outer,
    inner,
    constants: { ...windowConstants(shape), KW: kernelWidth, STRIP: strip, STRIPS: outHeight / strip },
    a: taps(shape, loads),
    b: matrixOperand('b', { buffer: 'dy', lines: outChannels, depth: outer * inner, contiguous: 'line', loads }),
    output: { name: 'dw', rows, epilogueColumns: outChannels },
    epilogue,
    cost: { flops: cost.flops + extra.flops, bytes: cost.bytes + extra.bytes },
  };
}

/** Pixels below which an outer step is not worth entering its loop: SwiftShader needs a microsecond for that. */
const SHORTEST_STRIP = 32;

/** Rows of the output image in one outer step: a divisor of its height. */
function stripHeight({ outHeight, outWidth }: Conv2dShape): number {
  const heights = Array.from({ length: outHeight }, (_, i) => i + 1).filter((rows) => outHeight % rows === 0);
  return heights.find((rows) => rows * outWidth >= SHORTEST_STRIP) ?? outHeight;
}

/** Rows of A: a tap and a channel of x (or four), followed from pixel to pixel through a strip of the output image. */
function taps(shape: Conv2dShape, loads: Loads): Operand {
  const grain = grainAlongLines(shape.inChannels, loads);
  const channels = grain === 'line4' ? '(CI / 4u)' : 'CI';
  const dilated = conv2dDilation(shape).some((d) => d > 1);
  const pixel = stripHeight(shape) === 1 ? '0u, c' : 'c / OW, c % OW';
  const place = dilated ? 'tap / KW * DY, tap % KW * DX' : 'tap / KW, tap % KW';
  const wgsl = `
// Where tap (kh, kw) of output pixel (0, 0) lies in the image, and the channel.
fn a_line(m: u32) -> vec3i {
  let tap = m / ${channels};
  return vec3i(vec3u(${place}, m % ${channels})) - vec3i(vec3u(PT, PL, 0u));
}
// Outer step o is strip o % STRIPS of image o / STRIPS: where the tap of its first pixel lies in x, and its row and column.
fn a_base(line: vec3i, o: u32) -> vec3i {
  let h = i32(o % STRIPS * (STRIP * SY)) + line.x;
  return vec3i(((i32(o / STRIPS * H) + h) * i32(W) + line.y) * i32(${channels}) + line.z, h, line.y);
}
fn a_load(base: vec3i, c: u32) -> ${loadType(grain)} {
  let step = vec2u(${pixel}) * vec2u(SY, SX);
  let inside = all(vec2u(base.yz) + step < vec2u(H, W));
  return select(${loadType(grain)}(), x[select(0, base.x + i32((step.x * W + step.y) * ${channels}), inside)], inside);
}`;
  return { buffer: 'x', size: conv2dSizes(shape).x, grain, wgsl };
}
