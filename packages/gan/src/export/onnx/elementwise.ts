/** Elementwise work as ONNX nodes: from the expression that is also the WGSL, or by one node where ONNX has the whole. */
import type { Expr, ScalarOpName } from '@ganvas/kernels-wgsl';
import type { ClampAttrs, EluAttrs, LeakyReluAttrs, ProgramNode } from '@ganvas/tensor';
import type { OnnxGraph } from './graph.ts';
import { BOOL, FLOAT, INT64 } from './schema.ts';

/** Ops that ONNX has as they are. */
const WHOLE: Readonly<Record<string, (graph: OnnxGraph, x: string, attrs: object) => string>> = {
  leakyRelu: (graph, x, attrs) => graph.node('LeakyRelu', [x], { alpha: { f: (attrs as LeakyReluAttrs).slope } }),
  elu: (graph, x, attrs) => graph.node('Elu', [x], { alpha: { f: (attrs as EluAttrs).alpha } }),
  softplus: (graph, x) => graph.node('Softplus', [x]),
  erf: (graph, x) => graph.node('Erf', [x]),
  clamp: (graph, x, attrs) => {
    const { min, max } = attrs as ClampAttrs;
    const bound = (value?: number) => (value === undefined ? '' : graph.scalar(value, false));
    return graph.node('Clip', max === undefined ? [x, bound(min)] : [x, bound(min), bound(max)]);
  },
};

type Scalar = (graph: OnnxGraph, args: string[], whole: boolean) => string;

const named =
  (opType: string): Scalar =>
  (graph, args) =>
    graph.node(opType, args);
const cast = (graph: OnnxGraph, x: string, to: number): string => graph.node('Cast', [x], { to });
/** A truth as our masks are: 1 or 0. */
const mask =
  (truth: Scalar): Scalar =>
  (graph, args, whole) =>
    cast(graph, truth(graph, args, whole), FLOAT);
const notMask = (truth: Scalar): Scalar => mask((graph, args, whole) => graph.node('Not', [truth(graph, args, whole)]));

/** Every scalar op that ONNX can say; of f16 it knows no rounding that stays f32. */
const SCALARS: Readonly<Record<Exclude<ScalarOpName, 'toF16'>, Scalar>> = {
  add: named('Add'),
  sub: named('Sub'),
  mul: named('Mul'),
  div: named('Div'),
  rem: (graph, args) => graph.node('Mod', args, { fmod: 1 }),
  pow: named('Pow'),
  maximum: named('Max'),
  minimum: named('Min'),
  neg: named('Neg'),
  abs: named('Abs'),
  sign: named('Sign'),
  floor: named('Floor'),
  ceil: named('Ceil'),
  round: named('Round'),
  exp: named('Exp'),
  expm1: (graph, args) => graph.node('Sub', [graph.node('Exp', args), graph.scalar(1, false)]),
  log: named('Log'),
  log1p: (graph, [x]) => graph.node('Log', [graph.node('Add', [x!, graph.scalar(1, false)])]),
  sqrt: named('Sqrt'),
  rsqrt: (graph, args) => graph.node('Reciprocal', [graph.node('Sqrt', args)]),
  square: (graph, [x]) => graph.node('Mul', [x!, x!]),
  reciprocal: named('Reciprocal'),
  tanh: named('Tanh'),
  sigmoid: named('Sigmoid'),
  relu: named('Relu'),
  greater: mask(named('Greater')),
  greaterEqual: mask(named('GreaterOrEqual')),
  less: mask(named('Less')),
  lessEqual: mask(named('LessOrEqual')),
  equal: mask(named('Equal')),
  notEqual: notMask(named('Equal')),
  isNaN: mask(named('IsNaN')),
  isFinite: notMask((graph, [x]) => graph.node('Or', [graph.node('IsNaN', [x!]), graph.node('IsInf', [x!])])),
  where: (graph, [truth, x, y]) => graph.node('Where', [cast(graph, truth!, BOOL), x!, y!]),
  toF32: (graph, [x]) => cast(graph, x!, FLOAT),
  toU32: (graph, [x]) => cast(graph, x!, INT64),
  toI32: (graph, [x]) => cast(graph, x!, INT64),
};

/**
 * Adds what an elementwise op does.
 * @param operands names that broadcast to each other
 * @param whole whether the operands are whole numbers, so that constants are
 * @returns the result's name; null for what ONNX cannot say
 */
export function addElementwise(
  graph: OnnxGraph,
  { op, attrs }: Pick<ProgramNode, 'op' | 'attrs'>,
  expr: Expr,
  operands: readonly string[],
  whole: boolean,
): string | null {
  const own = WHOLE[op.name];
  if (own) return own(graph, operands[0]!, attrs);
  const done = new Map<Expr, string | null>();
  const visit = (e: Expr): string | null => {
    if (e.kind === 'operand') return operands[e.index]!;
    if (e.kind === 'constant') return graph.scalar(e.value, whole);
    if (done.has(e)) return done.get(e)!;
    const args = e.args.map(visit);
    const result = e.op === 'toF16' || args.includes(null) ? null : SCALARS[e.op](graph, args as string[], whole);
    done.set(e, result);
    return result;
  };
  return visit(expr);
}
