/**
 * The one hole in a kernel's body: elementwise work on a result while it is still in registers (bias, activation, residual).
 * A result is seen as a matrix `[rows, columns]` whose rows are contiguous; an operand may vary with either, both or neither.
 */
import { countOps, render, typeOf, type Width, wgslType } from './expression.ts';
import type { Binding, WgslScalar } from './kernel.ts';
import { type Expr, operand } from './scalar.ts';
import { collapse, contiguousStrides, sizeOf, type View } from './view.ts';

export interface EpilogueOperand {
  type: WgslScalar;
  /** Varies with the row / with the column of the result. Both: an operand of the result's own shape. */
  row: boolean;
  column: boolean;
  /** Elements in the operand's buffer range. */
  size: number;
}

export interface Epilogue {
  /** Operand 0 is the kernel's own result (f32); operand `i + 1` is `operands[i]`. */
  expr: Expr;
  operands: EpilogueOperand[];
}

export const NO_EPILOGUE: Epilogue = { expr: operand(0), operands: [] };

/**
 * How an operand read through `view` over a result of `shape` varies over the matrix `[size / columns, columns]`; null where
 * it varies in a way that rows and columns cannot tell.
 */
export function epilogueOperand(
  shape: readonly number[],
  columns: number,
  view: View & { type: WgslScalar; size: number },
): EpilogueOperand | null {
  const { type, size } = view;
  if (view.offset !== 0) return null;
  const own: View = { strides: contiguousStrides(shape), offset: 0 };
  const { dims, strides } = collapse(shape, [own, view]);
  const steps = strides[1]!;
  if (steps.every((s) => s === 0)) return { type, size, row: false, column: false };
  if (dims.length === 1 && steps[0] === 1) return { type, size, row: sizeOf(shape) > columns, column: true };
  if (dims.length === 2 && dims[1] === columns) {
    if (steps[0] === 0 && steps[1] === 1) return { type, size, row: false, column: true };
  }
  return null;
}

/** The operands' buffers, which the kernel binds after its own inputs. */
export function epilogueBindings(epilogue: Epilogue, width: Width): Binding[] {
  return epilogue.operands.map((o, i) => ({
    name: `e${i}`,
    type: wgslType(o.type, o.column ? width : 1),
    access: 'read',
  }));
}

/**
 * WGSL that turns `result` (the name of an f32 or vec4f) into the value to store.
 * @param index WGSL for the result's place in the output array, in units of `width` elements
 * @param row WGSL for its row, @param column for its column in units of `width`
 */
export function renderEpilogue(
  epilogue: Epilogue,
  place: { result: string; index: string; row: string; column: string; width: Width; prefix?: string },
): { lines: string[]; value: string } {
  const { width, prefix = 'y' } = place;
  const loads = epilogue.operands.map((o, i) => {
    const index = o.row && o.column ? place.index : o.row ? place.row : o.column ? place.column : '0u';
    const value = `e${i}[${index}]`;
    return `let ${prefix}e${i} = ${width === 4 && !o.column ? `${wgslType(o.type, 4)}(${value})` : value};`;
  });
  const type = (index: number): WgslScalar => (index === 0 ? 'f32' : epilogue.operands[index - 1]!.type);
  const body = render([epilogue.expr], {
    width,
    prefix,
    operand: (index) => ({ name: index === 0 ? place.result : `${prefix}e${index - 1}`, type: type(index) }),
  });
  const actual = typeOf(epilogue.expr, type);
  if (actual !== 'f32') throw new Error(`epilogue: expected an f32 result, the expression gives ${actual}`);
  return { lines: [...loads, ...body.lines], value: body.results[0]! };
}

/** What the epilogue adds to a kernel's cost, over `size` elements. */
export function epilogueCost(epilogue: Epilogue, size: number): { flops: number; bytes: number } {
  return {
    flops: size * countOps([epilogue.expr]),
    bytes: 4 * epilogue.operands.reduce((sum, o) => sum + o.size, 0),
  };
}
