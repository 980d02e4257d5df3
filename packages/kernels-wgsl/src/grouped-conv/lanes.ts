/**
 * How the kernels of a grouped convolution step through channels. Part g of y's channels sees part g of x's alone, so that there
 * is no large matrix product to be had: an invocation computes one result, or four neighbours at once where a vec4 holds
 * channels that are treated alike.
 */
import type { Width } from '../expression.ts';
import { windowConstants } from '../gemm/conv2d.ts';
import { type Conv2dShape, conv2dDilation, groupInputs } from '../gemm/shape.ts';

/** Channels that one load brings: of x, and of y and w, whose innermost axis both are y's channels. */
export interface Lanes {
  x: Width;
  y: Width;
}

export const SINGLE: Lanes = { x: 1, y: 1 };

/**
 * Four channels at once: in a depthwise convolution (one channel of x for one of y) four of both, otherwise four of y, which
 * see the same channels of x if they are of one group. Null where neither fits.
 */
export function quads(s: Conv2dShape): Lanes | null {
  const { inChannels, outChannels, groups = 1 } = s;
  if (inChannels === groups && outChannels === groups && groups % 4 === 0) return { x: 4, y: 4 };
  return (outChannels / groups) % 4 === 0 ? { x: 1, y: 4 } : null;
}

/**
 * The header's constants: the geometry, and channels in units of `lanes`. Of x's unit c, the group is c / INPUTS; of y's, it is
 * c / OUTPUTS: four channels of a depthwise convolution count as a group of one unit.
 */
export function groupConstants(s: Conv2dShape, lanes: Lanes): Record<string, number> {
  const { groups = 1, inChannels, outChannels } = s;
  const [dilationY, dilationX] = conv2dDilation(s);
  return {
    ...windowConstants(s),
    KH: s.kernelHeight,
    KW: s.kernelWidth,
    DY: dilationY,
    DX: dilationX,
    CI: inChannels / lanes.x,
    CO: outChannels / lanes.y,
    INPUTS: Math.max(1, groupInputs(s) / lanes.x),
    OUTPUTS: Math.max(1, outChannels / groups / lanes.y),
  };
}

/** A line for a kernel's header. */
export const laneNote = (s: Conv2dShape, { x, y }: Lanes): string =>
  `${s.groups ?? 1} groups; CI and INPUTS (of a group) count ${units(x)} of x, CO and OUTPUTS ${units(y)} of y.`;

const units = (width: Width): string => (width === 4 ? 'vec4s' : 'channels');
