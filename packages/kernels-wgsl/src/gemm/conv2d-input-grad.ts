/**
 * The gradient of a convolution's input, which is the transposed convolution. An input pixel is reached by few of the kernel's
 * taps: those whose row kh makes ih + PT - kh a multiple of the stride, likewise in x. Which ones depends on the pixel's phase
 * (ih mod SY, iw mod SX) alone, so each phase is a small dense convolution of dy (4 x 4 taps at stride 2: four of 2 x 2), and no
 * inserted zero is ever multiplied. A row of A is a pixel of one phase, a step a tap, the inner run the channels of dy.
 */
import { type AdapterClass, type Candidate, slot } from '../candidate.ts';
import { type Epilogue, epilogueCost } from '../epilogue.ts';
import type { Width } from '../expression.ts';
import { map } from '../map.ts';
import { operand } from '../scalar.ts';
import { windowConstants } from './conv2d.ts';
import { conv2dColumnsCandidate, FEW_CHANNELS } from './conv2d-columns.ts';
import { matmul } from './matmul.ts';
import { grainAlongK, grainAlongLines, loadType, loadWidth, type Operand } from './operand.ts';
import type { Gemm } from './problem.ts';
import { gemmCandidates } from './rungs.ts';
import { type Conv2dShape, conv2dAsMatrix, conv2dBuffers, conv2dCost, conv2dSizes } from './shape.ts';

/** Inputs dy (like y), w; output dx (like x). The epilogue's columns are x's channels. */
export function conv2dInputGradCandidates(shape: Conv2dShape, epilogue: Epilogue, adapter: AdapterClass): Candidate[] {
  const rungs = gemmCandidates((kWidth) => conv2dInputGrad(shape, epilogue, kWidth), adapter);
  if (conv2dAsMatrix(shape)) return rungs;
  if (shape.inChannels <= FEW_CHANNELS) return [conv2dColumnsCandidate(shape, epilogue, adapter), ...rungs];
  if (adapter === 'gpu' || shape.inChannels % 4 !== 0) return rungs;
  const transposed = gemmCandidates((kWidth) => conv2dInputGrad(shape, epilogue, kWidth, 'transposed'), adapter);
  const alternative = afterTransposing(shape, transposed[0]!);
  return adapter === 'llvmpipe' ? [alternative, ...rungs] : [...rungs, alternative];
}

/**
 * A register tile reads B one element of k at a time, for neighbouring columns; in w those are CO apart. A first dispatch turns
 * [CI, CO] of each tap into [CO, CI], so that four columns come with one load: 1.2 times as fast on llvmpipe at 64 and 128
 * channels, and no faster on SwiftShader.
 */
function afterTransposing(shape: Conv2dShape, { name, temps, stages }: Candidate): Candidate {
  const { inChannels, outChannels } = shape;
  const size = conv2dSizes(shape).w;
  const transpose = map({
    name: 'transpose-weights',
    shape: [size / (inChannels * outChannels), outChannels, inChannels],
    operands: [{ type: 'f32', size, strides: [inChannels * outChannels, 1, outChannels], offset: 0 }],
    outputs: [{ expr: operand(0), type: 'f32' }],
  });
  const weights = slot.temp(temps.length);
  return {
    name: `${name}-transposed`,
    temps: [...temps, size],
    stages: [
      { kernel: transpose, slots: [slot.input(1), weights] },
      ...stages.map(({ kernel, slots }) => ({
        kernel,
        slots: slots.map((s) => (s.kind === 'input' && s.index === 1 ? weights : s)),
      })),
    ],
  };
}

function conv2dInputGrad(
  shape: Conv2dShape,
  epilogue: Epilogue,
  kWidth: Width,
  layout: 'as it is' | 'transposed' = 'as it is',
): Gemm {
  const { batch, height, width, inChannels, outChannels, kernelHeight, kernelWidth, strideY, strideX } = shape;
  const about = [
    'dx[i, h, w, ci] = sum over oh, ow, co of dy[i, oh, ow, co] * w[h + PT - oh * SY, w + PL - ow * SX, ci, co]:',
    `${conv2dBuffers(shape)}, dx like x, dy like y.`,
  ];
  const view = {
    family: 'conv2d-input-grad',
    about,
    buffers: { a: 'dy', b: 'w', c: 'dx' },
    epilogueColumns: inChannels,
  };
  const matrix = conv2dAsMatrix(shape);
  if (matrix) {
    const product = { m: matrix.pixels, n: matrix.window, k: outChannels, transposeA: false, transposeB: true };
    return matmul(product, epilogue, view, kWidth);
  }
  const phaseHeight = Math.ceil(height / strideY);
  const phaseWidth = Math.ceil(width / strideX);
  const cost = conv2dCost(shape);
  const extra = epilogueCost(epilogue, conv2dSizes(shape).x);
  return {
    family: view.family,
    about,
    rows: batch * phaseHeight * phaseWidth,
    columns: inChannels,
    outer: Math.ceil(kernelHeight / strideY) * Math.ceil(kernelWidth / strideX),
    inner: outChannels,
    constants: {
      ...windowConstants(shape),
      KH: kernelHeight,
      KW: kernelWidth,
      CO: outChannels,
      PHASE_H: phaseHeight,
      PHASE_W: phaseWidth,
      PHASES_X: Math.min(strideX, width),
    },
    phases: { count: Math.min(strideY, height) * Math.min(strideX, width), wgsl: phases(shape) },
    a: pixels(shape, kWidth),
    b: layout === 'transposed' ? transposedWeights(shape) : weights(shape, kWidth),
    output: { name: 'dx', rows: batch * height * width, epilogueColumns: inChannels },
    epilogue,
    cost: { flops: cost.flops + extra.flops, bytes: cost.bytes + extra.bytes },
  };
}

/** What a phase is: its place in each cell of SY x SX pixels, its taps, and where its rows lie in dx. */
function phases({ kernelWidth, strideX }: Conv2dShape): string {
  // Phases differ by at most one tap a row. Both counts are written out, since dividing by a constant is cheap.
  const most = Math.ceil(kernelWidth / strideX);
  const even = kernelWidth % strideX === 0 || most === 1;
  const row = even ? `o / ${most}u` : `select(o / ${most - 1}u, o / ${most}u, taps_x == ${most}u)`;
  return `
// Pixel (0, 0) of the phase, which is smaller than (SY, SX).
fn phase_corner(phase: u32) -> vec2u { return vec2u(phase / PHASES_X, phase % PHASES_X); }
// The first tap that reaches the phase, and how many do in y and x, each SY or SX after the one before.
fn first_tap(phase: u32) -> vec2u { return (phase_corner(phase) + vec2u(PT, PL)) % vec2u(SY, SX); }
fn taps(phase: u32) -> vec2u { return (vec2u(KH + SY - 1u, KW + SX - 1u) - first_tap(phase)) / vec2u(SY, SX); }
fn outer_steps(phase: u32) -> u32 { return taps(phase).x * taps(phase).y; }
// The tap of outer step o, (row, column) in the phase's own counting.
fn tap_at(o: u32, taps_x: u32) -> vec2u {
  let row = ${row};
  return vec2u(row, o - row * taps_x);
}
// Image and pixel of the phase's row m.
fn pixel_at(m: u32) -> vec3u { return vec3u(m / (PHASE_H * PHASE_W), m / PHASE_W % PHASE_H, m % PHASE_W); }
fn output_row(m: u32, phase: u32) -> u32 {
  let pixel = pixel_at(m);
  let place = pixel.yz * vec2u(SY, SX) + phase_corner(phase);
  return select(ROWS, (pixel.x * H + place.x) * W + place.y, all(place < vec2u(H, W)));
}`;
}

/** Rows of A: the pixel of dy that tap (0, 0) brings to a pixel of the phase, and backwards from there. */
function pixels(shape: Conv2dShape, kWidth: Width): Operand {
  const grain = grainAlongK(shape.outChannels, kWidth);
  const vec = grain === 'k4' ? ' / 4u' : '';
  const wgsl = `
// Image, row and column of dy, and the phase's taps in x.
fn a_line(m: u32, phase: u32) -> vec4i {
  let pixel = pixel_at(m);
  let first = pixel.yz + (phase_corner(phase) + vec2u(PT, PL)) / vec2u(SY, SX);
  return vec4i(vec4u(pixel.x, first, taps(phase).y));
}
// The pixel's channels, or -1 outside dy.
fn a_base(line: vec4i, o: u32) -> i32 {
  let place = line.yz - vec2i(tap_at(o, u32(line.w)));
  let inside = all(vec2u(place) < vec2u(OH, OW));
  return select(-1, ((line.x * i32(OH) + place.x) * i32(OW) + place.y) * i32(CO${vec}), inside);
}
fn a_load(base: i32, c: u32) -> ${loadType(grain)} {
  return select(${loadType(grain)}(), dy[u32(max(base, 0)) + c${vec}], base >= 0);
}`;
  return { buffer: 'dy', size: conv2dSizes(shape).y, grain, wgsl };
}

/** Columns of B: w [KH, KW, CI, CO] read along CO. */
function weights(shape: Conv2dShape, kWidth: Width): Operand {
  const grain = grainAlongK(shape.outChannels, kWidth);
  const vec = grain === 'k4' ? ' / 4u' : '';
  const wgsl = `
// The input channel, the phase's first tap, and its taps in x.
fn b_line(n: u32, phase: u32) -> vec4u { return vec4u(n, first_tap(phase), taps(phase).y); }
fn b_base(line: vec4u, o: u32) -> u32 {
  let tap = line.yz + tap_at(o, line.w) * vec2u(SY, SX);
  return ((tap.x * KW + tap.y) * CI + line.x) * (CO${vec});
}
fn b_load(base: u32, c: u32) -> ${loadType(grain)} { return w[base + c${vec}]; }`;
  return { buffer: 'w', size: conv2dSizes(shape).w, grain, wgsl };
}

/** Columns of B: w turned to [KH, KW, CO, CI], read along CI. */
function transposedWeights(shape: Conv2dShape): Operand {
  const grain = grainAlongLines(shape.inChannels);
  const quad = loadWidth(grain);
  const wgsl = `
// The input channel (a quad of them where loads bring four), the phase's first tap, and its taps in x.
fn b_line(n: u32, phase: u32) -> vec4u { return vec4u(n, first_tap(phase), taps(phase).y); }
fn b_base(line: vec4u, o: u32) -> u32 {
  let tap = line.yz + tap_at(o, line.w) * vec2u(SY, SX);
  return (tap.x * KW + tap.y) * (CO * CI / ${quad}u) + line.x;
}
fn b_load(base: u32, c: u32) -> ${loadType(grain)} { return w[base + c * (CI / ${quad}u)]; }`;
  return { buffer: 'w', size: conv2dSizes(shape).w, grain, wgsl };
}
