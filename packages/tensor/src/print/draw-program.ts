/** A recorded program as a drawing. */
import type { Program, ProgramNode, ValueId } from '../program.ts';
import { formatShape } from '../shape.ts';
import { type Attributes, digraph, edge, node } from './dot.ts';

const MEMORY = { shape: 'cylinder', fillcolor: '#d6e6f5' };
const EFFECT = { fillcolor: '#fbdcc0' };
const COMPOSITE = { fillcolor: '#e6dcf2' };
const CONSTANT = { shape: 'plain', fillcolor: 'none' };
const OUTPUT = { peripheries: 2 };

/**
 * A program in Graphviz's language: what was recorded, before the compiler.
 *
 * Boxes are ops, under the numbers of `printProgram` and with their attributes as tooltips; edges carry shapes. Cylinders are
 * memory that exists before (inputs, parameters, state): drawn, like constants, at each of its uses, so that edges stay short.
 * An orange op writes to the memory below it. A purple one is composite, and its meaning comes along the dashed edge. What the
 * program returns has a double border.
 */
export function drawProgram({ values, nodes, outputs }: Program): string {
  const returned = new Set(outputs);
  const frame = (ids: readonly ValueId[]): Attributes => (ids.some((id) => returned.has(id)) ? OUTPUT : {});
  const spec = (id: ValueId) =>
    `${values[id]!.dtype === 'f32' ? '' : values[id]!.dtype}${formatShape(values[id]!.shape)}`;
  const maker = new Map(nodes.flatMap((made, i) => made.outputs.map((id) => [id, i] as const)));

  const box = (id: string, { op, attrs, outputs: made, meaning }: ProgramNode): string => {
    const style = op.writes ? EFFECT : meaning ? COMPOSITE : op.lazy ? CONSTANT : {};
    // A constant says which.
    const name = op.lazy ? [op.name, ...Object.values(attrs).filter((x) => typeof x === 'number')].join(' ') : op.name;
    const label = [name, made.map((value) => `%${value}`).join(' ')].filter(Boolean).join('\n');
    return node(id, { ...style, ...frame(made), label, tooltip: JSON.stringify(attrs) });
  };
  const cylinder = (id: string, value: ValueId, style: Attributes = {}): string =>
    node(id, { ...MEMORY, ...style, label: `%${value} ${spec(value)}\nmemory ${values[value]!.memory}` });

  const ops = nodes.flatMap((op, i) => {
    const own = `n${i}`;
    const flow = (value: ValueId, use: string, style: Attributes = {}): string[] => {
      const into = (from: string) => edge(from, own, { label: spec(value), ...style });
      const from = maker.get(value);
      const copy = `${own}${use}`;
      if (from === undefined) return [cylinder(copy, value), into(copy)];
      return nodes[from]!.op.lazy ? [box(copy, nodes[from]!), into(copy)] : [into(`n${from}`)];
    };
    return [
      ...(op.op.lazy && !frame(op.outputs).peripheries ? [] : [box(own, op)]),
      ...op.inputs.flatMap((value, k) => flow(value, `i${k}`)),
      ...(op.meaning ?? []).flatMap((value, k) => flow(value, `m${k}`, { style: 'dashed' })),
      ...(op.op.writes ?? []).flatMap((k) => [
        cylinder(`${own}w${k}`, op.inputs[k]!),
        edge(own, `${own}w${k}`, { color: '#cc4422' }),
      ]),
    ];
  });
  const passedOn = [...returned].filter((id) => !maker.has(id)).map((id) => cylinder(`v${id}`, id, OUTPUT));
  return digraph('program', [...ops, ...passedOn]);
}
