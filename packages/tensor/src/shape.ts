/** Shapes: NumPy's rules for broadcasting and axes, and how a shape is written in an error. */

export type Shape = readonly number[];

export const formatShape = (shape: Shape): string => `[${shape.join(',')}]`;

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

/** Raised for shapes, dtypes and arguments that an op cannot take. The message names the op, what it got and what it expects. */
export class ShapeError extends Error {
  override name = 'ShapeError';
}

/** The shape that all of `shapes` broadcast to: aligned at the right, sizes equal or 1. */
export function broadcastShapes(op: string, ...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((s) => s[axis - rank + s.length] ?? 1);
    const size = sizes.find((d) => d !== 1) ?? 1;
    if (sizes.some((d) => d !== 1 && d !== size)) {
      throw new ShapeError(
        `${op}: shapes ${shapes.map(formatShape).join(' and ')} do not broadcast (axis ${axis}: ${sizes.join(' and ')})`,
      );
    }
    return size;
  });
}

/** Axes as sorted numbers in 0..rank-1; negative ones count from the end; undefined means all. */
export function normalizeAxes(op: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = typeof axes === 'number' ? [axes] : axes;
  const result = list.map((axis) => {
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
      throw new ShapeError(
        `${op}: axis ${axis} is out of range for a tensor of rank ${rank} (expected ${-rank} to ${rank - 1})`,
      );
    }
    return axis < 0 ? axis + rank : axis;
  });
  if (new Set(result).size !== result.length)
    throw new ShapeError(`${op}: axes [${list.join(',')}] name an axis twice`);
  return result.sort((a, b) => a - b);
}

/** Checks that a shape has whole, positive sizes. */
export function checkShape(op: string, shape: Shape): void {
  if (!shape.every((d) => Number.isInteger(d) && d > 0)) {
    throw new ShapeError(`${op}: shape ${formatShape(shape)} must have whole sizes of at least 1`);
  }
}
