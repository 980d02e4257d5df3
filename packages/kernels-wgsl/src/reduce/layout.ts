/** How a reduction walks its input: the kept axes, which the output has, and the reduced ones, each as few as possible. */
import { countOps, typeOf, type Width } from '../expression.ts';
import { bytesOf } from '../kernel.ts';
import type { MapOperand } from '../map.ts';
import type { Expr } from '../scalar.ts';
import { collapse, sizeOf, type View } from '../view.ts';
import { itemDims, type Reader, reader, vectorWidth } from '../walk.ts';
import type { Along, ReduceOp } from '../workgroup-tree.ts';
import { MOST_SUMS } from './accumulator.ts';

export interface ReduceSpec {
  op: ReduceOp;
  /** Shape of what is reduced. */
  shape: readonly number[];
  /** The axes that vanish. The output has the others, in order. */
  axes: readonly number[];
  /** What `expr` reads, through views over `shape`. */
  operands: readonly MapOperand[];
  /**
   * The values to reduce, f32: elementwise work done on the way in, such as the square of a sum of squares. Several are reduced
   * side by side, at most `MOST_SUMS` and only sums.
   */
  exprs: readonly Expr[];
}

/** How one operand is read: `reader` without its steps, which are these, along kept and along reduced axes. */
export interface Source {
  reader: Reader;
  kept: number[];
  reduced: number[];
}

export interface ReduceLayout {
  /** Values reduced side by side. */
  results: number;
  outputs: number;
  /** Sizes of the kept and of the reduced axes, in items along the axis that runs through memory. */
  kept: number[];
  reduced: number[];
  /** 4: loads are vec4s, that is 4 neighbouring outputs (along kept) or 4 values of one output (along reduced). */
  width: Width;
  along: Along;
  sources: Source[];
  flops: number;
  /** Of the operands. */
  bytes: number;
}

/** @param widest 1 for loads of single values where vec4s would do */
export function reduceLayout(spec: ReduceSpec, widest: Width = 4): ReduceLayout {
  check(spec);
  const { shape, axes, operands, exprs } = spec;
  const isReduced = shape.map((_, axis) => axes.includes(axis));
  const kept = walkAxes(shape, operands, (axis) => !isReduced[axis]);
  const reduced = walkAxes(shape, operands, (axis) => isReduced[axis]!);

  // One walk over all axes, the last of them the one that vec4s would run along.
  const walkTo = (first: typeof kept, last: typeof kept) => {
    const views = operands.map(
      (o, i): View => ({ strides: [...first.strides[i]!, ...last.strides[i]!], offset: o.offset }),
    );
    const width = widest === 1 || last.dims.length === 0 ? 1 : vectorWidth([...first.dims, ...last.dims], views);
    const inner = first.dims.length + last.dims.length - 1;
    const runs = last.dims.length > 0 && views.some((v) => v.strides[inner] === 1);
    return { views, width, runs, loadsVectors: runs && width === 4 };
  };
  const alongKept = walkTo(reduced, kept);
  const alongReduced = walkTo(kept, reduced);
  const prefersReduced = alongReduced.loadsVectors || (!alongKept.runs && alongReduced.runs);
  const along = prefersReduced && !alongKept.loadsVectors ? 'reduced' : 'kept';
  const { views, width } = along === 'kept' ? alongKept : alongReduced;
  const size = sizeOf(shape);
  const first = (along === 'kept' ? reduced : kept).dims.length;
  return {
    results: exprs.length,
    outputs: sizeOf(kept.dims),
    kept: along === 'kept' ? itemDims(kept.dims, width) : kept.dims,
    reduced: along === 'reduced' ? itemDims(reduced.dims, width) : reduced.dims,
    width,
    along,
    sources: operands.map((o, i) => {
      const r = reader(`in${i}`, o.type, views[i]!, width);
      const [head, tail] = [r.strides.slice(0, first), r.strides.slice(first)];
      return along === 'kept' ? { reader: r, kept: tail, reduced: head } : { reader: r, kept: head, reduced: tail };
    }),
    flops: size * (countOps(exprs) + exprs.length),
    bytes: operands.reduce((sum, o) => sum + bytesOf(o.type) * Math.min(o.size, size), 0),
  };
}

/** Loads that a value of the range takes: those of operands that change along it. */
export const movingLoads = ({ sources }: ReduceLayout): number =>
  sources.filter(({ reduced }) => reduced.some((step) => step !== 0)).length;

/** Elements that one store writes: neighbouring outputs where vec4s run along a kept axis. */
export const storeWidth = ({ along, width }: ReduceLayout): Width => (along === 'kept' ? width : 1);

function check({ op, shape, axes, operands, exprs }: ReduceSpec): void {
  if (axes.some((a, i) => !Number.isInteger(a) || a < 0 || a >= shape.length || axes.indexOf(a) !== i))
    throw new Error(
      `${op}: expected axes of [${shape.join(', ')}], each once, from 0 to ${shape.length - 1}, got [${axes.join(', ')}]`,
    );
  const most = op === 'sum' ? MOST_SUMS : 1;
  if (exprs.length < 1 || exprs.length > most)
    throw new Error(`${op}: expected 1 to ${most} expressions, got ${exprs.length}`);
  const other = exprs.map((expr) => typeOf(expr, (index) => operands[index]!.type)).find((type) => type !== 'f32');
  if (other) throw new Error(`${op}: expected f32 values, the expression gives ${other}; cast it with toF32`);
}

function walkAxes(shape: readonly number[], operands: readonly MapOperand[], chosen: (axis: number) => boolean) {
  const pick = (values: readonly number[]) => values.filter((_, axis) => chosen(axis));
  return collapse(
    pick(shape),
    operands.map((o) => ({ strides: pick(o.strides), offset: 0 })),
  );
}
