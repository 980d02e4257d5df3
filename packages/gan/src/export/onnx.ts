/**
 * A generator as an ONNX model, for onnxruntime and whatever else reads that: in PyTorch's layout, for any batch.
 *
 * The evaluation is recorded as a program, and each of its ops becomes ONNX nodes; no model is described here. It is recorded for
 * two sizes of the batch: what differs between the two is what the batch's size decides.
 */
import type { ProgramNode, ValueId } from '@ganvas/tensor';
import { writeFileAtomic } from '../files/atomic.ts';
import type { Generator } from '../models/nets.ts';
import { addNode } from './onnx/nodes.ts';
import { encodeModel, FLOAT, INT64, valueInfo } from './onnx/schema.ts';
import { CHANNELS_FIRST, inOrder, OnnxValues } from './onnx/values.ts';
import { recordGenerator } from './recorded-net.ts';
import type { ExportAbout } from './safetensors.ts';

/** Of 2022, which onnxruntime reads from 1.14 on: the first whose reductions all take their axes as an input. */
const OPSET = 18;
const IR_VERSION = 8;
const BATCHES = [2, 3] as const;

/**
 * Writes a generator's evaluation, whole or not at all: `z` [batch, latent] and, of one that is told classes, `labels` int64 [batch] →
 * `images` [batch, channels, height, width] (`points` [batch, 2] of one that makes points). Weights keep their names.
 * @throws FileError where the file cannot be written; Error, by its name, for an op that has no ONNX nodes
 */
export async function exportOnnx(path: string, generator: Generator, about: ExportAbout): Promise<void> {
  writeFileAtomic(path, await encodeOnnx(generator, about));
}

/** The bytes of `exportOnnx`. */
export async function encodeOnnx(generator: Generator, { config, data, step = 0 }: ExportAbout): Promise<Uint8Array> {
  const [net, other] = [recordGenerator(generator, BATCHES[0]), recordGenerator(generator, BATCHES[1])];
  const { nodes, outputs } = net.program;
  const weights = [...net.externals].filter(([id]) => !net.inputs.has(id));
  const contents = new Map(await Promise.all(weights.map(async ([id, t]) => [id, await t.data()] as const)));

  const makers = new Map<ValueId, ProgramNode>(nodes.flatMap((node) => node.outputs.map((id) => [id, node])));
  const values: OnnxValues = new OnnxValues({
    net,
    other,
    data: contents,
    produce: (id) => addNode(values, makers.get(id)!),
  });
  const [y] = outputs as [ValueId];
  const isImage = values.shape(y).length === 4;
  const order = isImage ? CHANNELS_FIRST : inOrder(values.shape(y).length);
  const made = isImage ? 'images' : 'points';
  values.graph.rename(values.get(y, order), made);

  const { example, classes } = data;
  const { model } = config;
  const properties = { config: JSON.stringify(config), data: JSON.stringify({ example, classes }), step: String(step) };
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: 'ganvas',
    docString: `Generator of a GAN (${model}), from ganvas: noise to ${made}.`,
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: Object.entries(properties).map(([key, value]) => ({ key, value })),
    graph: {
      name: `${model} generator`,
      node: values.graph.nodes,
      initializer: values.graph.constants,
      input: [
        valueInfo('z', FLOAT, ['batch', generator.latent], 'Standard normal noise'),
        ...(generator.classes > 0
          ? [valueInfo('labels', INT64, ['batch'], `The class of each, below ${generator.classes}`)]
          : []),
      ],
      output: [
        valueInfo(
          made,
          FLOAT,
          ['batch', ...order.slice(1).map((axis) => values.shape(y)[axis]!)],
          isImage ? 'Channels first, in (-1, 1)' : 'Coordinates',
        ),
      ],
    },
  });
}
