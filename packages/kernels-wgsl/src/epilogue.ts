/**
 * The one hole in a kernel's body: elementwise work on a result while it is still in registers (bias, activation, residual).
 * A result is seen as a matrix `[rows, columns]` whose rows are contiguous; an operand may vary with either, both or neither.
 */
import { type Slot, slot } from './candidate.ts';
import { countOps, loaded, render, typeOf, type Width, wgslType } from './expression.ts';
import { type Binding, bytesOf, type WgslScalar } from './kernel.ts';
import { type Expr, operand } from './scalar.ts';
import { collapse, contiguousStrides, sizeOf, type View } from './view.ts';

export interface EpilogueOperand {
  type: WgslScalar;
  /** Varies with the row / with the column of the result. Both: an operand of the result's own shape. */
  row: boolean;
  column: boolean;
  /** Elements in the operand's buffer range. */
  size: number;
  /**
   * It lies where the output will: an f32 of the result's own shape, which each element of the result overwrites once it is read.
   * No binding of its own then, and no kernel may store an element twice.
   */
  inPlace?: true;
}

export interface Epilogue {
  /** One an output. The first operands are the kernel's own results (f32; most kernels have one), `operands` come after them. */
  exprs: Expr[];
  operands: EpilogueOperand[];
}

/** Every result is an output as it is. */
export const plainEpilogue = (results: number): Epilogue => ({
  exprs: Array.from({ length: results }, (_, i) => operand(i)),
  operands: [],
});

export const NO_EPILOGUE: Epilogue = plainEpilogue(1);

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
  return epilogue.operands.flatMap((o, i): Binding[] =>
    o.inPlace ? [] : [{ name: `e${i}`, type: wgslType(o.type, o.column ? width : 1), access: 'read' }],
  );
}

/** What stands behind these bindings. */
export const epilogueSlots = ({ operands }: Epilogue): Slot[] =>
  operands.flatMap((o, i) => (o.inPlace ? [] : [slot.epilogue(i)]));

/**
 * WGSL that turns `results` (the names of f32s or vec4fs) into the values to store.
 * @param index WGSL for the result's place in the output array, in units of `width` elements
 * @param output name of the output array
 * @param row WGSL for its row, @param column for its column in units of `width`
 */
export function renderEpilogue(
  epilogue: Epilogue,
  place: {
    results: readonly string[];
    output: string;
    index: string;
    row: string;
    column: string;
    width: Width;
    prefix?: string;
  },
): { lines: string[]; values: string[] } {
  const { results, width, prefix = 'y' } = place;
  const loads = epilogue.operands.map((o, i) => {
    const index = o.row && o.column ? place.index : o.row ? place.row : o.column ? place.column : '0u';
    const source = o.inPlace ? place.output : `e${i}`;
    return `let ${prefix}e${i} = ${loaded(`${source}[${index}]`, o.type, o.column ? width : 1, width)};`;
  });
  const type = (index: number): WgslScalar => epilogue.operands[index - results.length]?.type ?? 'f32';
  const body = render(epilogue.exprs, {
    width,
    prefix,
    operand: (index) => ({ name: results[index] ?? `${prefix}e${index - results.length}`, type: type(index) }),
  });
  const other = epilogue.exprs.map((expr) => typeOf(expr, type)).find((actual) => actual !== 'f32');
  if (other) throw new Error(`epilogue: expected an f32 result, the expression gives ${other}`);
  return { lines: [...loads, ...body.lines], values: body.results };
}

/** What the epilogue adds to a kernel's cost, over `size` elements. */
export function epilogueCost(epilogue: Epilogue, size: number): { flops: number; bytes: number } {
  return {
    flops: size * countOps(epilogue.exprs),
    bytes: epilogue.operands.reduce((sum, o) => sum + bytesOf(o.type) * o.size, 0),
  };
}
