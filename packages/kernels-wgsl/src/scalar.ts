/**
 * Elementwise arithmetic as small expression trees. One tree is rendered to WGSL for the device and evaluated in float64
 * by the reference, so no op is written twice. `SCALAR_OPS` is the whole vocabulary.
 */
import { roundToHalf } from './half.ts';
import type { WgslScalar } from './kernel.ts';

export interface ScalarOp {
  arity: number;
  /** WGSL for arguments that are plain names; valid for a scalar and for a vec4 alike. `k(v)` writes a constant, `type` a type. */
  wgsl: (a: string[], k: (value: number) => string, type: (scalar: WgslScalar) => string) => string;
  /** The same function in float64. */
  f64: (...a: number[]) => number;
  /** Type of the result; by default that of the first argument. */
  result?: WgslScalar;
}

const unary = (wgsl: (x: string, k: (v: number) => string) => string, f64: (x: number) => number): ScalarOp => ({
  arity: 1,
  wgsl: ([x], k) => wgsl(x!, k),
  f64,
});
const infix = (symbol: string, f64: (x: number, y: number) => number): ScalarOp => ({
  arity: 2,
  wgsl: ([x, y]) => `${x} ${symbol} ${y}`,
  f64,
});
/** Comparisons answer 1 or 0 in f32, which is how masks are multiplied and summed. */
const compare = (symbol: string, f64: (x: number, y: number) => boolean): ScalarOp => ({
  arity: 2,
  wgsl: ([x, y], k) => `select(${k(0)}, ${k(1)}, ${x} ${symbol} ${y})`,
  f64: (x, y) => Number(f64(x, y)),
  result: 'f32',
});

/** Infinity and NaN have all bits of the exponent set. By bits, since a compiler may assume that neither occurs. */
const byBits =
  (test: string): ScalarOp['wgsl'] =>
  ([x], k, type) => {
    const u = type('u32');
    return `select(${k(0)}, ${k(1)}, (bitcast<${u}>(${x}) & ${u}(0x7fffffffu)) ${test} ${u}(0x7f800000u))`;
  };

/** WGSL's `max` and `min` may answer the other operand where one is NaN. */
const extreme = (fn: 'max' | 'min', f64: (x: number, y: number) => number): ScalarOp => ({
  arity: 2,
  wgsl: ([x, y]) => `select(${x} + ${y}, ${fn}(${x}, ${y}), (${x} == ${x}) & (${y} == ${y}))`,
  f64,
});

/** log(1 + e); four terms of its series where adding 1 would round e away. */
const log1p = (e: string, k: (v: number) => string) =>
  `select(log(${k(1)} + ${e}), ${e} * (${k(1)} - ${e} * (${k(0.5)} - ${e} * (${k(1 / 3)} - ${e} * ${k(0.25)}))), abs(${e}) < ${k(0.01)})`;

/** eˣ - 1; eight terms of its series where subtracting 1 would leave few digits. */
const expm1 = (x: string, k: (v: number) => string) => {
  const series = [8, 7, 6, 5, 4, 3, 2].reduce((sum, n) => `${k(1)} + ${x} * ${k(1 / n)} * (${sum})`, k(1));
  return `select(exp(${x}) - ${k(1)}, ${x} * (${series}), abs(${x}) < ${k(0.5)})`;
};

/** To the nearest whole number, ties to the even one. */
const roundToEven = (x: number): number => {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
};

/**
 * By its bits, so that every adapter rounds to the nearest and ties to even (`quantizeToF16` may take either neighbour, and makes 0
 * of a subnormal). Subnormals of f16 are the multiples of 2⁻²⁴; what is infinite or NaN, or rounds to infinity, is or becomes so.
 */
const toF16: ScalarOp['wgsl'] = ([x], k, type) => {
  const u = (bits: string) => `${type('u32')}(${bits}u)`;
  const bits = `bitcast<${type('u32')}>(${x})`;
  const normal = `bitcast<${type('f32')}>((${bits} + ${u('0xfff')} + ((${bits} >> ${u('13')}) & ${u('1')})) & ${u('0xffffe000')})`;
  const subnormal = `round(${x} * ${k(2 ** 24)}) * ${k(2 ** -24)}`;
  const beyond = `(${bits} & ${u('0x7fffffff')}) >= ${u('0x477ff000')}`; // 65520
  return `select(select(${normal}, ${subnormal}, abs(${x}) < ${k(2 ** -14)}), ${x} * ${k(3e38)}, ${beyond})`;
};

export const SCALAR_OPS = {
  add: infix('+', (x, y) => x + y),
  sub: infix('-', (x, y) => x - y),
  mul: infix('*', (x, y) => x * y),
  div: infix('/', (x, y) => x / y),
  /** Division's remainder, with the sign of x: whole numbers and floats alike. */
  rem: infix('%', (x, y) => x % y),
  /** x to the y for x ≥ 0; for others see `pow` in @ganvas/tensor. */
  pow: { arity: 2, wgsl: ([x, y]) => `pow(${x}, ${y})`, f64: Math.pow },
  maximum: extreme('max', Math.max),
  minimum: extreme('min', Math.min),
  neg: unary(
    (x) => `-${x}`,
    (x) => -x,
  ),
  abs: unary((x) => `abs(${x})`, Math.abs),
  sign: unary((x) => `sign(${x})`, Math.sign),
  floor: unary((x) => `floor(${x})`, Math.floor),
  ceil: unary((x) => `ceil(${x})`, Math.ceil),
  round: unary((x) => `round(${x})`, roundToEven),
  exp: unary((x) => `exp(${x})`, Math.exp),
  expm1: unary(expm1, Math.expm1),
  log: unary((x) => `log(${x})`, Math.log),
  sqrt: unary((x) => `sqrt(${x})`, Math.sqrt),
  rsqrt: unary(
    (x) => `inverseSqrt(${x})`,
    (x) => 1 / Math.sqrt(x),
  ),
  square: unary(
    (x) => `${x} * ${x}`,
    (x) => x * x,
  ),
  reciprocal: unary(
    (x, k) => `${k(1)} / ${x}`,
    (x) => 1 / x,
  ),
  // tanh(±10) is ±1 in f32; an adapter that computes it from exp returns NaN for large x.
  tanh: unary((x, k) => `select(tanh(${x}), sign(${x}), abs(${x}) > ${k(10)})`, Math.tanh),
  sigmoid: unary(
    (x, k) => `${k(1)} / (${k(1)} + exp(-${x}))`,
    (x) => 1 / (1 + Math.exp(-x)),
  ),
  // exp(-|x|) cannot overflow, which makes softplus(x) = log(1 + eˣ) safe for logits of any size: see `softplus` in @ganvas/tensor.
  log1p: unary(log1p, Math.log1p),
  relu: unary(
    (x, k) => `select(${x}, ${k(0)}, ${x} < ${k(0)})`, // max(x, 0) may answer 0 where x is NaN
    (x) => (x < 0 ? 0 : x),
  ),
  greater: compare('>', (x, y) => x > y),
  greaterEqual: compare('>=', (x, y) => x >= y),
  less: compare('<', (x, y) => x < y),
  lessEqual: compare('<=', (x, y) => x <= y),
  equal: compare('==', (x, y) => x === y),
  // NaN is not equal to itself, but may not be `!=` itself either: some adapters answer false to every comparison with it.
  notEqual: {
    ...infix('==', (x, y) => Number(x !== y)),
    wgsl: ([x, y], k) => `select(${k(1)}, ${k(0)}, ${x} == ${y})`,
    result: 'f32',
  },
  isNaN: { arity: 1, wgsl: byBits('>'), f64: (x) => Number(Number.isNaN(x)), result: 'f32' },
  isFinite: { arity: 1, wgsl: byBits('<'), f64: (x) => Number(Number.isFinite(x)), result: 'f32' },
  /** where(mask, x, y): x where the mask is not 0, y elsewhere. */
  where: {
    arity: 3,
    wgsl: ([m, x, y], k) => `select(${y}, ${x}, ${m} != ${k(0)})`,
    f64: (m, x, y) => (m !== 0 ? x : y)!,
  },
  toF32: { arity: 1, wgsl: ([x], _, type) => `${type('f32')}(${x})`, f64: (x) => x, result: 'f32' },
  /** Rounded to the nearest f16, and still f32 to whoever reads it. */
  toF16: { arity: 1, wgsl: toF16, f64: roundToHalf, result: 'f32' },
  toU32: { arity: 1, wgsl: ([x], _, type) => `${type('u32')}(${x})`, f64: Math.trunc, result: 'u32' },
  toI32: { arity: 1, wgsl: ([x], _, type) => `${type('i32')}(${x})`, f64: Math.trunc, result: 'i32' },
} satisfies Record<string, ScalarOp>;

export type ScalarOpName = keyof typeof SCALAR_OPS;

/** A tree (in fact a DAG: a shared node is computed once) over operands, constants and scalar ops. */
export type Expr =
  | { readonly kind: 'operand'; readonly index: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'apply'; readonly op: ScalarOpName; readonly args: readonly Expr[] };

export const operand = (index: number): Expr => ({ kind: 'operand', index });
export const constant = (value: number): Expr => ({ kind: 'constant', value });
export const applyScalar = (op: ScalarOpName, ...args: Expr[]): Expr => ({ kind: 'apply', op, args });
