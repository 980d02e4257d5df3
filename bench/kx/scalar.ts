/**
 * Elementwise arithmetic as small expression trees. One tree is rendered to WGSL for the device and evaluated in float64
 * by the reference, so no op is written twice. `SCALAR_OPS` is the whole vocabulary.
 */
import type { WgslScalar } from './kernel.ts';

export interface ScalarOp {
  arity: number;
  /** WGSL for arguments that are plain names; valid for a scalar and for a vec4 alike. `k(v)` writes a constant. */
  wgsl: (a: string[], k: (value: number) => string) => string;
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

/** log(1 + e) for e ≥ 0; four terms of its series where adding 1 would round e away. */
const log1p = (e: string, k: (v: number) => string) =>
  `select(log(${k(1)} + ${e}), ${e} * (${k(1)} - ${e} * (${k(0.5)} - ${e} * (${k(1 / 3)} - ${e} * ${k(0.25)}))), ${e} < ${k(0.01)})`;

export const SCALAR_OPS = {
  add: infix('+', (x, y) => x + y),
  sub: infix('-', (x, y) => x - y),
  mul: infix('*', (x, y) => x * y),
  div: infix('/', (x, y) => x / y),
  maximum: { arity: 2, wgsl: ([x, y]) => `max(${x}, ${y})`, f64: Math.max },
  minimum: { arity: 2, wgsl: ([x, y]) => `min(${x}, ${y})`, f64: Math.min },
  neg: unary(
    (x) => `-${x}`,
    (x) => -x,
  ),
  abs: unary((x) => `abs(${x})`, Math.abs),
  sign: unary((x) => `sign(${x})`, Math.sign),
  exp: unary((x) => `exp(${x})`, Math.exp),
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
  // tanh(±10) is ±1 in f32; without the clamp an adapter that computes it from exp returns NaN for large x.
  tanh: unary((x, k) => `tanh(clamp(${x}, ${k(-10)}, ${k(10)}))`, Math.tanh),
  sigmoid: unary(
    (x, k) => `${k(1)} / (${k(1)} + exp(-${x}))`,
    (x) => 1 / (1 + Math.exp(-x)),
  ),
  // exp(-|x|) cannot overflow, which makes softplus(x) = log(1 + eˣ) safe for logits of any size: see `softplus` in @ganvas/tensor.
  log1p: unary(log1p, Math.log1p),
  relu: unary(
    (x, k) => `max(${x}, ${k(0)})`,
    (x) => Math.max(x, 0),
  ),
  greater: compare('>', (x, y) => x > y),
  greaterEqual: compare('>=', (x, y) => x >= y),
  less: compare('<', (x, y) => x < y),
  lessEqual: compare('<=', (x, y) => x <= y),
  equal: compare('==', (x, y) => x === y),
  /** where(mask, x, y): x where the mask is not 0, y elsewhere. */
  where: {
    arity: 3,
    wgsl: ([m, x, y], k) => `select(${y}, ${x}, ${m} != ${k(0)})`,
    f64: (m, x, y) => (m !== 0 ? x : y)!,
  },
  toF32: { arity: 1, wgsl: ([x]) => `F32(${x})`, f64: (x) => x, result: 'f32' },
  toU32: { arity: 1, wgsl: ([x]) => `U32(${x})`, f64: Math.trunc, result: 'u32' },
  toI32: { arity: 1, wgsl: ([x]) => `I32(${x})`, f64: Math.trunc, result: 'i32' },
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
