/** What is reduced, and how two values become one, in WGSL. */
import { cutFixed, operandsOf, render, typeOf, wgslType } from '../expression.ts';
import type { WgslScalar } from '../kernel.ts';
import { address, coordinates, load } from '../walk.ts';
import { combineTwo } from '../workgroup-tree.ts';
import { type AccumulatorType, gather } from './accumulator.ts';
import type { ReduceLayout, ReduceSpec } from './layout.ts';

/** WGSL that reduces two, and four, values. */
export function combine(op: ReduceSpec['op']) {
  const two = (x: string, y: string) => combineTwo(op, x, y);
  const four = (x: string, y: string, z: string, w: string) =>
    op === 'max' || op === 'min' ? two(two(x, y), two(z, w)) : two(`(${two(x, y)})`, `(${two(z, w)})`);
  return { two, four };
}

/** How an invocation comes by the values that it reduces. */
interface Elements {
  /** Statements that load and compute what stays as it is along a range; once. */
  before: string[];
  /** WGSL for the value at place r of the range. */
  at(r: string): string;
  /** The function that it calls. */
  declaration: string[];
}

/**
 * `element(…, r)`: value r of a range, that is the expressions that are reduced. It is told the addresses `a…` where operands that move
 * along the range start, and those operands `x…` and parts `p…` of the expressions that do not: a channel's mean, say, where all
 * its pixels are added up.
 */
export function elements(
  { exprs, operands }: ReduceSpec,
  { reduced, sources, width }: ReduceLayout,
  type: AccumulatorType,
): Elements {
  const isFixed = (i: number) => sources[i]!.reduced.every((step) => step === 0);
  const { parts, rest } = cutFixed(exprs, isFixed, operands.length);
  const typeAt = (i: number): WgslScalar => operands[i]?.type ?? typeOf(parts[i - operands.length]!, typeAt);
  const named = (i: number) => ({ name: i < operands.length ? `x${i}` : `p${i - operands.length}`, type: typeAt(i) });
  const loadOf = (i: number) => {
    const { reader, reduced: steps } = sources[i]!;
    return load(
      `x${i}`,
      reader,
      address(steps, (axis) => (reduced.length === 1 ? 'r' : `r${axis}`), `a${i}`),
      width,
    );
  };
  const all = operands.map((_, i) => i);
  const moving = all.filter((i) => !isFixed(i));
  const asIs = [...operandsOf(rest)].filter((i) => i < operands.length && isFixed(i));
  const fixed = [...asIs, ...parts.map((_, k) => operands.length + k)];

  const once = render(parts, { width, prefix: 'f', operand: named });
  const body = render(rest, { width, prefix: 't', operand: named });
  const parameters = [
    ...moving.map((i) => `a${i}: u32`),
    ...fixed.map((i) => `${named(i).name}: ${wgslType(typeOf({ kind: 'operand', index: i }, typeAt), width)}`),
    'r: u32',
  ];
  const told = [...moving.map((i) => `a${i}`), ...asIs.map((i) => `x${i}`), ...once.results];
  return {
    before: [...all.filter(isFixed).map(loadOf), ...once.lines],
    at: (r) => `element(${[...told, r].join(', ')})`,
    declaration: [
      `fn element(${parameters.join(', ')}) -> ${type} {`,
      ...[
        ...(reduced.length > 1 ? coordinates('r', reduced.length, 'r', 'R') : []),
        ...moving.map(loadOf),
        ...body.lines,
        `return ${gather(type, body.results)};`,
      ].map((line) => `  ${line}`),
      '}',
    ],
  };
}
