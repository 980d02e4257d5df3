import type { Epilogue } from '../epilogue.ts';
import { evaluate } from '../expression.ts';

/** An epilogue in float64, on results of any number of rows of `columns` values: its outputs. */
export function epilogueReference(
  { exprs, operands }: Epilogue,
  results: readonly ArrayLike<number>[],
  columns: number,
  inputs: ArrayLike<number>[],
): Float64Array[] {
  const value = (k: number, i: number): number => {
    if (k < results.length) return results[k]![i]!;
    const { row, column } = operands[k - results.length]!;
    const place = row && column ? i : row ? Math.floor(i / columns) : column ? i % columns : 0;
    return inputs[k - results.length]![place]!;
  };
  return exprs.map((expr) => Float64Array.from(results[0]!, (_, i) => evaluate(expr, (k) => value(k, i))));
}
