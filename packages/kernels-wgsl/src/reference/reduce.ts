import { evaluate } from '../expression.ts';
import type { ReduceSpec } from '../reduce/index.ts';
import { contiguousStrides, sizeOf } from '../view.ts';
import { placeIn } from './map.ts';

/** A reduction in float64: one result an expression. */
export function reduceReference(
  { op, shape, axes, operands, exprs }: ReduceSpec,
  inputs: ArrayLike<number>[],
): Float64Array[] {
  const kept = shape.filter((_, axis) => !axes.includes(axis));
  const steps = contiguousStrides(kept);
  const strides = shape.map((_, axis) => (axes.includes(axis) ? 0 : steps.shift()!));
  return exprs.map((expr) => {
    const result = new Float64Array(sizeOf(kept)).fill({ sum: 0, max: -Infinity, min: Infinity }[op]);
    for (let i = 0; i < sizeOf(shape); i++) {
      const value = evaluate(expr, (k) => inputs[k]![placeIn(operands[k]!, shape, i)]!);
      const o = placeIn({ strides, offset: 0 }, shape, i);
      result[o] = op === 'sum' ? result[o]! + value : Math[op](result[o]!, value);
    }
    return result;
  });
}
