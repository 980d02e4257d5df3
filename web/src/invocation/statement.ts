/** Statements of WGSL, compiled to generators: one stops where its thread waits at a barrier. */
import { type CallCompiler, compileExpression, components, create, type Expression, elementOf } from './expression.ts';
import { ast, typeOf } from './parse.ts';
import { type CompiledFunction, Scope } from './scope.ts';
import { headerParts, type Span, spanOf } from './span.ts';
import type { Thread } from './thread.ts';
import { binaryOperation, meet, NotInterpreted, pair, typeName, type Value, zero } from './value.ts';

/** How a statement ended. */
export type Ending = 'next' | 'break' | 'continue' | 'return';
/** Yields the line of each barrier where it waits. */
export type Running = Generator<number, Ending, void>;
/** Ends at once, or when what it gives has run. */
export type Statement = (thread: Thread) => Ending | Running;

/** @param depth loops around it; null in a function that `main` calls, whose statements are no steps */
export function compileBlock(
  nodes: readonly ast.Statement[],
  scope: Scope,
  depth: number | null,
): (thread: Thread) => Running {
  const statements = nodes.map((node) => compileStatement(node, scope, depth));
  return function* (thread) {
    for (const statement of statements) {
      const ran = statement(thread);
      const ending = typeof ran === 'string' ? ran : yield* ran;
      if (ending !== 'next') return ending;
    }
    return 'next';
  };
}

const expression = (node: ast.Expression, scope: Scope): Expression => compileExpression(node, scope, compileCall);

function compileStatement(node: ast.Statement, scope: Scope, depth: number | null, span = spanOf(node)): Statement {
  const compile = (part: ast.Expression): Expression => expression(part, scope);
  /** Does it, and is a step. */
  const step = (run: (thread: Thread) => unknown, ending: Ending = 'next'): Statement => {
    const locals = scope.locals();
    return (thread) => {
      run(thread);
      if (depth !== null) thread.watch?.step(span, locals, thread.frame, depth, false);
      return ending;
    };
  };
  if (node instanceof ast.Let || node instanceof ast.Const || node instanceof ast.Var)
    return declaration(node, scope, step);
  if (node instanceof ast.Assign)
    return step(assignment(node.variable, node.operator.slice(0, -1), compile(node.value), scope));
  if (node instanceof ast.Increment) {
    const one: Expression = { type: { of: 'abstract', width: 1 }, run: () => 1 };
    return step(assignment(node.variable, node.operator[0]!, one, scope));
  }
  if (node instanceof ast.Return) {
    const value =
      node.value && !(node.value instanceof ast.CreateExpr && !node.value.type) ? compile(node.value) : null;
    return step((thread) => {
      if (value) thread.returned = value.run(thread);
    }, 'return');
  }
  if (node instanceof ast.Break) return step(() => {}, 'break');
  if (node instanceof ast.Continue) return step(() => {}, 'continue');
  if (node instanceof ast.Call) return callStatement(node, scope, depth, step, span);
  if (node instanceof ast.If) return branch(node, scope, depth);
  if (node instanceof ast.For) return loop(node, node, scope, depth);
  if (node instanceof ast.While) return loop(node, { condition: node.condition }, scope, depth);
  if (node instanceof ast.Loop && !node.continuing) return loop(node, {}, scope, depth);
  throw new NotInterpreted(`${node.astNodeType || 'a statement'} in line ${node.line}`);
}

type Step = (run: (thread: Thread) => unknown) => Statement;

function declaration(node: ast.Let | ast.Const | ast.Var, scope: Scope, step: Step): Statement {
  const value = node.value ? expression(node.value, scope) : null;
  const declared = node.type && node.type.line > 0 ? typeOf(node.type) : null;
  const type = declared ?? value?.type;
  if (!type) throw new NotInterpreted(`${node.name}, which has neither type nor value`);
  const settled = type.of === 'abstract' ? { ...type, of: 'i32' as const } : type;
  const initial = !value
    ? create(settled, [])
    : settled.count === undefined && declared
      ? create(settled, [value])
      : value;
  const slot = scope.declare(node.name, settled);
  // The variable is in sight of the step that declares it.
  return step((thread) => {
    const start = initial.run(thread);
    thread.frame[slot] = settled.count !== undefined && typeof start !== 'number' ? [...start] : start;
  });
}

/** @param operator `+` of `+=`; empty where the value replaces */
function assignment(
  target: ast.Expression,
  operator: string,
  value: Expression,
  scope: Scope,
): (thread: Thread) => void {
  if (!(target instanceof ast.VariableExpr)) throw new NotInterpreted(`an assignment to ${target.astNodeType}`);
  const combine = (current: Expression): ((thread: Thread) => Value) => {
    if (!operator) return current.type.count === undefined ? create(current.type, [value]).run : value.run;
    const { run } = binaryOperation(operator, meet(current.type, value.type).of);
    return (thread) => pair(run, current.run(thread), value.run(thread));
  };
  const { postfix } = target;
  const local = scope.find(target.name);
  const index = postfix instanceof ast.ArrayIndex ? expression(postfix.index, scope) : null;
  if (!local) {
    const element = index && elementOf(target.name, scope, index);
    if (!element || postfix?.postfix) throw new NotInterpreted(`an assignment to ${target.name}`);
    const next = combine({ type: element.type, run: element.read });
    return (thread) => element.write(thread, next(thread));
  }
  const { slot, type } = local;
  if (!postfix) {
    const next = combine({ type, run: (thread) => thread.frame[slot]! });
    return (thread) => {
      thread.frame[slot] = next(thread);
    };
  }
  if (index && type.count !== undefined && !postfix.postfix) {
    const element = { of: type.of, width: type.width };
    const next = combine({ type: element, run: (t) => (t.frame[slot] as Value[])[index.run(t) as number]! });
    return (thread) => {
      const [i, made] = [index.run(thread) as number, next(thread)];
      thread.frame[slot] = (thread.frame[slot] as Value[]).with(i, made);
    };
  }
  if (postfix instanceof ast.StringExpr && postfix.value.length === 1) {
    const [at] = components(postfix.value) as [number];
    const next = combine({ type: { of: type.of, width: 1 }, run: (t) => (t.frame[slot] as Value[])[at]! });
    return (thread) => {
      thread.frame[slot] = (thread.frame[slot] as Value[]).with(at, next(thread));
    };
  }
  throw new NotInterpreted(`an assignment to a part of ${target.name}, a ${typeName(type)}`);
}

function callStatement(node: ast.Call, scope: Scope, depth: number | null, step: Step, span: Span): Statement {
  if (node.name === 'workgroupBarrier') {
    if (depth === null) throw new NotInterpreted('a barrier in a function that main calls');
    const locals = scope.locals();
    return function* (thread) {
      yield node.line;
      thread.watch?.step(span, locals, thread.frame, depth, false);
      return 'next';
    };
  }
  const called = compileCall(scope, node.name);
  if (!called) throw new NotInterpreted(`the statement ${node.name}(…)`);
  const parts = node.args.map((part) => expression(part, scope));
  return step((thread) => {
    called.call(
      thread,
      parts.map((p) => p.run(thread)),
    );
  });
}

function branch(node: ast.If, scope: Scope, depth: number | null): Statement {
  const arms = [node, ...(node.elseif ?? [])].map(({ condition, body }) => ({
    test: expression(condition, scope),
    body: compileBlock(body, scope.inner(), depth),
  }));
  const otherwise = node.else ? compileBlock(node.else, scope.inner(), depth) : null;
  const [header = spanOf(node)] = headerParts(scope.module.code, node.start);
  const locals = scope.locals();
  return function* (thread) {
    for (const { test, body } of arms) {
      const taken = test.run(thread) !== 0;
      if (depth !== null) thread.watch?.step(header, locals, thread.frame, depth, false);
      if (taken) return yield* body(thread);
    }
    return otherwise ? yield* otherwise(thread) : 'next';
  };
}

type Header = Partial<Pick<ast.For, 'init' | 'condition' | 'increment'>>;

function loop(
  node: ast.For | ast.While | ast.Loop,
  { init, condition, increment }: Header,
  outer: Scope,
  depth: number | null,
): Statement {
  const scope = outer.inner();
  const parts = headerParts(scope.module.code, node.start);
  const [begin, decision, last] = parts.length === 3 ? parts : [undefined, parts[0]];
  const inside = depth === null ? null : depth + 1;
  const first = init ? compileStatement(init, scope, depth, begin) : null;
  const test = condition ? expression(condition, scope) : null;
  const next = increment ? compileStatement(increment, scope, inside, last) : null;
  const body = compileBlock(node.body, scope.inner(), inside);
  const here = (condition && decision) ?? spanOf(node);
  const locals = scope.locals();
  return function* (thread) {
    first?.(thread);
    for (;;) {
      const again = test?.run(thread) !== 0;
      if (inside !== null) thread.watch?.step(here, locals, thread.frame, inside, true);
      if (!again) return 'next';
      const ending = yield* body(thread);
      if (ending === 'return') return ending;
      if (ending === 'break') return 'next';
      next?.(thread);
    }
  };
}

/** A function of the module, compiled at its first call; null where it declares none of that name. */
const compileCall: CallCompiler = (scope, name) => {
  const { module } = scope;
  const known = module.compiled.get(name);
  if (known) return known;
  const node = module.functions.get(name);
  if (!node) return null;
  const inside = new Scope(module);
  for (const { name: argument, type } of node.args) inside.declare(argument, typeOf(type));
  const body = compileBlock(node.body, inside, null);
  const returns = node.returnType ? typeOf(node.returnType) : { of: 'u32' as const, width: 1 };
  const compiled: CompiledFunction = {
    returns,
    call: (thread, values) => {
      const own: Thread = { ...thread, frame: [...values], returned: zero(returns) };
      body(own).next();
      return own.returned;
    },
  };
  module.compiled.set(name, compiled);
  return compiled;
};
