/** A program: what was recorded, as plain data. Values are numbered; nodes are in the order of the calls. */
import { CaptureError } from './errors.ts';
import type { Node, Op, TensorSpec } from './op.ts';
import { formatShape } from './shape.ts';
import type { Storage } from './storage.ts';
import type { Tensor } from './tensor.ts';

export type ValueId = number;

export interface Value extends TensorSpec {
  /** For a value that exists before the program runs (an input, a parameter, any state): which memory it lives in; else null. */
  memory: number | null;
}

export interface ProgramNode {
  op: Op;
  attrs: object;
  inputs: ValueId[];
  outputs: ValueId[];
  /** For a composite op: the values that its outputs stand for. */
  meaning?: ValueId[];
  /** Where the call stands, `file:line:column`, if its recorder asked. */
  site?: string;
}

export interface Program {
  values: Value[];
  nodes: ProgramNode[];
  outputs: ValueId[];
}

/** A program and the live tensors behind its external values (`externals[value]`). */
export interface Recording {
  program: Program;
  externals: Map<ValueId, Tensor>;
}

/** Numbers the tensors of recorded nodes. Constants made before the recording are recorded again at their first use. */
export function buildProgram(recorded: readonly Node[], outputs: readonly Tensor[]): Recording {
  const program: Program = { values: [], nodes: [], outputs: [] };
  const externals = new Map<ValueId, Tensor>();
  const ids = new Map<Tensor, ValueId>();
  const memories = new Map<Storage, number>();

  const define = (tensor: Tensor, memory: number | null): ValueId => {
    const id = program.values.push({ shape: tensor.shape, dtype: tensor.dtype, memory }) - 1;
    ids.set(tensor, id);
    return id;
  };
  const use = (tensor: Tensor): ValueId => {
    const known = ids.get(tensor);
    if (known !== undefined) return known;
    if (tensor.storage) {
      if (!memories.has(tensor.storage)) memories.set(tensor.storage, memories.size);
      const id = define(tensor, memories.get(tensor.storage)!);
      externals.set(id, tensor);
      return id;
    }
    if (!tensor.node?.op.lazy) {
      throw new CaptureError(
        `capture: a tensor of shape ${formatShape(tensor.shape)} was recorded in another capture and has no values; return it from there`,
      );
    }
    add(tensor.node);
    return ids.get(tensor)!;
  };
  const add = (node: Node): void => {
    const inputs = node.inputs.map(use);
    const meaning = node.meaning?.map(use);
    const made = node.outputs.map((t) => define(t, null));
    const { op, attrs, site } = node;
    program.nodes.push({ op, attrs, inputs, outputs: made, ...(meaning && { meaning }), ...(site && { site }) });
  };
  recorded.forEach(add);
  program.outputs = outputs.map(use);
  return { program, externals };
}

const listed = (ids: readonly ValueId[]): string => ids.map((id) => `%${id}`).join(', ');
const specified = ({ values }: Program, id: ValueId): string =>
  `%${id} ${values[id]!.dtype}${formatShape(values[id]!.shape)}`;

/** Line `at` of the program's nodes: `%7 f32[64,7,7,128] = conv2d(%3, %5) {"stride":[2,2]}`. */
export function printNode(program: Program, at: number): string {
  const { op, attrs, inputs, outputs, meaning } = program.nodes[at]!;
  const text = JSON.stringify(attrs, spelled);
  const left = outputs.length ? `${outputs.map((id) => specified(program, id)).join(', ')} = ` : '';
  const is = meaning ? ` is (${listed(meaning)})` : '';
  return `${left}${op.name}(${listed(inputs)})${text === '{}' ? '' : ` ${text}`}${is}`;
}

/** JSON has no infinity, no NaN and no -0. */
const spelled = (_: string, value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? `number ${Object.is(value, -0) ? '-0' : value}`
    : value;

export const printReturn = ({ outputs }: Program): string => `return ${listed(outputs)}`;

/** A line for each value that exists before, one for each node, and what is returned. Equal programs have equal texts. */
export function printProgram(program: Program): string {
  const externals = program.values.flatMap(({ memory }, id) =>
    memory === null ? [] : [`${specified(program, id)} = memory ${memory}`],
  );
  return [...externals, ...program.nodes.map((_, at) => printNode(program, at)), printReturn(program)].join('\n');
}
