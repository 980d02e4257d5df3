/**
 * The gradient of a convolution's input, which is the transposed convolution. An input pixel is reached by few of the kernel's
 * taps: those whose row kh makes ih + PT - kh a multiple of the stride, likewise in x. Which ones depends on the pixel's phase
 * (ih mod SY, iw mod SX) alone, so each phase is a small dense convolution of dy (4 x 4 taps at stride 2: four of 2 x 2), and no
 * inserted zero is ever multiplied. A row of A is a pixel of one phase, a step a tap, the inner run the channels of dy.
 */
import { type AdapterClass, type Candidate, candidate, slot } from '../candidate.ts';
import { type Epilogue, epilogueCost } from '../epilogue.ts';
import { paragraph } from '../kernel.ts';
import { map } from '../map.ts';
import { operand } from '../scalar.ts';
import { conv2dColumnsCandidate, FEW_CHANNELS } from './conv2d-columns.ts';
import { firstPixel, inputGradFormula, mostTaps, phaseConstants, phases, tapLeap, tapStep } from './conv2d-phases.ts';
import { gemmCandidates, innerRung } from './ladder.ts';
import { matmul } from './matmul.ts';
import { grainAlongK, grainAlongLines, type Loads, loadType, loadWidth, type Operand } from './operand.ts';
import type { Gemm } from './problem.ts';
import { type Conv2dShape, conv2dAsMatrix, conv2dBuffers, conv2dCost, conv2dSizes } from './shape.ts';

/** Inputs dy (like y), w; output dx (like x). The epilogue's columns are x's channels. */
export function conv2dInputGradCandidates(shape: Conv2dShape, epilogue: Epilogue, adapter: AdapterClass): Candidate[] {
  const rungs = gemmCandidates((loads) => conv2dInputGrad(shape, epilogue, loads), adapter);
  if (conv2dAsMatrix(shape)) return rungs;
  if (shape.inChannels <= FEW_CHANNELS) return [conv2dColumnsCandidate(shape, epilogue, adapter), ...rungs];
  if (adapter === 'gpu' || shape.inChannels % 4 !== 0) return rungs;
  const transposed = gemmCandidates((loads) => conv2dInputGrad(shape, epilogue, loads, 'transposed'), adapter);
  const alternative = afterTransposing(shape, innerRung(transposed, adapter));
  return [alternative, ...rungs];
}

const TRANSPOSED_WEIGHTS =
  'A register tile reads B one element of k at a time, for neighbouring columns; in w those are CO apart. A first dispatch ' +
  'turns [CI, CO] of each tap into [CO, CI], so that four columns come with one load: on a CPU 1.2 times as fast.';

function afterTransposing(shape: Conv2dShape, first: Candidate): Candidate {
  const { inChannels, outChannels } = shape;
  const size = conv2dSizes(shape).w;
  const build = () => {
    const transpose = map({
      name: 'transpose-weights',
      shape: [size / (inChannels * outChannels), outChannels, inChannels],
      operands: [{ type: 'f32', size, strides: [inChannels * outChannels, 1, outChannels], offset: 0 }],
      outputs: [{ expr: operand(0), type: 'f32' }],
    });
    const weights = slot.temp(first.temps.length);
    return {
      temps: [...first.temps, size],
      stages: [
        { kernel: transpose, slots: [slot.input(1), weights] },
        ...first.stages.map(({ kernel, slots }) => ({
          kernel,
          slots: slots.map((s) => (s.kind === 'input' && s.index === 1 ? weights : s)),
        })),
      ],
    };
  };
  return candidate('14-transposed-weights', TRANSPOSED_WEIGHTS, build, first.requires);
}

function conv2dInputGrad(
  shape: Conv2dShape,
  epilogue: Epilogue,
  loads: Loads,
  layout: 'as it is' | 'transposed' = 'as it is',
): Gemm {
  const { batch, height, width, inChannels, outChannels, strideY, strideX } = shape;
  const about = [
    inputGradFormula(shape),
    `${conv2dBuffers(shape)}, dx like x, dy like y.`,
    ...(layout === 'transposed' ? paragraph(TRANSPOSED_WEIGHTS) : []),
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
    return matmul(product, epilogue, view, loads);
  }
  const cost = conv2dCost(shape);
  const extra = epilogueCost(epilogue, conv2dSizes(shape).x);
  return {
    family: view.family,
    about,
    rows: batch * Math.ceil(height / strideY) * Math.ceil(width / strideX),
    columns: inChannels,
    outer: mostTaps(shape),
    inner: outChannels,
    constants: phaseConstants(shape),
    phases: phases(shape),
    a: pixels(shape, loads),
    b: layout === 'transposed' ? transposedWeights(shape, loads) : weights(shape, loads),
    output: { name: 'dx', rows: batch * height * width, epilogueColumns: inChannels },
    epilogue,
    cost: { flops: cost.flops + extra.flops, bytes: cost.bytes + extra.bytes },
  };
}

/** Rows of A: the pixel of dy that the phase's first tap brings to a pixel of the phase, and backwards from there. */
function pixels(shape: Conv2dShape, loads: Loads): Operand {
  const grain = grainAlongK(shape.outChannels, loads);
  const vec = grain === 'k4' ? ' / 4u' : '';
  const wgsl = `
// Image, row and column of dy, and the phase's taps in x.
fn a_line(m: u32, phase: u32) -> vec4i {
  let pixel = pixel_at(m);
  ${firstPixel(shape)}
  return vec4i(vec4u(pixel.x, first, taps(phase).y));
}
// The pixel's channels, or -1 outside dy.
fn a_base(line: vec4i, o: u32) -> i32 {
  let place = line.yz - vec2i(tap_at(o, u32(line.w))${tapLeap(shape)});
  let inside = all(vec2u(place) < vec2u(OH, OW));
  return select(-1, ((line.x * i32(OH) + place.x) * i32(OW) + place.y) * i32(CO${vec}), inside);
}
fn a_load(base: i32, c: u32) -> ${loadType(grain)} {
  return select(${loadType(grain)}(), dy[u32(max(base, 0)) + c${vec}], base >= 0);
}`;
  return { buffer: 'dy', size: conv2dSizes(shape).y, grain, wgsl };
}

/** Columns of B: w [KH, KW, CI, CO] read along CO. */
function weights(shape: Conv2dShape, loads: Loads): Operand {
  const grain = grainAlongK(shape.outChannels, loads);
  const vec = grain === 'k4' ? ' / 4u' : '';
  const wgsl = `
// The input channel, the phase's first tap, and its taps in x.
fn b_line(n: u32, phase: u32) -> vec4u { return vec4u(n, first_tap(phase), taps(phase).y); }
fn b_base(line: vec4u, o: u32) -> u32 {
  let tap = line.yz + tap_at(o, line.w) * ${tapStep(shape)};
  return ((tap.x * KW + tap.y) * CI + line.x) * (CO${vec});
}
fn b_load(base: u32, c: u32) -> ${loadType(grain)} { return w[base + c${vec}]; }`;
  return { buffer: 'w', size: conv2dSizes(shape).w, grain, wgsl };
}

/** Columns of B: w turned to [KH, KW, CO, CI], read along CI. */
function transposedWeights(shape: Conv2dShape, loads: Loads): Operand {
  const grain = grainAlongLines(shape.inChannels, loads);
  const quad = loadWidth(grain);
  const wgsl = `
// The input channel (a quad of them where loads bring four), the phase's first tap, and its taps in x.
fn b_line(n: u32, phase: u32) -> vec4u { return vec4u(n, first_tap(phase), taps(phase).y); }
fn b_base(line: vec4u, o: u32) -> u32 {
  let tap = line.yz + tap_at(o, line.w) * ${tapStep(shape)};
  return (tap.x * KW + tap.y) * (CO * CI / ${quad}u) + line.x;
}
fn b_load(base: u32, c: u32) -> ${loadType(grain)} { return w[base + c * (CI / ${quad}u)]; }`;
  return { buffer: 'w', size: conv2dSizes(shape).w, grain, wgsl };
}
