/**
 * The part of TensorBoard's protocol buffers that a training run writes, with their field numbers (tensorflow/core/util/event.proto,
 * framework/summary.proto and framework/tensor.proto).
 */
import protobuf from 'protobufjs/light.js';

const field = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });

const messages = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: field('double', 1),
        step: field('int64', 2),
        fileVersion: field('string', 3),
        summary: field('Summary', 5),
        sessionLog: field('SessionLog', 7),
      },
      oneofs: { what: { oneof: ['fileVersion', 'summary', 'sessionLog'] } },
    },
    SessionLog: { fields: { status: field('int32', 1) } },
    Summary: { fields: { value: repeated('Value', 1) } },
    Value: {
      fields: {
        tag: field('string', 1),
        simpleValue: field('float', 2),
        image: field('Image', 4),
        tensor: field('Tensor', 8),
        metadata: field('Metadata', 9),
      },
      oneofs: { value: { oneof: ['simpleValue', 'image', 'tensor'] } },
    },
    Image: {
      fields: {
        height: field('int32', 1),
        width: field('int32', 2),
        colorspace: field('int32', 3),
        encodedImageString: field('bytes', 4),
      },
    },
    Tensor: { fields: { dtype: field('int32', 1), tensorShape: field('Shape', 2), stringVal: repeated('bytes', 8) } },
    Shape: { fields: { dim: repeated('Dim', 2) } },
    Dim: { fields: { size: field('int64', 1) } },
    Metadata: { fields: { pluginData: field('PluginData', 1) } },
    PluginData: { fields: { pluginName: field('string', 1) } },
  },
}).lookupType('Event');

/** SessionLog.SessionStatus.START: what an earlier file has from this event's step on does not count. */
export const SESSION_START = 1;
/** DataType.DT_STRING. */
const STRING = 7;

export type SummaryValue = { tag: string } & (
  | { simpleValue: number }
  | { image: { height: number; width: number; colorspace: number; encodedImageString: Uint8Array } }
  | { tensor: object; metadata: object }
);

/** What an event says, beside when. */
export type EventContent =
  | { fileVersion: string }
  | { sessionLog: { status: number } }
  | { summary: { value: readonly SummaryValue[] } };

export const encodeEvent = (event: EventContent & { wallTime: number; step: number }): Uint8Array =>
  messages.encode(messages.create(event)).finish();

/** A text as the text dashboard wants it: a tensor of one string. */
export const textValue = (tag: string, text: string): SummaryValue => ({
  tag,
  tensor: { dtype: STRING, tensorShape: { dim: [{ size: 1 }] }, stringVal: [new TextEncoder().encode(text)] },
  metadata: { pluginData: { pluginName: 'text' } },
});
