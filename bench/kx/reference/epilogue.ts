import type { Epilogue } from '../epilogue.ts';
import { evaluate } from '../expression.ts';

/** An epilogue in float64, on a result of any number of rows of `columns` values. */
export function epilogueReference(
  { expr, operands }: Epilogue,
  result: ArrayLike<number>,
  columns: number,
  inputs: ArrayLike<number>[],
): Float64Array {
  return Float64Array.from({ length: result.length }, (_, i) =>
    evaluate(expr, (k) => {
      if (k === 0) return result[i]!;
      const { row, column } = operands[k - 1]!;
      const place = row && column ? i : row ? Math.floor(i / columns) : column ? i % columns : 0;
      return inputs[k - 1]![place]!;
    }),
  );
}
