/** What one does with an expression: find its type, substitute its operands, evaluate it in float64, render it to WGSL. */
import { literal, type WgslScalar } from './kernel.ts';
import { type Expr, SCALAR_OPS, type ScalarOp } from './scalar.ts';

/** 1: a scalar at a time, 4: a vec4. */
export type Width = 1 | 4;

const scalarOp = (expr: Expr & { kind: 'apply' }): ScalarOp => SCALAR_OPS[expr.op];

/** WGSL type of `width` elements: `f32`, `vec4f`. */
export function wgslType(scalar: WgslScalar, width: Width): string {
  return width === 1 ? scalar : { f32: 'vec4f', f16: 'vec4h', u32: 'vec4u', i32: 'vec4i' }[scalar];
}

/** What one computes in: f16 is only stored. */
const arithmetic = (type: WgslScalar): WgslScalar => (type === 'f16' ? 'f32' : type);

/** WGSL of an operand as an expression takes it: `lanes` elements were loaded; f16 becomes f32, one element serves all of `width`. */
export function loaded(value: string, type: WgslScalar, lanes: Width, width: Width): string {
  const wide = type === 'f16' ? `${wgslType('f32', lanes)}(${value})` : value;
  return lanes === width ? wide : `${wgslType(arithmetic(type), width)}(${wide})`;
}

/** The element type of an expression whose operands have the given types. A constant is f32 unless its neighbours say otherwise. */
export function typeOf(expr: Expr, operandType: (index: number) => WgslScalar): WgslScalar {
  if (expr.kind === 'operand') return arithmetic(operandType(expr.index));
  if (expr.kind === 'constant') return 'f32';
  const result = scalarOp(expr).result;
  if (result) return result;
  // `where(mask, x, y)` has the type of its values; every other op that of its arguments.
  const values = expr.op === 'where' ? expr.args.slice(1) : expr.args;
  const typed = values.find((a) => a.kind !== 'constant');
  return typed ? typeOf(typed, operandType) : 'f32';
}

/** Replaces operand `i` by `replacement(i)`. Shared nodes stay shared. */
export function substitute(expr: Expr, replacement: (index: number) => Expr): Expr {
  const seen = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    const known = seen.get(e);
    if (known) return known;
    const result =
      e.kind === 'operand' ? replacement(e.index) : e.kind === 'apply' ? { ...e, args: e.args.map(visit) } : e;
    seen.set(e, result);
    return result;
  };
  return visit(expr);
}

/** The same expressions with equal parts made one: what two of them, or two fused ops, need is computed once. */
export function share(exprs: readonly Expr[]): Expr[] {
  const known = new Map<string, Expr>();
  const keys = new Map<Expr, string>();
  const visited = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    const done = visited.get(e);
    if (done) return done;
    const own: Expr = e.kind === 'apply' ? { ...e, args: e.args.map(visit) } : e;
    const key =
      own.kind === 'apply'
        ? `${own.op}(${own.args.map((a) => keys.get(a)).join()})`
        : own.kind === 'operand'
          ? `x${own.index}`
          : `${Object.is(own.value, -0) ? '-0' : own.value}`;
    let shared = known.get(key);
    if (!shared) {
      shared = own;
      known.set(key, shared);
      keys.set(shared, `#${known.size}`);
    }
    visited.set(e, shared);
    return shared;
  };
  return exprs.map(visit);
}

/**
 * Cuts out what depends on fixed operands alone, to be computed once.
 * @returns the largest such parts, and the expressions with part k read as operand `first + k`
 */
export function cutFixed(
  exprs: readonly Expr[],
  isFixed: (index: number) => boolean,
  first: number,
): { parts: Expr[]; rest: Expr[] } {
  const fixed = new Map<Expr, boolean>();
  const check = (e: Expr): boolean => {
    let known = fixed.get(e);
    if (known === undefined) {
      known = e.kind === 'apply' ? e.args.map(check).every(Boolean) : e.kind === 'constant' || isFixed(e.index);
      fixed.set(e, known);
    }
    return known;
  };
  const parts: Expr[] = [];
  const replaced = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    if (e.kind !== 'apply') return e;
    let known = replaced.get(e);
    if (!known) {
      known = check(e) ? { kind: 'operand', index: first + parts.push(e) - 1 } : { ...e, args: e.args.map(visit) };
      replaced.set(e, known);
    }
    return known;
  };
  return { rest: exprs.map(visit), parts };
}

/** Which operands expressions mention. */
export function operandsOf(exprs: readonly Expr[]): Set<number> {
  const seen = new Set<Expr>();
  const found = new Set<number>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (e.kind === 'operand') found.add(e.index);
    if (e.kind === 'apply') e.args.forEach(visit);
  };
  exprs.forEach(visit);
  return found;
}

/** Number of scalar operations of one evaluation; shared nodes count once. */
export function countOps(exprs: readonly Expr[]): number {
  const seen = new Set<Expr>();
  const visit = (e: Expr): number => {
    if (e.kind !== 'apply' || seen.has(e)) return 0;
    seen.add(e);
    return e.args.reduce((sum, a) => sum + visit(a), 1);
  };
  return exprs.reduce((sum, e) => sum + visit(e), 0);
}

/** Evaluates in float64. */
export function evaluate(expr: Expr, operandValue: (index: number) => number): number {
  if (expr.kind === 'constant') return expr.value;
  if (expr.kind === 'operand') return operandValue(expr.index);
  return scalarOp(expr).f64(...expr.args.map((a) => evaluate(a, operandValue)));
}

export interface Rendered {
  /** `let` statements, one named op a line, in order. */
  lines: string[];
  /** The name (or literal) that holds each expression's value. */
  results: string[];
}

export interface RenderContext {
  width: Width;
  /** Name and element type of an operand already loaded. */
  operand: (index: number) => { name: string; type: WgslScalar };
  /** Prefix of the names that are introduced. */
  prefix: string;
}

/** Renders expressions as a sequence of named `let`s, common parts once. */
export function render(exprs: readonly Expr[], context: RenderContext): Rendered {
  const { width, prefix } = context;
  const operandType = (index: number) => context.operand(index).type;
  const lines: string[] = [];
  const names = new Map<Expr, string>();
  const cast = (type: WgslScalar, value: string) => `${wgslType(type, width)}(${value})`;
  const visit = (e: Expr, hint: WgslScalar): string => {
    if (e.kind === 'constant') return cast(hint, literal(e.value, hint));
    if (e.kind === 'operand') return context.operand(e.index).name;
    const known = names.get(e);
    if (known) return known;
    const valueType = typeOf(e.op === 'where' ? e : (e.args.find((a) => a.kind !== 'constant') ?? e), operandType);
    const args = e.args.map((a, i) => visit(a, e.op === 'where' && i === 0 ? 'f32' : valueType));
    const text = scalarOp(e).wgsl(
      args,
      (value) => cast('f32', literal(value, 'f32')),
      (scalar) => wgslType(scalar, width),
    );
    const name = `${prefix}${names.size}`;
    names.set(e, name);
    lines.push(`let ${name} = ${text}; // ${e.op}`);
    return name;
  };
  const results = exprs.map((e) => visit(e, typeOf(e, operandType)));
  return { lines, results };
}
