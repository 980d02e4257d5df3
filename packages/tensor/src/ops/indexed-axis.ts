/** An axis that is indexed, as the kernels see it: what lies before it and what lies after it, and the places in between. */
import { type IndexedAxis, sizeOf } from '@ganvas/kernels-wgsl';
import type { Shape } from '../shape.ts';
import type { AxisAttrs } from './join.ts';

/** `each`: an index for each element, rather than one for a whole row (all that lies beside the axis). */
export interface GatherAttrs extends AxisAttrs {
  each: boolean;
}

export interface ScatterAttrs extends GatherAttrs {
  /** Elements of the output along the axis. */
  size: number;
}

/** @param whole what is gathered from, or scattered to */
export function indexedAxis(whole: Shape, indices: Shape, { axis, each }: GatherAttrs): IndexedAxis {
  const count = each ? indices[axis]! : sizeOf(indices);
  return {
    outer: sizeOf(whole.slice(0, axis)),
    range: whole[axis]!,
    inner: sizeOf(whole.slice(axis + 1)),
    count,
    each,
  };
}

/** The updates' shape with `size` where the indices were. */
export const scatteredShape = (updates: Shape, indices: Shape, { axis, each, size }: ScatterAttrs): number[] => [
  ...updates.slice(0, axis),
  size,
  ...updates.slice(axis + (each ? 1 : indices.length)),
];
