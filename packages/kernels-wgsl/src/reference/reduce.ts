import { evaluate } from '../expression.ts';
import type { ReduceSpec } from '../reduce/index.ts';
import { contiguousStrides, sizeOf } from '../view.ts';
import { placeIn } from './map.ts';

const START = { sum: 0, prod: 1, max: -Infinity, min: Infinity };
const COMBINE = {
  sum: (x: number, y: number) => x + y,
  prod: (x: number, y: number) => x * y,
  max: Math.max,
  min: Math.min,
};

/** A reduction in float64: one result an expression. */
export function reduceReference(
  { op, shape, axes, operands, exprs }: ReduceSpec,
  inputs: ArrayLike<number>[],
): Float64Array[] {
  const kept = shape.filter((_, axis) => !axes.includes(axis));
  const steps = contiguousStrides(kept);
  const strides = shape.map((_, axis) => (axes.includes(axis) ? 0 : steps.shift()!));
  return exprs.map((expr) => {
    const result = new Float64Array(sizeOf(kept)).fill(START[op]);
    for (let i = 0; i < sizeOf(shape); i++) {
      const value = evaluate(expr, (k) => inputs[k]![placeIn(operands[k]!, shape, i)]!);
      const o = placeIn({ strides, offset: 0 }, shape, i);
      result[o] = COMBINE[op](result[o]!, value);
    }
    return result;
  });
}
