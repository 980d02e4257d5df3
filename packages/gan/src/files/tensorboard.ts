/** Event files of TensorBoard: records of TFRecord, each an event in protocol buffers. */
import { existsSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import crc32c from 'crc-32/crc32c.js';
import { openAppend } from './append.ts';
import { accessFile } from './file-error.ts';
import { type EventContent, encodeEvent, SESSION_START, textValue } from './tensorboard-schema.ts';

export interface EventFile {
  readonly path: string;
  /** Scalars by tag, all of one step. What is not finite is kept: TensorBoard marks it. */
  scalars(step: number, values: Readonly<Record<string, number>>): void;
  /** @param png a whole PNG file of that size, grey or RGB */
  image(step: number, tag: string, png: Uint8Array, size: ImageSize): void;
  /** @param markdown shown formatted, under the tag */
  text(tag: string, markdown: string): void;
  /** Waits until the disk has every event. */
  flush(): void;
  close(): void;
}

export interface ImageSize {
  height: number;
  width: number;
}

/** Summary.Image.colorspace: it is the number of channels. TensorBoard shows the PNG itself, whatever this says. */
const RGB = 3;

/**
 * Begins a new event file in `folder`, which is made where it is missing; `tensorboard --logdir folder` shows all files there as
 * one run. Every event is whole in the file when its call returns. The content is deterministic but for the time of each event.
 * @param resumeFrom events of earlier files up to and including this step count, later ones TensorBoard forgets
 * @throws FileError where the folder or file cannot be written, now or later.
 */
export function openEventFile(folder: string, { resumeFrom }: { resumeFrom?: number } = {}): EventFile {
  accessFile('write', folder, () => mkdirSync(folder, { recursive: true }));
  const path = freshPath(folder);
  const file = openAppend(path, { fresh: true });
  const write = (step: number, content: EventContent) =>
    file.append(tfRecord(encodeEvent({ wallTime: Date.now() / 1000, step, ...content })));

  write(0, { fileVersion: 'brain.Event:2' });
  const start = resumeFrom === undefined ? 0 : resumeFrom + 1;
  if (resumeFrom !== undefined) write(start, { sessionLog: { status: SESSION_START } });
  return {
    path,
    scalars: (step, values) =>
      write(step, { summary: { value: Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue })) } }),
    image: (step, tag, png, { height, width }) => {
      const image = { height, width, colorspace: RGB, encodedImageString: png };
      write(step, { summary: { value: [{ tag, image }] } });
    },
    text: (tag, markdown) => write(start, { summary: { value: [textValue(tag, markdown)] } }),
    flush: file.sync,
    close: file.close,
  };
}

/** TensorBoard reads a folder's files in the order of their names: by the second, then by the number. */
function freshPath(folder: string): string {
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
  for (let n = 0; ; n++) {
    const path = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${n}`);
    if (!existsSync(path)) return path;
  }
}

/** u64 length, its checksum, the data, their checksum; little-endian. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(8 + 4 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length));
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return record;
}

/** CRC-32C, rotated and shifted: a checksum of data that hold checksums is a weak one. */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c.buf(data) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
