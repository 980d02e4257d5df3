/** Expressions of WGSL, compiled to functions of a thread. */
import { bitcast, builtin } from './builtin.ts';
import { ast, typeOf } from './parse.ts';
import type { CompiledFunction, Scope } from './scope.ts';
import type { Thread } from './thread.ts';
import {
  binaryOperation,
  componentOf,
  convert,
  each,
  meet,
  NotInterpreted,
  pair,
  round,
  scalar,
  typeName,
  type Value,
  type WgslType,
  zero,
} from './value.ts';

export interface Expression {
  type: WgslType;
  run(thread: Thread): Value;
}

/** Compiles a call of a function of the module: given from outside, for functions are made of statements. */
export type CallCompiler = (scope: Scope, name: string) => CompiledFunction | null;

/** @throws NotInterpreted */
export function compileExpression(node: ast.Expression, scope: Scope, calls: CallCompiler): Expression {
  const compile = (part: ast.Expression): Expression => compileExpression(part, scope, calls);
  const fromBuffer = readBuffer(node, scope, compile);
  return fromBuffer ?? postfixed(bare(node, scope, compile, calls), node.postfix, compile);
}

type Compile = (part: ast.Expression) => Expression;

function bare(node: ast.Expression, scope: Scope, compile: Compile, calls: CallCompiler): Expression {
  if (node instanceof ast.LiteralExpr) {
    const value = node.scalarValue;
    return { type: typeOf(node.type), run: () => value };
  }
  if (node instanceof ast.VariableExpr || node instanceof ast.ConstExpr) return named(node.name, scope);
  if (node instanceof ast.BinaryOperator) return binary(node, compile);
  if (node instanceof ast.UnaryOperator) return unary(node.operator, compile(node.right));
  if (node instanceof ast.BitcastExpr && node.type) {
    const [value, type] = [compile(node.value), typeOf(node.type)];
    const cast = bitcast(value.type, type);
    return { type: { ...type, width: value.type.width }, run: (t) => cast(value.run(t)) };
  }
  if (node instanceof ast.CreateExpr && node.type) return create(typeOf(node.type), (node.args ?? []).map(compile));
  if (node instanceof ast.CallExpr) return call(node, scope, compile, calls);
  throw new NotInterpreted(`${node.astNodeType || 'an expression'} in line ${node.line}`);
}

function named(name: string, scope: Scope): Expression {
  const local = scope.find(name);
  if (local) return { type: local.type, run: (t) => t.frame[local.slot]! };
  const constant = scope.module.constants.get(name);
  if (!constant) throw new NotInterpreted(`the name ${name}`);
  return { type: constant.type, run: () => constant.value };
}

function binary(node: ast.BinaryOperator, compile: Compile): Expression {
  const [left, right] = [compile(node.left), compile(node.right)];
  if (node.operator === '&&') return { type: scalar('bool'), run: (t) => (left.run(t) === 0 ? 0 : right.run(t)) };
  if (node.operator === '||') return { type: scalar('bool'), run: (t) => (left.run(t) === 0 ? right.run(t) : 1) };
  const type = meet(left.type, right.type);
  const { of, run } = binaryOperation(node.operator, type.of);
  return { type: { of, width: type.width }, run: (t) => pair(run, left.run(t), right.run(t)) };
}

function unary(operator: string, right: Expression): Expression {
  const { of } = right.type;
  const run = { '-': (x: number) => round(of, -x), '!': (x: number) => 1 - x, '~': (x: number) => round(of, ~x) }[
    operator
  ];
  if (!run) throw new NotInterpreted(`the operator ${operator}`);
  return { type: right.type, run: (t) => each(run as (...xs: number[]) => number, right.run(t)) };
}

/** A value of a type from parts: a conversion, a vector from scalars and vectors, an array of elements; of none the zero value. */
export function create(type: WgslType, parts: readonly Expression[]): Expression {
  if (parts.length === 0) {
    const empty = zero(type);
    return { type, run: () => empty };
  }
  if (type.count !== undefined) return { type, run: (t) => parts.map((p) => p.run(t)) };
  const [only] = parts;
  if (parts.length === 1 && only!.type.width === type.width && only!.type.of === type.of) return only!;
  const exact = (value: Value) =>
    typeof value === 'number' ? convert(type.of, value) : each((x) => convert(type.of, x!), value);
  if (parts.length > 1)
    return { type, run: (t) => exact(parts.flatMap((p) => p.run(t) as number | readonly number[])) };
  if (type.width === only!.type.width) return { type, run: (t) => exact(only!.run(t)) };
  return { type, run: (t) => Array<Value>(type.width).fill(exact(only!.run(t))) };
}

function call(node: ast.CallExpr, scope: Scope, compile: Compile, calls: CallCompiler): Expression {
  const nodes = node.args ?? [];
  if (node.name === 'arrayLength') {
    const [of] = nodes;
    const name = of instanceof ast.UnaryOperator && of.right instanceof ast.VariableExpr ? of.right.name : '';
    return {
      type: scalar('u32'),
      run: ({ buffers }) => {
        const { array, type } = buffers.get(name)!;
        return array.length / type.width;
      },
    };
  }
  const parts = nodes.map(compile);
  const own = calls(scope, node.name);
  if (own)
    return {
      type: own.returns,
      run: (t) =>
        own.call(
          t,
          parts.map((p) => p.run(t)),
        ),
    };
  const { type, run } = builtin(node.name);
  return { type: type(parts.map((p) => p.type)), run: (t) => run(parts.map((p) => p.run(t))) };
}

/** `x[i]` where x is a storage buffer or workgroup memory, and what follows the bracket. */
function readBuffer(node: ast.Expression, scope: Scope, compile: Compile): Expression | null {
  if (!(node instanceof ast.VariableExpr && node.postfix instanceof ast.ArrayIndex) || scope.find(node.name))
    return null;
  const { name, postfix } = node;
  const place = elementOf(name, scope, compile(postfix.index));
  return place && postfixed({ type: place.type, run: place.read }, postfix.postfix, compile);
}

/** An element of memory that invocations share. */
export interface Element {
  type: WgslType;
  read(thread: Thread): Value;
  write(thread: Thread, value: Value): void;
}

/** @returns null where no such memory has that name */
export function elementOf(name: string, scope: Scope, index: Expression): Element | null {
  const stored = scope.module.storage.get(name);
  const shared = scope.module.workgroup.get(name);
  if (stored) {
    const { width } = stored;
    const at = (thread: Thread): number => {
      const i = index.run(thread) as number;
      const size = thread.buffers.get(name)!.array.length / width;
      if (i < 0 || i >= size) throw new Error(`${name}[${i}] lies outside its ${size} elements`);
      return i;
    };
    return {
      type: stored,
      read: (thread) => {
        const [i, { array }] = [at(thread), thread.buffers.get(name)!];
        const value = width === 1 ? array[i]! : [...array.subarray(i * width, (i + 1) * width)];
        thread.watch?.access({ kind: 'read', space: 'storage', name, index: i, value });
        return value;
      },
      write: (thread, value) => {
        const [i, { array }] = [at(thread), thread.buffers.get(name)!];
        for (let c = 0; c < width; c++) array[i * width + c] = componentOf(value, c);
        thread.watch?.access({ kind: 'write', space: 'storage', name, index: i, value });
      },
    };
  }
  if (!shared) return null;
  const { count = 0, ...type } = shared;
  const at = (thread: Thread): number => {
    const i = index.run(thread) as number;
    if (i < 0 || i >= count) throw new Error(`${name}[${i}] lies outside its ${count} elements`);
    return i;
  };
  return {
    type,
    read: (thread) => {
      const i = at(thread);
      const value = thread.workgroup.get(name)![i]!;
      thread.watch?.access({ kind: 'read', space: 'workgroup', name, index: i, value });
      return value;
    },
    write: (thread, value) => {
      const i = at(thread);
      thread.workgroup.get(name)![i] = value;
      thread.watch?.access({ kind: 'write', space: 'workgroup', name, index: i, value });
    },
  };
}

/** The components that a member's letters mean. */
export const components = (letters: string): number[] =>
  [...letters].map((l) => '0xyzwrgba'.indexOf(l) - 1).map((i) => i % 4);

/** What stands behind an expression: `.xy`, `[i]`. */
function postfixed(whole: Expression, postfix: ast.Expression | null, compile: Compile): Expression {
  if (!postfix) return whole;
  if (postfix instanceof ast.StringExpr) {
    const picked = components(postfix.value);
    const [only] = picked;
    const part: Expression = {
      type: { of: whole.type.of, width: picked.length },
      run: (t) => {
        const value = whole.run(t);
        return picked.length === 1 ? componentOf(value, only!) : picked.map((i) => componentOf(value, i));
      },
    };
    return postfixed(part, postfix.postfix, compile);
  }
  if (!(postfix instanceof ast.ArrayIndex)) throw new NotInterpreted(`what follows a ${typeName(whole.type)}`);
  const index = compile(postfix.index);
  const { count, of, width } = whole.type;
  const part: Expression = {
    type: count === undefined ? scalar(of) : { of, width },
    run: (t) => {
      const [value, i] = [whole.run(t) as readonly Value[], index.run(t) as number];
      const element = value[i];
      if (element === undefined) throw new Error(`[${i}] lies outside a ${typeName(whole.type)}`);
      return element;
    },
  };
  return postfixed(part, postfix.postfix, compile);
}
