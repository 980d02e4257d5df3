/** Each op of a program as ONNX nodes: a row an op that is not elementwise. */
import type {
  AxisAttrs,
  FillAttrs,
  GatherAttrs,
  InputGradAttrs,
  LinspaceAttrs,
  MatmulAttrs,
  PermutationAttrs,
  ProgramNode,
  ReduceAttrs,
  SliceAttrs,
  SoftmaxAttrs,
  UnsliceAttrs,
  ValueId,
  Window,
} from '@ganvas/tensor';
import { KERNEL_TURN } from '../torch-layout.ts';
import { addElementwise } from './elementwise.ts';
import { filled } from './graph.ts';
import { CHANNELS_FIRST, inOrder, type OnnxValues } from './values.ts';

/** Puts a node into the graph and defines its output. @returns why it cannot, where it cannot */
type Mapping = (values: OnnxValues, inputs: readonly ValueId[], y: ValueId, attrs: object) => string | undefined;

const THE_BATCH = 'works along the batch, whose size the model leaves open';

/** Nodes that take the same attributes and axes as our op. */
const plain =
  (opType: string): Mapping =>
  (values, [x], y, attrs) => {
    const { axis } = attrs as SoftmaxAttrs;
    values.define(y, values.graph.node(opType, [values.get(x!)], { axis }));
    return undefined;
  };

const reduction =
  (opType: string): Mapping =>
  (values, [x], y, attrs) => {
    const { axes, keepDims } = attrs as ReduceAttrs;
    const { graph } = values;
    values.define(y, graph.node(opType, [values.get(x!), graph.list(axes)], { keepdims: Number(keepDims) }));
    return undefined;
  };

const same: Mapping = (values, [x], y) => {
  values.alias(y, x!);
  return undefined;
};

const windowAttributes = ({ stride, padding, dilation = [1, 1], groups = 1 }: Window) => ({
  strides: stride,
  pads: [padding[0][0], padding[1][0], padding[0][1], padding[1][1]],
  dilations: dilation,
  group: groups,
});

const MAPPINGS: Readonly<Record<string, Mapping>> = {
  detach: same,
  fence: same,
  softmax: plain('Softmax'),
  logSoftmax: plain('LogSoftmax'),
  sum: reduction('ReduceSum'),
  prod: reduction('ReduceProd'),
  max: reduction('ReduceMax'),
  min: reduction('ReduceMin'),

  reshape(values, [x], y) {
    const [from, to] = [values.sizes(x!), values.sizes(y)];
    if (from.join() === to.join() && from.length === to.length) return same(values, [x!], y, {});
    // 0 keeps the input's size at that axis, and one size may be left open.
    const shape = to.map((size, axis) => size ?? (axis < from.length && from[axis] === null ? 0 : -1));
    if (shape.filter((size) => size === -1).length > 1) return THE_BATCH;
    values.define(y, values.graph.node('Reshape', [values.get(x!), values.graph.list(shape)]));
    return undefined;
  },
  transpose(values, [x], y, attrs) {
    values.alias(y, x!, (attrs as PermutationAttrs).permutation);
    return undefined;
  },
  broadcastTo(values, [x], y) {
    const [from, to] = [values.sizes(x!), values.sizes(y)];
    if (to.some((size, axis) => size === null && from[axis - to.length + from.length] !== null)) return THE_BATCH;
    const shape = values.graph.list(to.map((size) => size ?? 1));
    values.define(y, values.graph.node('Expand', [values.get(x!), shape]));
    return undefined;
  },
  fill(values, _, y, attrs) {
    const { value } = attrs as FillAttrs;
    const shape = values.sizes(y);
    if (shape.includes(null)) return THE_BATCH;
    const { graph } = values;
    if (shape.length === 0) values.define(y, graph.scalar(value, values.isWhole(y)));
    else if (values.isWhole(y))
      values.define(y, graph.wholes('constant', values.shape(y), filled(values.shape(y), value)));
    else values.define(y, graph.floats('constant', values.shape(y), filled(values.shape(y), value)));
    return undefined;
  },
  linspace(values, _, y, attrs) {
    const { first, last, count } = attrs as LinspaceAttrs;
    const { graph } = values;
    if (values.sizes(y).includes(null)) return THE_BATCH;
    const numbers = Array.from({ length: count }, (_, i) =>
      count === 1 ? first : first + (i * (last - first)) / (count - 1),
    );
    const name = values.isWhole(y)
      ? graph.wholes('range', [count], numbers)
      : graph.floats('range', [count], Float32Array.from(numbers));
    values.define(y, name);
    return undefined;
  },
  slice(values, [x], y, attrs) {
    const { starts, steps, sizes } = attrs as SliceAttrs;
    const own = values.sizes(x!);
    const cut = inOrder(own.length).filter((axis) => steps[axis] !== 1 || sizes[axis] !== values.shape(x!)[axis]);
    if (cut.some((axis) => own[axis] === null)) return THE_BATCH;
    const { graph } = values;
    // ONNX reads an end of -1 as the last element: one before the first is a large negative number.
    const end = (axis: number) => {
      const beyond = starts[axis]! + sizes[axis]! * steps[axis]!;
      return beyond < 0 ? -(2 ** 31) : beyond;
    };
    const lists = [cut.map((axis) => starts[axis]!), cut.map(end), cut, cut.map((axis) => steps[axis]!)];
    values.define(y, graph.node('Slice', [values.get(x!), ...lists.map((list) => graph.list(list))]));
    return undefined;
  },
  unslice(values, [x], y, attrs) {
    const { shape, starts, steps, value } = attrs as UnsliceAttrs;
    if (steps.some((step) => step !== 1)) return 'puts elements apart, for which ONNX has no node';
    const { graph } = values;
    const after = shape.map((size, axis) => size - starts[axis]! - values.shape(x!)[axis]!);
    const pads = graph.list([...starts, ...after]);
    values.define(y, graph.node('Pad', [values.get(x!), pads, graph.scalar(value, values.isWhole(x!))]));
    return undefined;
  },
  concat(values, parts, y, attrs) {
    const { axis } = attrs as AxisAttrs;
    const order = values.orderOf(parts[0]!);
    const names = parts.map((part) => values.get(part, order));
    values.define(y, values.graph.node('Concat', names, { axis: order.indexOf(axis) }), order);
    return undefined;
  },
  gather(values, [x, indices], y, attrs) {
    const { axis, each } = attrs as GatherAttrs;
    const inputs = [values.get(x!), values.get(indices!)];
    values.define(y, values.graph.node(each ? 'GatherElements' : 'Gather', inputs, { axis }));
    return undefined;
  },
  matmul(values, [a, b], y, attrs) {
    const { transposeA, transposeB } = attrs as MatmulAttrs;
    const factor = (id: ValueId, turned: boolean) => {
      const order = inOrder(values.shape(id).length);
      return values.get(id, turned ? [...order.slice(0, -2), order.at(-1)!, order.at(-2)!] : order);
    };
    values.define(y, values.graph.node('MatMul', [factor(a!, transposeA), factor(b!, transposeB)]));
    return undefined;
  },
  conv2d(values, [x, w], y, attrs) {
    const inputs = [values.get(x!, CHANNELS_FIRST), values.get(w!, KERNEL_TURN)];
    values.define(y, values.graph.node('Conv', inputs, windowAttributes(attrs as Window)), CHANNELS_FIRST);
    return undefined;
  },
  conv2dInputGrad(values, [x, w], y, attrs) {
    const window = windowAttributes(attrs as InputGradAttrs);
    const { strides, pads, dilations } = window;
    const extra = [0, 1].map((axis) => {
      const kernel = (values.shape(w!)[axis]! - 1) * dilations[axis]! + 1;
      const made = (values.shape(x!)[axis + 1]! - 1) * strides[axis]! + kernel - pads[axis]! - pads[axis + 2]!;
      return values.shape(y)[axis + 1]! - made;
    });
    const inputs = [values.get(x!, CHANNELS_FIRST), values.get(w!, KERNEL_TURN)];
    const attributes = { ...window, output_padding: extra };
    values.define(y, values.graph.node('ConvTranspose', inputs, attributes), CHANNELS_FIRST);
    return undefined;
  },
};

/**
 * Puts a node of a program into the graph.
 * @throws Error for an op that is not mapped, by its name
 */
export function addNode(values: OnnxValues, node: ProgramNode): void {
  const { op, attrs, inputs, outputs, meaning } = node;
  if (meaning) {
    for (const [i, id] of outputs.entries()) values.alias(id, meaning[i]!);
    return;
  }
  const [y] = outputs as [ValueId];
  const mapping = MAPPINGS[op.name];
  const why = mapping ? mapping(values, inputs, y, attrs) : elementwise(values, node);
  if (why) throw new Error(`exportOnnx: op ${op.name} ${why}; make the generator of others (see docs/export.md)`);
}

function elementwise(values: OnnxValues, { op, attrs, inputs, outputs }: ProgramNode): string | undefined {
  const specs = inputs.map((id) => ({ shape: values.shape(id), dtype: values.dtype(id) }));
  const lowering = op.lower(specs, attrs);
  if (lowering.kind !== 'map' || lowering.writes !== undefined || outputs.length !== 1) return 'has no ONNX nodes here';
  const [y] = outputs as [ValueId];
  const rank = values.shape(y).length;
  const full = inputs.filter((id) => values.shape(id).length === rank);
  const order = full.map((id) => values.orderOf(id)).find((o) => o.some((axis, i) => axis !== i)) ?? inOrder(rank);
  const names = inputs.map((id) => values.broadcasting(id, order));
  const result = addElementwise(
    values.graph,
    { op, attrs },
    lowering.expr,
    names,
    inputs.every((id) => values.isWhole(id)),
  );
  if (result === null) return 'rounds to f16, for which ONNX has no node';
  values.define(y, result, order);
  return undefined;
}
