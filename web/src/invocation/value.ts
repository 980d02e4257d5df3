/** Values of WGSL, computed as a device does: f32 rounded after every operation, whole numbers wrapped to 32 bits. */

/** `abstract` is a literal without a suffix, which takes the type of what it meets. */
export type ScalarType = 'f32' | 'u32' | 'i32' | 'bool' | 'abstract';

export interface WgslType {
  of: ScalarType;
  /** Components: 1 of a scalar, else of a vector. */
  width: number;
  /** Elements, where it is an array of fixed size. */
  count?: number;
}

/** A scalar (bool is 0 or 1), the components of a vector, or the elements of an array; nothing changes one in place but arrays. */
export type Value = number | readonly Value[];

/** What the interpreter does not know; the message says what it met. */
export class NotInterpreted extends Error {
  override name = 'NotInterpreted';
}

export const scalar = (of: ScalarType): WgslType => ({ of, width: 1 });

export function round(of: ScalarType, x: number): number {
  if (of === 'f32') return Math.fround(x);
  if (of === 'u32') return x >>> 0;
  if (of === 'i32') return x | 0;
  return x;
}

/** A number as another type, as `u32(x)` does: towards zero, and no further than the type goes. */
export function convert(to: ScalarType, x: number): number {
  if (to === 'u32') return x < 0 && Number.isInteger(x) ? x >>> 0 : Math.min(Math.max(Math.trunc(x), 0), 2 ** 32 - 1);
  if (to === 'i32') return Math.trunc(x) | 0;
  if (to === 'bool') return x === 0 ? 0 : 1;
  return round(to, x);
}

export const componentOf = (value: Value, at: number): number => {
  const part = typeof value === 'number' ? value : value[at];
  if (typeof part !== 'number') throw new Error(`componentOf: no component ${at}`);
  return part;
};

/** Two operands component by component; a scalar meets every component. */
export function pair(f: (x: number, y: number) => number, x: Value, y: Value): Value {
  if (typeof x === 'number' && typeof y === 'number') return f(x, y);
  const width = typeof x === 'number' ? (y as readonly Value[]).length : x.length;
  const made = new Array<number>(width);
  for (let i = 0; i < width; i++) made[i] = f(componentOf(x, i), componentOf(y, i));
  return made;
}

/** Any number of operands component by component. */
export function each(f: (...parts: number[]) => number, ...values: Value[]): Value {
  const width = Math.max(...values.map((v) => (typeof v === 'number' ? 0 : v.length)));
  if (width === 0) return f(...(values as number[]));
  return Array.from({ length: width }, (_, i) => f(...values.map((v) => componentOf(v, i))));
}

type Binary = (x: number, y: number) => number;
const truth =
  (test: (x: number, y: number) => boolean): Binary =>
  (x, y) =>
    test(x, y) ? 1 : 0;

const COMPARISONS: Readonly<Record<string, Binary>> = {
  '<': truth((x, y) => x < y),
  '<=': truth((x, y) => x <= y),
  '>': truth((x, y) => x > y),
  '>=': truth((x, y) => x >= y),
  '==': truth((x, y) => x === y),
  '!=': truth((x, y) => x !== y),
};
const FLOATS: Readonly<Record<string, Binary>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
  '%': (x, y) => x % y,
};
// By zero a device divides by one.
const WHOLE: Readonly<Record<string, Binary>> = {
  ...FLOATS,
  '*': Math.imul,
  '/': (x, y) => Math.trunc(x / (y || 1)),
  '%': (x, y) => x % (y || 1),
  '&': (x, y) => x & y,
  '|': (x, y) => x | y,
  '^': (x, y) => x ^ y,
  '<<': (x, y) => x << y,
};

export interface BinaryOperation {
  /** Scalar type of the result. */
  of: ScalarType;
  run: Binary;
}

/** @throws NotInterpreted */
export function binaryOperation(operator: string, of: ScalarType): BinaryOperation {
  const comparison = COMPARISONS[operator];
  if (comparison) return { of: 'bool', run: comparison };
  if (operator === '>>') return { of, run: of === 'u32' ? (x, y) => x >>> y : (x, y) => x >> y };
  const run = (of === 'f32' || of === 'abstract' ? FLOATS : WHOLE)[operator];
  if (!run) throw new NotInterpreted(`${operator} of ${of}`);
  return { of, run: (x, y) => round(of, run(x, y)) };
}

/** The type that two operands are computed in. */
export function meet(x: WgslType, y: WgslType): WgslType {
  return { of: x.of === 'abstract' ? y.of : x.of, width: Math.max(x.width, y.width) };
}

/** `u32`, `vec4f`, `array<f32, 16>`. */
export function typeName({ of, width, count }: WgslType): string {
  const element = width === 1 ? (of === 'abstract' ? 'i32' : of) : `vec${width}${of[0]}`;
  return count === undefined ? element : `array<${element}, ${count}>`;
}

/** The zero value. */
export function zero({ of, width, count }: WgslType): Value {
  if (count !== undefined) return Array.from({ length: count }, () => zero({ of, width }));
  return width === 1 ? 0 : Array<number>(width).fill(0);
}
