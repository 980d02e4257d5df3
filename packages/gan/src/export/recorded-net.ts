/** A net as the program of its evaluation: what the exports read layouts and ONNX nodes from, so that no model is described twice. */
import { sizeOf } from '@ganvas/kernels-wgsl';
import { type Program, record, type Tensor, tensor, type ValueId } from '@ganvas/tensor';
import type { Discriminator, Generator } from '../models/nets.ts';

export type Net = Generator | Discriminator;

/** The f32 tensors of a net by name. Others (counters of random numbers) mean nothing outside. */
export const tensorsOfNet = (net: Net): Record<string, Tensor> =>
  Object.fromEntries(Object.entries({ ...net.parameters, ...net.buffers }).filter(([, t]) => t.dtype === 'f32'));

export interface RecordedNet {
  program: Program;
  /** The live tensors that it reads. Those of the inputs are disposed. */
  externals: ReadonlyMap<ValueId, Tensor>;
  /** Which values are tensors of the net. */
  names: ReadonlyMap<ValueId, string>;
  /** Which values are inputs: `z`, `labels`, `x`. */
  inputs: ReadonlyMap<ValueId, string>;
}

/** A generator's evaluation for a batch. Nothing runs. */
export const recordGenerator = (net: Generator, batch: number): RecordedNet =>
  recordNet(net, { z: [batch, net.latent] }, net.classes > 0 ? batch : 0, ({ z, labels }) =>
    net.forward(z!, labels ?? null, 'eval'),
  );

/** A discriminator's evaluation for a batch of what `generator` makes; it may ignore the labels. Nothing runs. */
export const recordDiscriminator = (
  net: Discriminator,
  { example, classes }: Pick<Generator, 'example' | 'classes'>,
  batch: number,
): RecordedNet =>
  recordNet(net, { x: [batch, ...example] }, classes > 0 ? batch : 0, ({ x, labels }) => {
    const { logits, classLogits } = net.forward(x!, labels ?? null, 'eval');
    return classLogits ? [logits, classLogits] : [logits];
  });

function recordNet(
  net: Net,
  shapes: Readonly<Record<string, readonly number[]>>,
  labels: number,
  forward: (inputs: Readonly<Record<string, Tensor>>) => Tensor | Tensor[],
): RecordedNet {
  const tensors = tensorsOfNet(net);
  const { device } = Object.values(tensors)[0]!;
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, tensor(new Float32Array(sizeOf(shape)), shape, { device })]),
  );
  if (labels > 0) inputs.labels = tensor(new Uint32Array(labels), [labels], { device });
  const { program, externals } = record(() => forward(inputs)).recording;
  const named = (known: Readonly<Record<string, Tensor>>) => {
    const nameOf = new Map(Object.entries(known).map(([name, t]) => [t, name]));
    return new Map([...externals].flatMap(([id, t]) => (nameOf.has(t) ? [[id, nameOf.get(t)!] as const] : [])));
  };
  const result = { program, externals, names: named(tensors), inputs: named(inputs) };
  for (const input of Object.values(inputs)) input.dispose();
  return result;
}
