/** What is reduced, and how two values become one, in WGSL. */
import { render } from '../expression.ts';
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

/** `element(a0, …, r)`: value r of the reduced range whose operands start at a0, …: the expressions that are reduced. */
export function elementFunction(
  { exprs, operands }: ReduceSpec,
  { reduced, sources, width }: ReduceLayout,
  type: AccumulatorType,
) {
  const operandType = (index: number) => operands[index]!.type;
  const body = render(exprs, { width, prefix: 't', operand: (i) => ({ name: `x${i}`, type: operandType(i) }) });
  const lines = [
    ...(reduced.length > 1 ? coordinates('r', reduced.length, 'r', 'R') : []),
    ...sources.map(({ reader, reduced: steps }, i) => {
      const index = address(steps, (axis) => (reduced.length === 1 ? 'r' : `r${axis}`), `a${i}`);
      return load(`x${i}`, reader, index, width);
    }),
    ...body.lines,
    `return ${gather(type, body.results)};`,
  ];
  const parameters = [...sources.map((_, i) => `a${i}: u32`), 'r: u32'].join(', ');
  return [`fn element(${parameters}) -> ${type} {`, ...lines.map((line) => `  ${line}`), '}'];
}
