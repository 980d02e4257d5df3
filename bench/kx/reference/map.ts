import { evaluate } from '../expression.ts';
import type { MapSpec } from '../map.ts';
import { sizeOf, type View } from '../view.ts';

/** `map` in float64: the values of every output. */
export function mapReference({ shape, operands, outputs }: MapSpec, inputs: ArrayLike<number>[]): Float64Array[] {
  return outputs.map(({ expr }) =>
    Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
      evaluate(expr, (k) => inputs[k]![placeIn(operands[k]!, shape, i)]!),
    ),
  );
}

/** Where a view finds element `index` (row-major) of `shape`. */
export function placeIn({ strides, offset }: View, shape: readonly number[], index: number): number {
  let [place, rest] = [offset, index];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place += (rest % shape[axis]!) * strides[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return place;
}
