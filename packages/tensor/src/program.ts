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
    program.nodes.push({ op: node.op, attrs: node.attrs, inputs, outputs: made, ...(meaning && { meaning }) });
  };
  recorded.forEach(add);
  program.outputs = outputs.map(use);
  return { program, externals };
}

/** One line a node: `%7 f32[64,7,7,128] = conv2d(%3, %5) {"stride":[2,2]}`. Two recordings are the same iff their texts are. */
export function printProgram(program: Program): string {
  const spec = (id: ValueId) => `${program.values[id]!.dtype}${formatShape(program.values[id]!.shape)}`;
  const list = (ids: readonly ValueId[]) => ids.map((id) => `%${id}`).join(', ');
  const externals = program.values.flatMap((v, id) =>
    v.memory === null ? [] : [`%${id} ${spec(id)} = memory ${v.memory}`],
  );
  const nodes = program.nodes.map((n) => {
    const attrs = JSON.stringify(n.attrs);
    const left = n.outputs.length ? `${n.outputs.map((id) => `%${id} ${spec(id)}`).join(', ')} = ` : '';
    const meaning = n.meaning ? ` is (${list(n.meaning)})` : '';
    return `${left}${n.op.name}(${list(n.inputs)})${attrs === '{}' ? '' : ` ${attrs}`}${meaning}`;
  });
  return [...externals, ...nodes, `return ${list(program.outputs)}`].join('\n');
}
