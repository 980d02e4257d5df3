/** Arithmetic that need not wait for the device: constant parts of expressions, and steps that change no bit of their operand. */
import { evaluate } from './expression.ts';
import { constant, type Expr, SCALAR_OPS } from './scalar.ts';

/** Equal expressions with less to do. Shared nodes stay shared. */
export function simplify(exprs: readonly Expr[]): Expr[] {
  const seen = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    if (e.kind !== 'apply') return e;
    let known = seen.get(e);
    if (!known) {
      known = step({ ...e, args: e.args.map(visit) });
      seen.set(e, known);
    }
    return known;
  };
  return exprs.map(visit);
}

function step(e: Expr & { kind: 'apply' }): Expr {
  if (e.args.every((a) => a.kind === 'constant')) return folded(e);
  const [x, y] = e.args as [Expr, Expr | undefined];
  const isOne = (a: Expr | undefined) => a?.kind === 'constant' && a.value === 1;
  if (e.op === 'mul' && isOne(y)) return x;
  if (e.op === 'mul' && isOne(x)) return y!;
  if (e.op === 'div' && isOne(y)) return x;
  if (e.op === 'neg' && x.kind === 'apply' && x.op === 'neg') return x.args[0]!;
  return e;
}

/** f32 arithmetic, where the ops are f32's and the result can be written in WGSL, which has no infinity and no NaN. */
function folded(e: Expr & { kind: 'apply' }): Expr {
  if (('result' in SCALAR_OPS[e.op] && !IN_F32.has(e.op)) || e.args.length === 0) return e;
  const args = e.args.map((a) => (a.kind === 'constant' ? constant(Math.fround(a.value)) : a));
  const value = Math.fround(evaluate({ ...e, args }, () => Number.NaN));
  return Number.isFinite(value) ? constant(value) : e;
}

/** Comparisons, whose 1 and 0 are f32. */
const IN_F32 = new Set(['greater', 'greaterEqual', 'less', 'lessEqual', 'equal', 'notEqual']);
