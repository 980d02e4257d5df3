/**
 * The fused elementwise kernel: reads any number of operands through views, evaluates expressions, writes one or several
 * outputs of one shape. One invocation computes one vec4 where the innermost axis allows it, else one element.
 */
import { countOps, render, typeOf, type Width, wgslType } from './expression.ts';
import { type Binding, defineKernel, FLAT_INDEX, flatGrid, type Kernel, type WgslScalar } from './kernel.ts';
import type { Expr } from './scalar.ts';
import { collapse, contiguousStrides, sizeOf, type View } from './view.ts';

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
  const flat = walk.dims.length <= 1;
  const inner = walk.dims.length - 1;
  const views = operands.map((o, i) => ({ ...o, strides: walk.strides[i + 1]! }));
  const width = vectorWidth(walk.dims, views);

  const inPlace = new Map(outputs.flatMap((o, i) => (o.inPlaceOf === undefined ? [] : [[o.inPlaceOf, i] as const])));
  const bindings: Binding[] = [];
  const loads: string[] = [];
  views.forEach((view, i) => {
    const target = inPlace.get(i);
    const innerStride = flat ? (view.strides[0] ?? 0) : view.strides[inner]!;
    const vector = width === 4 && innerStride === 1;
    const buffer = target === undefined ? `in${i}` : `out${target}`;
    if (target === undefined)
      bindings.push({ name: buffer, type: wgslType(view.type, vector ? 4 : 1), access: 'read' });
    const index = target !== undefined ? 'i' : indexOf(view, walk.dims, vector);
    const value = `${buffer}[${index}]`;
    loads.push(`let x${i} = ${width === 4 && !vector ? `${wgslType(view.type, 4)}(${value})` : value};`);
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
    about: [`out[i] = ${name} over a walk of ${flat ? 'n' : `[${walk.dims.join(', ')}]`} elements.`],
    constants: flat ? {} : Object.fromEntries(walk.dims.slice(1).map((d, i) => [`D${i + 1}`, d])),
    bindings,
    workgroupSize: [64, 1, 1],
    workgroups: flatGrid(size / width),
    main: [
      FLAT_INDEX,
      'if (i >= arrayLength(&out0)) { return; }',
      ...(flat ? [] : coordinates(walk.dims.length, width)),
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

/** vec4 where the innermost axis is a multiple of 4 and every operand steps through it by 1 or stands still. */
export function vectorWidth(dims: readonly number[], views: readonly View[]): Width {
  const inner = dims.length - 1;
  if (inner < 0 || dims[inner]! % 4 !== 0) return 1;
  const aligned = views.every((v) => {
    const step = v.strides[inner]!;
    return (
      step === 0 || (step === 1 && v.offset % 4 === 0 && v.strides.every((s, axis) => axis === inner || s % 4 === 0))
    );
  });
  return aligned ? 4 : 1;
}

/** `c0 … cn`: the walk's coordinates of item `i`; the last counts vec4s where `width` is 4. */
function coordinates(rank: number, width: Width): string[] {
  const last = rank - 1;
  const lines = [`var rest = i${width === 4 ? ' * 4u' : ''};`];
  for (let axis = last; axis > 0; axis--) lines.push(`let c${axis} = rest % D${axis};`, `rest = rest / D${axis};`);
  return [...lines, 'let c0 = rest;'];
}

/** Index into the operand's array for the walk's coordinates (or for `i` itself where the walk has a single axis). */
function indexOf(view: View, dims: readonly number[], vector: boolean): string {
  const perItem = vector ? 4 : 1;
  const scale = (n: number) => n / perItem;
  const terms: string[] = [];
  if (dims.length <= 1) {
    const step = view.strides[0] ?? 0;
    // `i` counts vec4s: a vector operand is indexed by it, and a scalar operand in a vec4 walk stands still.
    if (step !== 0) terms.push(step === 1 ? 'i' : `i * ${step}u`);
  } else {
    view.strides.forEach((step, axis) => {
      if (step === 0) return;
      const inner = axis === dims.length - 1;
      if (inner && vector) terms.push(`c${axis} / 4u`);
      else terms.push(scale(step) === 1 ? `c${axis}` : `c${axis} * ${scale(step)}u`);
    });
  }
  if (view.offset !== 0) terms.push(`${scale(view.offset)}u`);
  return terms.length ? terms.join(' + ') : '0u';
}
