/** Tensors as text, in NumPy's manner: nested brackets, aligned columns, long axes shortened. */
import { contiguousStrides, sizeOf } from '@ganvas/kernels-wgsl';
import type { TypedArray } from './dtype.ts';
import type { TensorSpec } from './op.ts';
import { formatShape } from './shape.ts';

/** Above this many elements, axes longer than `2 * EDGE` show only their ends. */
const SUMMARIZE_ABOVE = 1000;
const EDGE = 3;

/** @param values or, where the host has none, what to say instead */
export function formatTensor({ shape, dtype }: TensorSpec, values: TypedArray | string): string {
  const head = `tensor(${formatShape(shape)} ${dtype}`;
  if (typeof values === 'string') return `${head}, ${values})`;
  const shorten = sizeOf(shape) > SUMMARIZE_ABOVE;
  const strides = contiguousStrides(shape);
  const picks = shape.map((n) => {
    const all = Array.from({ length: n }, (_, i) => i);
    return shorten && n > 2 * EDGE ? [...all.slice(0, EDGE), null, ...all.slice(-EDGE)] : all;
  });
  const shown: number[] = [];
  const collect = (axis: number, at: number): void => {
    if (axis === shape.length) shown.push(values[at]!);
    else for (const i of picks[axis]!) if (i !== null) collect(axis + 1, at + i * strides[axis]!);
  };
  collect(0, 0);
  const write = numberWriter(shown, dtype === 'f32' || dtype === 'f16');
  const text = (axis: number, at: number, margin: string): string => {
    if (axis === shape.length) return write(values[at]!);
    const parts = picks[axis]!.map((i) => (i === null ? '...' : text(axis + 1, at + i * strides[axis]!, `${margin} `)));
    const gap = shape.length - axis - 1;
    return `[${parts.join(gap === 0 ? ', ' : `,${'\n'.repeat(gap)}${margin} `)}]`;
  };
  return `${head},\n${text(0, 0, '')})`;
}

/** Up to 4 decimals, as many as any shown value needs, aligned at the point; exponents where the range asks for them. */
function numberWriter(values: readonly number[], float: boolean): (v: number) => string {
  const finite = values.filter(Number.isFinite).map(Math.abs);
  const largest = Math.max(0, ...finite);
  const smallest = Math.min(Number.POSITIVE_INFINITY, ...finite.filter((v) => v > 0));
  const scientific =
    float && (largest >= 1e8 || (smallest < 1e-4 && largest < 1e-1 && largest > 0) || largest / smallest > 1e7);
  const mantissa = (v: number): string => (scientific ? v.toExponential(4).split('e')[0]! : v.toFixed(4));
  const decimals = Math.max(0, ...finite.map((v) => decimalsOf(mantissa(v))));
  const one = (v: number): string => {
    if (!Number.isFinite(v)) return String(v).replace('Infinity', 'inf').replace('NaN', 'nan');
    if (!float) return String(v);
    if (scientific) {
      const [digits, exponent] = v.toExponential(decimals).split('e') as [string, string];
      const point = decimals === 0 ? '.' : '';
      return `${digits}${point}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
    }
    const own = decimalsOf(v.toFixed(4));
    return `${v.toFixed(own)}${own === 0 ? '.' : ''}${' '.repeat(decimals - own)}`;
  };
  const width = Math.max(0, ...values.map((v) => one(v).length));
  return (v) => one(v).padStart(width);
}

/** Decimals that are left when a number's closing zeros go. */
const decimalsOf = (fixed: string): number => fixed.split('.')[1]!.replace(/0+$/, '').length;
