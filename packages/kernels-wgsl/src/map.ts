/**
 * The fused elementwise kernel: reads any number of operands through views, evaluates expressions, writes one or several
 * outputs of one shape. An item is one vec4 where the innermost axis allows it, else one element. On a GPU an invocation computes
 * one item; on an adapter that runs on a CPU hundreds, where there are enough of them: it takes as long over the start of a workgroup
 * as over a dozen items of each invocation.
 */
import { type AdapterClass, type Candidate, candidate, slot } from './candidate.ts';
import { countOps, cutFixed, loaded, render, typeOf, wgslType } from './expression.ts';
import {
  bytesOf,
  defineKernel,
  FLAT_INDEX,
  FLAT_WORKGROUP,
  flatGrid,
  groupGrid,
  indent,
  type Kernel,
  MAX_WORKGROUPS,
  type WgslScalar,
} from './kernel.ts';
import type { Expr } from './scalar.ts';
import { collapse, contiguousStrides, sizeOf, type View } from './view.ts';
import { address, coordinateSizes, coordinates, itemDims, load, reader, readerBinding, vectorWidth } from './walk.ts';

export interface MapOperand extends View {
  type: WgslScalar;
  /** Elements in the operand's buffer range. */
  size: number;
}

export interface MapOutput {
  expr: Expr;
  type: WgslScalar;
  /** Write over this operand's buffer: it is bound once, read_write. Its view must be the output's own layout. */
  inPlaceOf?: number;
}

export interface MapSpec {
  name: string;
  /** Shape of every output. */
  shape: readonly number[];
  operands: readonly MapOperand[];
  outputs: readonly MapOutput[];
  /** For which kind of adapter; default `gpu`. */
  adapter?: AdapterClass;
}

/** Items of an invocation at most. */
const LONGEST_RUN = 512;
/** An invocation gets more than one item where that leaves so many workgroups: enough for any CPU. */
const LEAST_WORKGROUPS = 128;
/**
 * Invocations of a workgroup whose runs are long. A CPU computes a few at a time, llvmpipe 8, all of their run before the next few begin:
 * with no more than these it goes through memory in order.
 */
const NARROW_WORKGROUPS = [8, 16];

/** What a workgroup computes: `run` times `group` neighbouring items, an invocation every `group`-th of them. */
interface Block {
  group: number;
  run: number;
}
const ONE_EACH: Block = { group: FLAT_WORKGROUP, run: 1 };

/** Does the coordinate of an axis stay as it is along a run, because its steps leap over whole turns of it or its block ends first? */
const stays = (dims: readonly number[], axis: number, { group, run }: Block): boolean =>
  group % sizeOf(dims.slice(axis)) === 0 || sizeOf(dims.slice(axis + 1)) % (run * group) === 0;

/** The block along whose runs most operands stay the same; else the narrowest, else the longest. */
function longBlock(items: number, fixed: (block: Block) => number): Block {
  const blocks = [...NARROW_WORKGROUPS, FLAT_WORKGROUP].flatMap((group) => {
    const longest = Math.max(1, Math.min(LONGEST_RUN, Math.floor(items / (LEAST_WORKGROUPS * group))));
    const shortest = Math.ceil(longest / 2);
    return Array.from({ length: longest - shortest + 1 }, (_, i) => ({ group, run: longest - i }));
  });
  const counts = blocks.map(fixed);
  return blocks[counts.indexOf(Math.max(...counts))]!;
}

/** Bindings: the operands in order (those written in place left out), then the outputs in order. */
export function map({ name, shape, operands, outputs, adapter = 'gpu' }: MapSpec): Kernel {
  const size = sizeOf(shape);
  const own: View = { strides: contiguousStrides(shape), offset: 0 };
  const walk = collapse(shape, [own, ...operands]);
  const rank = walk.dims.length;
  const views = operands.map((o, i) => ({ ...o, strides: walk.strides[i + 1]! }));
  const width = vectorWidth(walk.dims, views);
  const dims = itemDims(walk.dims, width);
  const items = size / width;
  const inPlace = new Map(outputs.flatMap((o, i) => (o.inPlaceOf === undefined ? [] : [[o.inPlaceOf, i] as const])));
  const readers = views.map((view, i) => reader(`in${i}`, view.type, view, width));
  const bindings = readers.filter((_, i) => !inPlace.has(i)).map(readerBinding);
  outputs.forEach((o, i) => {
    bindings.push({ name: `out${i}`, type: wgslType(o.type, width), access: 'read_write' });
  });

  const all = operands.map((_, i) => i);
  const fixedBy = ({ group, run }: Block): number[] =>
    all.filter(
      (i) => !inPlace.has(i) && readers[i]!.strides.every((s, axis) => s === 0 || stays(dims, axis, { group, run })),
    );
  const block = adapter === 'gpu' ? ONE_EACH : longBlock(items, (each) => fixedBy(each).length);
  const { group, run } = block;
  const fixed = new Set(run > 1 ? fixedBy(block) : []);
  const moves = (axis: number) => run === 1 || !stays(dims, axis, block);
  const isFixed = (i: number) => fixed.has(i);
  const isLinear = (i: number) => readers[i]!.strides.join() === contiguousStrides(dims).join();
  const axes = dims
    .map((_, axis) => axis)
    .filter((axis) => readers.some((r, i) => r.strides[axis] !== 0 && !isLinear(i)));

  const loadOf = (i: number): string => {
    const target = inPlace.get(i);
    if (target !== undefined) return `let x${i} = ${loaded(`out${target}[i]`, operands[i]!.type, width, width)};`;
    const { strides, offset } = readers[i]!;
    const base = offset === 0 ? undefined : `${offset}u`;
    const index = isLinear(i) ? address([1], () => 'i', base) : address(strides, (axis) => `c${axis}`, base);
    return load(`x${i}`, readers[i]!, index, width);
  };
  const operandType = (index: number): WgslScalar =>
    operands[index]?.type ?? typeOf(parts[index - operands.length]!, operandType);
  const { parts, rest } = cutFixed(
    outputs.map((o) => o.expr),
    isFixed,
    operands.length,
  );
  const operand = (i: number) => ({
    name: i < operands.length ? `x${i}` : before.results[i - operands.length]!,
    type: operandType(i),
  });
  const before = render(parts, { width, prefix: 'f', operand });
  const body = render(rest, { width, prefix: 't', operand });
  const stores = outputs.map((o, i) => {
    const actual = typeOf(o.expr, operandType);
    const value = body.results[i]!;
    return `out${i}[i] = ${actual === o.type ? value : `${wgslType(o.type, width)}(${value})`};`;
  });

  const statements = (flat: string, moving: boolean) => [
    ...coordinates(flat, rank, 'c', 'D').filter((_, axis) => axes.includes(axis) && moves(axis) === moving),
    ...all.filter((i) => isFixed(i) !== moving).map(loadOf),
  ];
  const item = [...statements('i', true), ...body.lines, ...stores];
  // An odd number of f16 is stored in whole words: the buffer holds one more.
  const end = outputs[0]!.type === 'f16' && size % 2 === 1 ? `${items}u` : 'arrayLength(&out0)';
  return defineKernel({
    name: `map/${name}${width === 4 ? '-vec4' : ''}`,
    about: [`out[i] = ${name} over ${rank > 1 ? `[${dims.join(', ')}]` : 'n'} ${width === 4 ? 'vec4s' : 'elements'}.`],
    constants: Object.fromEntries(Object.entries(coordinateSizes(dims, 'D')).filter(() => axes.length > 0)),
    bindings,
    workgroupSize: [run > 1 ? group : FLAT_WORKGROUP, 1, 1],
    workgroups: run > 1 ? groupGrid(Math.ceil(items / (run * group))) : flatGrid(items),
    main: (run > 1
      ? [
          `let first = (wid.x + wid.y * ${MAX_WORKGROUPS}u) * ${run * group}u;`,
          `let end = min(first + ${run * group}u, ${end});`,
          ...statements('(first + lid.x)', false),
          ...before.lines,
          `for (var i = first + lid.x; i < end; i += ${group}u) {`,
          ...item.map((line) => indent(line)),
          '}',
        ]
      : [FLAT_INDEX, `if (i >= ${end}) { return; }`, ...before.lines, ...item]
    ).join('\n'),
    cost: {
      flops: size * countOps(outputs.map((o) => o.expr)),
      bytes:
        operands.reduce((sum, o) => sum + bytesOf(o.type) * Math.min(o.size, size), 0) +
        outputs.reduce((sum, o) => sum + bytesOf(o.type) * size, 0),
    },
  });
}

/** Its one way, where no output overwrites an operand: inputs the operands, outputs the outputs. */
export const mapCandidate = (spec: MapSpec): Candidate =>
  candidate(
    'map',
    'A whole chain of elementwise operations in one pass: what lies between them stays in registers. One invocation computes ' +
      'a vec4 where the innermost axis comes by fours, and on an adapter that runs on a CPU hundreds of them.',
    () => {
      const slots = [...spec.operands.map((_, i) => slot.input(i)), ...spec.outputs.map((_, i) => slot.output(i))];
      return { stages: [{ kernel: map(spec), slots }] };
    },
  );
