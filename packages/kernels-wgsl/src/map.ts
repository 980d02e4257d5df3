/**
 * The fused elementwise kernel: reads any number of operands through views, evaluates expressions, writes one or several
 * outputs of one shape. One invocation computes one vec4 where the innermost axis allows it, else one element.
 */
import { type Candidate, candidate, slot } from './candidate.ts';
import { countOps, render, typeOf, wgslType } from './expression.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel, type WgslScalar } from './kernel.ts';
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
}

/** Bindings: the operands in order (those written in place left out), then the outputs in order. */
export function map({ name, shape, operands, outputs }: MapSpec): Kernel {
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

  return defineKernel({
    name: `map/${name}${width === 4 ? '-vec4' : ''}`,
    about: [`out[i] = ${name} over ${rank > 1 ? `[${dims.join(', ')}]` : 'n'} ${width === 4 ? 'vec4s' : 'elements'}.`],
    constants: coordinateSizes(dims, 'D'),
    bindings,
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(size / width),
    main: [
      FLAT_INDEX,
      'if (i >= arrayLength(&out0)) { return; }',
      ...(rank > 1 ? coordinates('i', rank, 'c', 'D') : []),
      ...loads,
      ...body.lines,
      ...stores,
    ].join('\n'),
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
      'a vec4 where the innermost axis comes by fours.',
    () => {
      const slots = [...spec.operands.map((_, i) => slot.input(i)), ...spec.outputs.map((_, i) => slot.output(i))];
      return { stages: [{ kernel: map(spec), slots }] };
    },
  );
