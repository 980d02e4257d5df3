/**
 * The fused elementwise kernel: reads any number of operands through views, evaluates expressions, writes one or several
 * outputs of one shape. An item is one vec4 where the innermost axis allows it, else one element. On a GPU an invocation computes
 * one item; on an adapter that runs on a CPU sixteen, where there are enough of them: it spends as long on a workgroup as on these.
 */
import { type AdapterClass, type Candidate, candidate, slot } from './candidate.ts';
import { countOps, render, typeOf, wgslType } from './expression.ts';
import {
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

/** Items of an invocation where it has more than one, and how many items there must be for that: workgroups enough for any CPU. */
const RUN = 16;
const LEAST_ITEMS = 64 * RUN * FLAT_WORKGROUP;

/** Bindings: the operands in order (those written in place left out), then the outputs in order. */
export function map({ name, shape, operands, outputs, adapter = 'gpu' }: MapSpec): Kernel {
  const size = sizeOf(shape);
  const own: View = { strides: contiguousStrides(shape), offset: 0 };
  const walk = collapse(shape, [own, ...operands]);
  const rank = walk.dims.length;
  const views = operands.map((o, i) => ({ ...o, strides: walk.strides[i + 1]! }));
  const width = vectorWidth(walk.dims, views);
  const dims = itemDims(walk.dims, width);

  const inPlace = new Map(outputs.flatMap((o, i) => (o.inPlaceOf === undefined ? [] : [[o.inPlaceOf, i] as const])));
  const readers = views.map((view, i) => reader(`in${i}`, view.type, view, width));
  const bindings = readers.filter((_, i) => !inPlace.has(i)).map(readerBinding);
  const loads = readers.map((r, i) => {
    const target = inPlace.get(i);
    if (target !== undefined) return `let x${i} = out${target}[i];`;
    const base = r.offset === 0 ? undefined : `${r.offset}u`;
    return load(
      `x${i}`,
      r,
      address(r.strides, (axis) => (rank === 1 ? 'i' : `c${axis}`), base),
      width,
    );
  });
  outputs.forEach((o, i) => {
    bindings.push({ name: `out${i}`, type: wgslType(o.type, width), access: 'read_write' });
  });

  const operandType = (index: number) => operands[index]!.type;
  const body = render(
    outputs.map((o) => o.expr),
    { width, prefix: 't', operand: (index) => ({ name: `x${index}`, type: operandType(index) }) },
  );
  const stores = outputs.map((o, i) => {
    const actual = typeOf(o.expr, operandType);
    const value = body.results[i]!;
    return `out${i}[i] = ${actual === o.type ? value : `${wgslType(o.type, width)}(${value})`};`;
  });

  const items = size / width;
  const runs = adapter !== 'gpu' && items >= LEAST_ITEMS;
  const group = RUN * FLAT_WORKGROUP;
  const item = [...(rank > 1 ? coordinates('i', rank, 'c', 'D') : []), ...loads, ...body.lines, ...stores];
  return defineKernel({
    name: `map/${name}${width === 4 ? '-vec4' : ''}`,
    about: [`out[i] = ${name} over ${rank > 1 ? `[${dims.join(', ')}]` : 'n'} ${width === 4 ? 'vec4s' : 'elements'}.`],
    constants: coordinateSizes(dims, 'D'),
    bindings,
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: runs ? groupGrid(Math.ceil(items / group)) : flatGrid(items),
    main: (runs
      ? [
          `let first = (wid.x + wid.y * ${MAX_WORKGROUPS}u) * ${group}u;`,
          `let end = min(first + ${group}u, arrayLength(&out0));`,
          `for (var i = first + lid.x; i < end; i += ${FLAT_WORKGROUP}u) {`,
          ...item.map((line) => indent(line)),
          '}',
        ]
      : [FLAT_INDEX, 'if (i >= arrayLength(&out0)) { return; }', ...item]
    ).join('\n'),
    cost: {
      flops: size * countOps(outputs.map((o) => o.expr)),
      bytes: 4 * (operands.reduce((sum, o) => sum + Math.min(o.size, size), 0) + size * outputs.length),
    },
  });
}

/** Its one way, where no output overwrites an operand: inputs the operands, outputs the outputs. */
export const mapCandidate = (spec: MapSpec): Candidate =>
  candidate(
    'map',
    'A whole chain of elementwise operations in one pass: what lies between them stays in registers. One invocation computes ' +
      'a vec4 where the innermost axis comes by fours, and on an adapter that runs on a CPU sixteen of them.',
    () => {
      const slots = [...spec.operands.map((_, i) => slot.input(i)), ...spec.outputs.map((_, i) => slot.output(i))];
      return { stages: [{ kernel: map(spec), slots }] };
    },
  );
