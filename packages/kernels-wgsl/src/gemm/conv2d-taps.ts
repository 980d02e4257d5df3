/**
 * Which taps of a convolution's kernel reach a pixel of its input. Along one axis, output o meets pixel i with tap t where
 * i + P = o S + t D (stride S, padding P, dilation D). So t D = i + P (mod S): which taps those are depends on (i + P) mod S
 * alone, and where there are any they lie S / gcd(S, D) apart. Without dilation they are every S-th from (i + P) mod S.
 */
import { indent } from '../kernel.ts';
import { windowConstants } from './conv2d.ts';
import { type Conv2dShape, conv2dDilation } from './shape.ts';

/** [y, x] of each. */
export interface Taps {
  /** Whether the kernel is dilated along either axis. */
  dilated: boolean;
  dilation: [number, number];
  /** From a tap that reaches a pixel to the next: S / gcd(S, D). */
  step: [number, number];
  /** Outputs between those two: D / gcd(S, D). */
  leap: [number, number];
}

export function reachingTaps(s: Conv2dShape): Taps {
  const dilation = conv2dDilation(s);
  const [y, x] = [gcd(s.strideY, dilation[0]), gcd(s.strideX, dilation[1])];
  return {
    dilated: dilation.some((d) => d > 1),
    dilation,
    step: [s.strideY / y, s.strideX / x],
    leap: [dilation[0] / y, dilation[1] / x],
  };
}

/**
 * WGSL `fn first_reaching(rest: vec2u) -> vec2u`: the first tap, in y and x, that reaches pixels whose (i + P) mod S is `rest`,
 * KH or KW where none does. Empty without dilation, where that is `rest` itself.
 */
export function firstReaching(s: Conv2dShape): string {
  if (!reachingTaps(s).dilated) return '';
  const [dilationY, dilationX] = conv2dDilation(s);
  const table = (axis: 'Y' | 'X', kernel: number, stride: number, dilation: number) => {
    const first = Array.from({ length: stride }, (_, rest) => {
      const tap = Array.from({ length: Math.min(kernel, stride) }, (_, t) => t).find(
        (t) => (t * dilation) % stride === rest,
      );
      return `${tap ?? kernel}u`;
    });
    return `const FIRST_${axis} = array<u32, S${axis}>(${first.join(', ')});`;
  };
  return `
// The first tap that reaches pixels whose (i + P) mod S is rest, beyond the kernel where none does.
fn first_reaching(rest: vec2u) -> vec2u { return vec2u(FIRST_Y[rest.x], FIRST_X[rest.y]); }
${table('Y', s.kernelHeight, s.strideY, dilationY)}
${table('X', s.kernelWidth, s.strideX, dilationX)}`;
}

/**
 * WGSL loops over the taps (kh, kw) that reach a pixel, and the pixel (oh, ow) of dy that each brings.
 * @param body statements in the inner loop; `at_h` and `at_w` are the pixel's place in the padded image. Reads `tapConstants`.
 */
export function eachReachingTap(s: Conv2dShape, body: string): string {
  const { dilated } = reachingTaps(s);
  // Taps beyond the pixel would come from before dy's first.
  const loop = (axis: 'h' | 'w', first: string, [K, S, D, STEP, O]: [string, string, string, string, string]) =>
    dilated
      ? `for (var k${axis} = ${first}; k${axis} < ${K} && k${axis} * ${D} <= at_${axis}; k${axis} += ${STEP}) {
  let o${axis} = (at_${axis} - k${axis} * ${D}) / ${S};
  if (o${axis} >= ${O}) { continue; }`
      : `for (var k${axis} = at_${axis} % ${S}; k${axis} < min(${K}, at_${axis} + 1u); k${axis} += ${S}) {
  let o${axis} = (at_${axis} - k${axis}) / ${S};
  if (o${axis} >= ${O}) { continue; }`;
  return `${dilated ? 'let first = first_reaching(vec2u(at_h % SY, at_w % SX));\n' : ''}${loop('h', 'first.x', ['KH', 'SY', 'DY', 'STEP_Y', 'OH'])}
${indent(`${loop('w', 'first.y', ['KW', 'SX', 'DX', 'STEP_X', 'OW'])}\n${indent(body.trim())}\n}`)}
}`;
}

/** What `eachReachingTap` reads, declarations included where the kernel is dilated. */
export function tapConstants(s: Conv2dShape): Record<string, number> {
  const { dilated, step } = reachingTaps(s);
  return {
    ...windowConstants(s),
    KH: s.kernelHeight,
    KW: s.kernelWidth,
    ...(dilated ? { STEP_Y: step[0], STEP_X: step[1] } : {}),
  };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
