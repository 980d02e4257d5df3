/** WGSL for walking over a shape: coordinates out of a flat index, the address of an operand there, and its load. */
import { loaded, type Width, wgslType } from './expression.ts';
import type { Binding, WgslScalar } from './kernel.ts';
import type { View } from './view.ts';

/** vec4 where the innermost axis is a multiple of 4 and every operand steps through it by 1 (aligned) or stands still. */
export function vectorWidth(dims: readonly number[], views: readonly View[]): Width {
  const inner = dims.length - 1;
  if (inner < 0 || dims[inner]! % 4 !== 0) return 1;
  const aligned = ({ strides, offset }: View) =>
    strides[inner] === 0 || (strides[inner] === 1 && [offset, ...strides.slice(0, inner)].every((s) => s % 4 === 0));
  return views.every(aligned) ? 4 : 1;
}

/** The walk's sizes when its innermost axis is counted in items of `width` elements. */
export function itemDims(dims: readonly number[], width: Width): number[] {
  return dims.map((d, axis) => (axis === dims.length - 1 ? d / width : d));
}

/**
 * How a walk of `width` elements an item reads one operand: `lanes` 4 takes whole vec4s and counts its steps in them; `lanes`
 * 1 takes an element, which all lanes of a vec4 item share.
 */
export interface Reader extends View {
  buffer: string;
  type: WgslScalar;
  lanes: Width;
}

export function reader(buffer: string, type: WgslScalar, view: View, width: Width): Reader {
  const inner = view.strides.length - 1;
  if (width === 1 || view.strides[inner] !== 1) return { buffer, type, lanes: 1, ...view };
  const strides = view.strides.map((s, axis) => (axis === inner ? 1 : s / 4));
  return { buffer, type, lanes: 4, strides, offset: view.offset / 4 };
}

export function readerBinding({ buffer, type, lanes }: Reader): Binding {
  return { name: buffer, type: wgslType(type, lanes), access: 'read' };
}

/** `let name = …`: the item at `index` of the reader's buffer. */
export function load(name: string, { buffer, type, lanes }: Reader, index: string, width: Width): string {
  return `let ${name} = ${loaded(`${buffer}[${index}]`, type, lanes, width)};`;
}

/**
 * Statements that split `flat` into coordinates: `c` names them `c0, c1, …`, and the constants `D1, D2, …` (of `sizes`) are the sizes of
 * all axes but the first.
 */
export function coordinates(flat: string, rank: number, c: string, D: string): string[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return axes.map((axis) => {
    const inner = axes.slice(axis + 1).map((a) => ` / ${D}${a}`);
    const wrap = axis === 0 ? '' : ` % ${D}${axis}`;
    return `let ${c}${axis} = ${flat}${inner.reverse().join('')}${wrap};`;
  });
}

/** The constants that `coordinates` reads. */
export function coordinateSizes(dims: readonly number[], D: string): Record<string, number> {
  return Object.fromEntries(dims.slice(1).map((d, i) => [`${D}${i + 1}`, d]));
}

/** WGSL for the address `base + Σ c·stride`. A negative stride, of an axis read backwards, is subtracted: u32 wraps around. */
export function address(strides: readonly number[], coordinate: (axis: number) => string, base?: string): string {
  const terms = (along: (step: number) => boolean): string[] =>
    strides.flatMap((step, axis) => {
      if (!along(step)) return [];
      return [Math.abs(step) === 1 ? coordinate(axis) : `${coordinate(axis)} * ${Math.abs(step)}u`];
    });
  const forward = [...(base ? [base] : []), ...terms((step) => step > 0)].join(' + ') || '0u';
  return [forward, ...terms((step) => step < 0)].join(' - ');
}
