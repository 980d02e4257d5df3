/** The part of ONNX's protocol buffers that a model needs, with the field numbers of onnx/onnx.proto. */
import protobuf from 'protobufjs/light.js';

const field = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });

const model = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: field('int64', 1),
        producerName: field('string', 2),
        docString: field('string', 6),
        graph: field('Graph', 7),
        opsetImport: repeated('OperatorSet', 8),
        metadataProps: repeated('Entry', 14),
      },
    },
    OperatorSet: { fields: { domain: field('string', 1), version: field('int64', 2) } },
    Entry: { fields: { key: field('string', 1), value: field('string', 2) } },
    Graph: {
      fields: {
        node: repeated('Node', 1),
        name: field('string', 2),
        initializer: repeated('Tensor', 5),
        docString: field('string', 10),
        input: repeated('Value', 11),
        output: repeated('Value', 12),
      },
    },
    Node: {
      fields: {
        input: repeated('string', 1),
        output: repeated('string', 2),
        name: field('string', 3),
        opType: field('string', 4),
        attribute: repeated('Attribute', 5),
      },
    },
    Attribute: {
      fields: {
        name: field('string', 1),
        f: field('float', 2),
        i: field('int64', 3),
        ints: repeated('int64', 8),
        type: field('int32', 20),
      },
    },
    Tensor: {
      fields: {
        dims: repeated('int64', 1),
        dataType: field('int32', 2),
        name: field('string', 8),
        rawData: field('bytes', 9),
      },
    },
    Value: { fields: { name: field('string', 1), type: field('Type', 2), docString: field('string', 3) } },
    Type: { fields: { tensorType: field('TensorType', 1) } },
    TensorType: { fields: { elemType: field('int32', 1), shape: field('Shape', 2) } },
    Shape: { fields: { dim: repeated('Dimension', 1) } },
    Dimension: { fields: { dimValue: field('int64', 1), dimParam: field('string', 2) } },
  },
}).lookupType('Model');

export interface OnnxNode {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: ReturnType<typeof attribute>[];
}

export interface OnnxTensor {
  name: string;
  dims: readonly number[];
  dataType: number;
  rawData: Uint8Array;
}

export interface OnnxModel {
  irVersion: number;
  producerName: string;
  docString: string;
  opsetImport: { domain: string; version: number }[];
  metadataProps: { key: string; value: string }[];
  graph: {
    name: string;
    node: readonly OnnxNode[];
    initializer: readonly OnnxTensor[];
    input: ReturnType<typeof valueInfo>[];
    output: ReturnType<typeof valueInfo>[];
  };
}

export const encodeModel = (content: OnnxModel): Uint8Array => model.encode(content).finish();

/** TensorProto.DataType: what our dtypes are in ONNX, where whole numbers have 64 bits. */
export const FLOAT = 1;
export const INT64 = 7;
export const BOOL = 9;

/** AttributeProto.AttributeType. */
const KIND = { f: 1, i: 2, ints: 7 } as const;

/** A list of whole numbers, or one; a number of floating point as `{ f }`. */
export type AttributeValue = number | readonly number[] | { f: number };

export function attribute(name: string, value: AttributeValue) {
  if (typeof value === 'number') return { name, i: value, type: KIND.i };
  return 'f' in value ? { name, f: value.f, type: KIND.f } : { name, ints: value, type: KIND.ints };
}

/** An input or output; a dimension that is a word is one that callers choose. */
export const valueInfo = (name: string, elemType: number, shape: readonly (number | string)[], docString: string) => ({
  name,
  docString,
  type: {
    tensorType: {
      elemType,
      shape: { dim: shape.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) },
    },
  },
});
