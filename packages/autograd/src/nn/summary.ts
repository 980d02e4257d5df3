/** A model at a glance: the table that people know from Keras. */
import { capture, type Device, type DType, type Shape, significant, type Tensor, table, zeros } from '@ganvas/tensor';
import type { Mode, Module } from './module.ts';

export interface SummaryOptions {
  /** Of the input. Default f32; u32 where the first layer is an embedding. */
  dtype?: DType;
  /** In which mode the layers are recorded. Default `eval`. */
  mode?: Mode;
  /** For whose kernels the arithmetic is counted. Default: the device opened last. */
  device?: Device;
}

interface Row {
  name: string;
  type: string;
  output: Shape;
  tensors: readonly Tensor[];
  flops: number;
}

const COLUMNS = [
  { title: 'layer', left: true },
  { title: 'type', left: true },
  { title: 'output', left: true },
  { title: 'parameters' },
  { title: 'Mflop' },
];

/**
 * A line a layer: its name, what it is, the shape of its output, its parameters, and the arithmetic of one call; then the totals.
 * Each layer is recorded and compiled on its own, and nothing runs. A tensor that several layers share counts once in the totals.
 * @param inputShape batch included
 * @throws ShapeError where the layers do not fit together
 */
export function summary(model: Module, inputShape: Shape, options: SummaryOptions = {}): string {
  const rows: Row[] = [];
  const visit = (name: string, module: Module, input: { shape: Shape; dtype: DType }): typeof input => {
    if (module.layers) {
      const inside = name === '' ? '' : `${name}.`;
      return Object.entries(module.layers).reduce((x, [key, layer]) => visit(`${inside}${key}`, layer, x), input);
    }
    const { output, flops } = measure(module, input, options);
    rows.push({
      name,
      type: module.type ?? '',
      output: output.shape,
      tensors: Object.values(module.parameters),
      flops,
    });
    return output;
  };
  visit('', model, { shape: inputShape, dtype: options.dtype ?? 'f32' });

  const lines = rows.map(({ name, type, output, tensors, flops }) => [
    name,
    type,
    `[${output}]`,
    grouped(elements(tensors)),
    (flops / 1e6).toFixed(2),
  ]);
  const total = rows.reduce((sum, { flops }) => sum + flops, 0);
  const parameters = elements(Object.values(model.parameters));
  const buffers = elements(Object.values(model.buffers));
  return [
    table(COLUMNS, lines),
    `${rows.length} layers, input [${inputShape}]: ${significant(total / 1e6)} Mflop`,
    `${grouped(parameters)} parameters (${significant((4 * parameters) / 1e6)} MB), ${grouped(buffers)} values in buffers`,
  ].join('\n');
}

function measure(module: Module, { shape, dtype }: { shape: Shape; dtype: DType }, options: SummaryOptions) {
  const { mode = 'eval', device } = options;
  const step = capture((x: Tensor) => module.forward(x, mode), { ...(device && { device }) });
  try {
    const { values, outputs } = step.record(zeros(shape, { dtype, ...(device && { device }) }));
    const flops = step.plan!.dispatches.reduce((sum, { kernel }) => sum + kernel.cost.flops, 0);
    return { output: values[outputs[0]!]!, flops };
  } finally {
    step.dispose();
  }
}

const elements = (tensors: readonly Tensor[]): number => [...new Set(tensors)].reduce((sum, t) => sum + t.size, 0);
const grouped = (count: number): string => count.toLocaleString('en-US');
