/**
 * Convolution as an implicit matrix product: a row of A is an output pixel's window of x, gathered while it is loaded; B is w as
 * it lies in memory, [kernelHeight * kernelWidth * inChannels, outChannels].
 */
import type { AdapterClass, Candidate } from '../candidate.ts';
import { type Epilogue, epilogueCost } from '../epilogue.ts';
import { gemmCandidates } from './ladder.ts';
import { matmul } from './matmul.ts';
import { grainAlongK, type Loads, loadType, matrixOperand, type Operand } from './operand.ts';
import type { Gemm } from './problem.ts';
import { type Conv2dShape, conv2dAsMatrix, conv2dBuffers, conv2dCost, conv2dDilation, conv2dSizes } from './shape.ts';

/** Inputs x, w; output y. The epilogue's columns are y's channels. */
export function conv2dCandidates(shape: Conv2dShape, epilogue: Epilogue, adapter: AdapterClass): Candidate[] {
  return gemmCandidates((loads) => conv2d(shape, epilogue, loads), adapter);
}

function conv2d(shape: Conv2dShape, epilogue: Epilogue, loads: Loads): Gemm {
  const { batch, outHeight, outWidth, outChannels, kernelHeight, kernelWidth, inChannels } = shape;
  const about = [
    `y[i, oh, ow, co] = sum over kh, kw, ci of x[i, ${tapPlace(shape)}, ci] * w[kh, kw, ci, co]:`,
    conv2dBuffers(shape),
  ];
  const view = { family: 'conv2d', about, buffers: { a: 'x', b: 'w', c: 'y' }, epilogueColumns: outChannels };
  const matrix = conv2dAsMatrix(shape);
  if (matrix) {
    const product = { m: matrix.pixels, n: outChannels, k: matrix.window, transposeA: false, transposeB: false };
    return matmul(product, epilogue, view, loads);
  }
  const rows = batch * outHeight * outWidth;
  const cost = conv2dCost(shape);
  const extra = epilogueCost(epilogue, rows * outChannels);
  // A row of the kernel meets neighbours in memory, unless dilation keeps its taps apart.
  const spread = conv2dDilation(shape)[1] > 1;
  const outer = spread ? kernelHeight * kernelWidth : kernelHeight;
  const inner = spread ? inChannels : kernelWidth * inChannels;
  return {
    family: view.family,
    about,
    rows,
    columns: outChannels,
    outer,
    inner,
    constants: { ...windowConstants(shape), ...(spread ? { KW: kernelWidth } : {}) },
    a: spread ? spreadWindows(shape, loads) : windows(shape, loads),
    b: matrixOperand('b', { buffer: 'w', lines: outChannels, depth: outer * inner, contiguous: 'line', loads }),
    output: { name: 'y', rows, epilogueColumns: outChannels },
    epilogue,
    cost: { flops: cost.flops + extra.flops, bytes: cost.bytes + extra.bytes },
  };
}

/** The convolution's geometry, for a header. */
export function windowConstants(s: Conv2dShape): Record<string, number> {
  const [dilationY, dilationX] = conv2dDilation(s);
  return {
    H: s.height,
    W: s.width,
    CI: s.inChannels,
    OH: s.outHeight,
    OW: s.outWidth,
    SY: s.strideY,
    SX: s.strideX,
    PT: s.padTop,
    PL: s.padLeft,
    ...(dilationY * dilationX > 1 ? { DY: dilationY, DX: dilationX } : {}),
  };
}

/** Row and column of x that tap (kh, kw) of output (oh, ow) meets, for a header. */
export const tapPlace = (s: Conv2dShape): string =>
  conv2dDilation(s).some((d) => d > 1)
    ? 'oh * SY - PT + kh * DY, ow * SX - PL + kw * DX'
    : 'oh * SY - PT + kh, ow * SX - PL + kw';

/**
 * Rows of A. An outer step is one row of the kernel: its kernelWidth * inChannels elements of x are neighbours in memory, and
 * lie inside the image where their place in the image's row of W * CI elements does.
 */
function windows(shape: Conv2dShape, loads: Loads): Operand {
  const grain = grainAlongK(shape.inChannels, loads);
  const vec = grain === 'k4' ? ' / 4u' : '';
  const wgsl = `
// The image, and the top left corner of output pixel m's window.
fn a_line(m: u32) -> vec3i {
  return vec3i(vec3u(m / (OH * OW), m / OW % OH * SY, m % OW * SX)) - vec3i(vec3u(0u, PT, PL));
}
// Where the image's row begins that row o of the window meets, and the window's place in it.
fn a_base(line: vec3i, o: u32) -> vec2i {
  let h = line.y + i32(${conv2dDilation(shape)[0] > 1 ? 'o * DY' : 'o'});
  let row = vec2i((line.x * i32(H) + h) * i32(W * CI${vec}), line.z * i32(CI${vec}));
  return select(vec2i(0, OUTSIDE), row, u32(h) < H);
}
fn a_load(base: vec2i, c: u32) -> ${loadType(grain)} {
  let place = base.y + i32(c${vec});
  let inside = u32(place) < W * CI${vec};
  return select(${loadType(grain)}(), x[select(0, base.x + place, inside)], inside);
}
// A place left of every row, whatever is added to it.
const OUTSIDE = -0x40000000;`;
  return { buffer: 'x', size: conv2dSizes(shape).x, grain, wgsl };
}

/** Rows of A where dilation keeps the taps of a row apart: an outer step is one tap, its inner run the channels of one pixel. */
function spreadWindows(shape: Conv2dShape, loads: Loads): Operand {
  const grain = grainAlongK(shape.inChannels, loads);
  const vec = grain === 'k4' ? ' / 4u' : '';
  const wgsl = `
// The image, and the top left corner of output pixel m's window.
fn a_line(m: u32) -> vec3i {
  return vec3i(vec3u(m / (OH * OW), m / OW % OH * SY, m % OW * SX)) - vec3i(vec3u(0u, PT, PL));
}
// The channels of the pixel that tap o meets, or -1 outside the image.
fn a_base(line: vec3i, o: u32) -> i32 {
  let place = line.yz + vec2i(vec2u(o / KW * DY, o % KW * DX));
  let inside = all(vec2u(place) < vec2u(H, W));
  return select(-1, ((line.x * i32(H) + place.x) * i32(W) + place.y) * i32(CI${vec}), inside);
}
fn a_load(base: i32, c: u32) -> ${loadType(grain)} {
  return select(${loadType(grain)}(), x[u32(max(base, 0)) + c${vec}], base >= 0);
}`;
  return { buffer: 'x', size: conv2dSizes(shape).x, grain, wgsl };
}
