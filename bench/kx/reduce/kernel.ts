/** The two ways to reduce: one invocation walks a range alone, or a workgroup shares it and adds up as a tree. */
import { type Epilogue, epilogueBindings, epilogueCost, renderEpilogue } from '../epilogue.ts';
import { render, typeOf, type Width, wgslType } from '../expression.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, GROUP_INDEX, groupGrid, type Kernel } from '../kernel.ts';
import { sizeOf } from '../view.ts';
import { address, coordinateSizes, coordinates, load, readerBinding } from '../walk.ts';
import type { ReduceLayout, ReduceSpec } from './layout.ts';

/** f32 values that a workgroup of the tree holds in workgroup memory. */
const TREE_VALUES = 256;

/** Elements that one store writes: neighbouring outputs where vec4s run along a kept axis. */
const storeWidthOf = ({ vectors, width }: ReduceLayout): Width => (vectors === 'kept' ? width : 1);

/** Invocations that share one range in the tree. */
export const treeLanes = (layout: ReduceLayout): number => TREE_VALUES / storeWidthOf(layout);

export type How = 'serial' | 'tree';

export interface ReduceStage {
  how: How;
  /** Each output's range is cut into this many, and as many partial results are written: [chunks, outputs]. */
  chunks: number;
  epilogue: Epilogue;
}

export function reduceKernel(spec: ReduceSpec, layout: ReduceLayout, { how, chunks, epilogue }: ReduceStage): Kernel {
  const { outputs, kept, reduced, width, vectors, sources } = layout;
  const storeWidth = storeWidthOf(layout);
  const items = sizeOf(kept);
  const range = sizeOf(reduced);
  const chunk = Math.ceil(range / chunks);
  const type = wgslType('f32', width);
  const { two, four } = combine(spec.op);

  const bases = sources.map((_, i) => `a${i}`);
  const element = (r: string) => `element(${[...bases, r].join(', ')})`;
  const start = spec.op === 'sum' ? `${type}(0.0)` : element('begin');
  const walk = how === 'serial' ? serial : tree;
  const stored = renderEpilogue(epilogue, {
    result: 'total',
    index: 'item',
    row: '0u',
    column: 'item',
    width: storeWidth,
  });
  const finish = [...stored.lines, `out[i] = ${stored.value};`];
  // What an invocation holds in the end: vec4s along a reduced axis are four parts of one output.
  const folded = width === storeWidth ? 'result' : four('result.x', 'result.y', 'result.z', 'result.w');
  const invocations = treeLanes(layout);

  return defineKernel({
    name: `reduce/${spec.op}-${how}${width === 4 ? `-vec4-${vectors}` : ''}`,
    about: [
      `${spec.op} of [${spec.shape.join(', ')}] over axes [${spec.axes.join(', ')}], cut into ${chunks} chunks of the reduced range.`,
      `out [${chunks}, ${outputs}]${width === 4 ? `; loads of 4 values along the ${vectors} axes` : ''}.`,
    ],
    constants: {
      ITEMS: items,
      RANGE: range,
      CHUNKS: chunks,
      CHUNK: chunk,
      ...coordinateSizes(kept, 'K'),
      ...coordinateSizes(reduced, 'R'),
    },
    bindings: [
      ...sources.map((s) => readerBinding(s.reader)),
      ...epilogueBindings(epilogue, storeWidth),
      { name: 'out', type: wgslType('f32', storeWidth), access: 'read_write' },
    ],
    workgroupSize: [how === 'serial' ? FLAT_WORKGROUP : invocations, 1, 1],
    workgroups: how === 'serial' ? flatGrid(items * chunks) : groupGrid(items * chunks),
    declarations: [
      ...(how === 'tree' ? [`var<workgroup> partial: array<${wgslType('f32', storeWidth)}, ${invocations}>;`, ''] : []),
      ...elementFunction(spec, layout, type),
    ].join('\n'),
    main: [
      how === 'serial' ? FLAT_INDEX : GROUP_INDEX,
      'if (i >= ITEMS * CHUNKS) { return; }',
      'let item = i % ITEMS;',
      'let begin = i / ITEMS * CHUNK;',
      'let end = min(begin + CHUNK, RANGE);',
      ...coordinates('item', kept.length, 'k', 'K'),
      ...sources.map(({ reader, kept: steps }, i) => {
        const base = reader.offset === 0 ? undefined : `${reader.offset}u`;
        return `let a${i} = ${address(steps, (axis) => `k${axis}`, base)};`;
      }),
      ...walk({ start, element, two, four, folded, invocations, finish }),
    ].join('\n'),
    cost: {
      flops: layout.flops + epilogueCost(epilogue, outputs).flops,
      bytes: layout.bytes + 4 * outputs * chunks + epilogueCost(epilogue, outputs).bytes,
    },
    requires: how === 'tree' ? { workgroupStorage: 4 * TREE_VALUES } : {},
  });
}

/** WGSL that reduces two, and four, values. */
function combine(op: ReduceSpec['op']) {
  const two = (x: string, y: string) => (op === 'sum' ? `${x} + ${y}` : `${op}(${x}, ${y})`);
  const four = (x: string, y: string, z: string, w: string) =>
    op === 'sum' ? `(${x} + ${y}) + (${z} + ${w})` : two(two(x, y), two(z, w));
  return { two, four };
}

/** `element(a0, …, r)`: value r of the reduced range whose operands start at a0, …: the expression that is reduced. */
function elementFunction({ expr, operands, op }: ReduceSpec, { reduced, sources, width }: ReduceLayout, type: string) {
  const operandType = (index: number) => operands[index]!.type;
  const actual = typeOf(expr, operandType);
  if (actual !== 'f32')
    throw new Error(`${op}: expected f32 values, the expression gives ${actual}; cast it with toF32`);
  const body = render([expr], { width, prefix: 't', operand: (i) => ({ name: `x${i}`, type: operandType(i) }) });
  const lines = [
    ...(reduced.length > 1 ? coordinates('r', reduced.length, 'r', 'R') : []),
    ...sources.map(({ reader, reduced: steps }, i) => {
      const index = address(steps, (axis) => (reduced.length === 1 ? 'r' : `r${axis}`), `a${i}`);
      return load(`x${i}`, reader, index, width);
    }),
    ...body.lines,
    `return ${body.results[0]};`,
  ];
  const parameters = [...sources.map((_, i) => `a${i}: u32`), 'r: u32'].join(', ');
  return [`fn element(${parameters}) -> ${type} {`, ...lines.map((line) => `  ${line}`), '}'];
}

interface WalkParts extends ReturnType<typeof combine> {
  /** WGSL for the value that a sum starts from. */
  start: string;
  element: (r: string) => string;
  /** WGSL for an invocation's total, of what it has in `result`. */
  folded: string;
  invocations: number;
  /** Stores `total`. */
  finish: string[];
}

/** Four independent sums: a chain of additions waits for each result, four chains wait a quarter of the time. */
function serial({ start, element, two, four, folded, finish }: WalkParts): string[] {
  const sums = [0, 1, 2, 3];
  return [
    `let start = ${start};`,
    ...sums.map((s) => `var s${s} = start;`),
    'var r = begin;',
    'for (; r + 4u <= end; r += 4u) {',
    ...sums.map((s) => `  s${s} = ${two(`s${s}`, element(s === 0 ? 'r' : `r + ${s}u`))};`),
    '}',
    `for (; r < end; r += 1u) { s0 = ${two('s0', element('r'))}; }`,
    `let result = ${four('s0', 's1', 's2', 's3')};`,
    `let total = ${folded};`,
    ...finish,
  ];
}

function tree({ start, element, two, folded, invocations, finish }: WalkParts): string[] {
  return [
    `var result = ${start};`,
    `for (var r = begin + lid.x; r < end; r += ${invocations}u) { result = ${two('result', element('r'))}; }`,
    `partial[lid.x] = ${folded};`,
    'workgroupBarrier();',
    `for (var half = ${invocations / 2}u; half > 0u; half /= 2u) {`,
    `  if (lid.x < half) { partial[lid.x] = ${two('partial[lid.x]', 'partial[lid.x + half]')}; }`,
    '  workgroupBarrier();',
    '}',
    'if (lid.x == 0u) {',
    '  let total = partial[0];',
    ...finish.map((line) => `  ${line}`),
    '}',
  ];
}
