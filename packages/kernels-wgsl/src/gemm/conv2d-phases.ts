/**
 * The phases of an input gradient: which taps reach the pixels of one, and where its pixels lie. Without dilation they are every
 * SY-th and SX-th tap, and the WGSL says so in words of its own, which are cheaper than a table.
 */
import { firstReaching, reachingTaps, tapConstants } from './conv2d-taps.ts';
import type { Phases } from './problem.ts';
import type { Conv2dShape } from './shape.ts';

/** Taps of the phase that has most. */
export function mostTaps(s: Conv2dShape): number {
  const { step } = reachingTaps(s);
  return Math.ceil(s.kernelHeight / step[0]) * Math.ceil(s.kernelWidth / step[1]);
}

export const inputGradFormula = (s: Conv2dShape): string =>
  reachingTaps(s).dilated
    ? 'dx[i, oh * SY - PT + kh * DY, ow * SX - PL + kw * DX, ci] = sum over oh, ow, kh, kw, co of dy[i, oh, ow, co] * w[kh, kw, ci, co]:'
    : 'dx[i, h, w, ci] = sum over oh, ow, co of dy[i, oh, ow, co] * w[h + PT - oh * SY, w + PL - ow * SX, ci, co]:';

/** What the phases, and the operands that follow their taps, read. */
export function phaseConstants(s: Conv2dShape): Record<string, number> {
  const { dilated, leap } = reachingTaps(s);
  return {
    ...tapConstants(s),
    CO: s.outChannels,
    PHASE_H: Math.ceil(s.height / s.strideY),
    PHASE_W: Math.ceil(s.width / s.strideX),
    PHASES_X: Math.min(s.strideX, s.width),
    ...(dilated ? { LEAP_Y: leap[0], LEAP_X: leap[1] } : {}),
  };
}

/** From a phase's tap to its next, in WGSL. */
export const tapStep = (s: Conv2dShape): string =>
  reachingTaps(s).dilated ? 'vec2u(STEP_Y, STEP_X)' : 'vec2u(SY, SX)';

/** What the tap's number is multiplied by to say how far back its pixel of dy lies. */
export const tapLeap = (s: Conv2dShape): string => (reachingTaps(s).dilated ? ' * vec2u(LEAP_Y, LEAP_X)' : '');

/** WGSL that defines `first`, the pixel of dy which the phase's first tap brings to `pixel`; it may wrap below 0. */
export const firstPixel = (s: Conv2dShape): string =>
  reachingTaps(s).dilated
    ? 'let ahead = vec2i(phase_corner(phase) + vec2u(PT, PL)) - vec2i(first_tap(phase) * vec2u(DY, DX));\n' +
      '  let first = pixel.yz + vec2u(ahead / vec2i(vec2u(SY, SX)));'
    : 'let first = pixel.yz + (phase_corner(phase) + vec2u(PT, PL)) / vec2u(SY, SX);';

/** A phase is a pixel's place in its cell of SY x SX pixels. */
export function phases(s: Conv2dShape): Phases {
  const { dilated, step } = reachingTaps(s);
  // Phases differ by at most one tap a row. Both counts are written out, since dividing by a constant is cheap.
  const most = Math.ceil(s.kernelWidth / step[1]);
  const even = s.kernelWidth % step[1] === 0 || most === 1;
  const row = even ? `o / ${most}u` : `select(o / ${most - 1}u, o / ${most}u, taps_x == ${most}u)`;
  const rest = '(phase_corner(phase) + vec2u(PT, PL)) % vec2u(SY, SX)';
  const [stepY, stepX] = dilated ? ['STEP_Y', 'STEP_X'] : ['SY', 'SX'];
  const wgsl = `${firstReaching(s)}
// Pixel (0, 0) of the phase, which is smaller than (SY, SX).
fn phase_corner(phase: u32) -> vec2u { return vec2u(phase / PHASES_X, phase % PHASES_X); }
// The first tap that reaches the phase, and how many do in y and x, each ${stepY} or ${stepX} after the one before.
fn first_tap(phase: u32) -> vec2u { return ${dilated ? `first_reaching(${rest})` : rest}; }
fn taps(phase: u32) -> vec2u { return (vec2u(KH + ${stepY} - 1u, KW + ${stepX} - 1u) - first_tap(phase)) / ${tapStep(s)}; }
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
  return { count: Math.min(s.strideY, s.height) * Math.min(s.strideX, s.width), wgsl };
}
