import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import { openEventFile } from '../../../packages/gan/src/files/tensorboard.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const temporary = useTemporaryFolder();

/** CRC-32C bit by bit, from its polynomial. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
const masked = (bytes: Uint8Array) => {
  const crc = crc32c(bytes);
  return Number((BigInt((crc >>> 15) | (crc << 17)) + 0xa282ead8n) & 0xffffffffn);
};

/** A file's records, their checksums checked; what is left behind the last whole one is not looked at. */
function recordsOf(path: string): Buffer[] {
  const file = readFileSync(path);
  const records: Buffer[] = [];
  for (let at = 0; at + 12 <= file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(masked(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    if (at + 16 + length > file.length) break;
    expect(file.readUInt32LE(at + 12 + length)).toBe(masked(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

type Field = bigint | Buffer;

/** A message of protocol buffers by field number, from the encoding's description: each field's values in their order. */
function fieldsOf(message: Buffer): Record<number, Field[]> {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const bytes = (count: number) => {
    at += count;
    return message.subarray(at - count, at);
  };
  const fields: Record<number, Field[]> = {};
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    expect([0, 1, 2, 5]).toContain(wire);
    const value = wire === 0 ? varint() : bytes(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()));
    const id = key >> 3;
    fields[id] = [...(fields[id] ?? []), value];
  }
  return fields;
}
const inner = (fields: Record<number, Field[]>, id: number) => fieldsOf(fields[id]![0] as Buffer);
const text = (fields: Record<number, Field[]>, id: number) => (fields[id]![0] as Buffer).toString();

const [WALL_TIME, STEP, FILE_VERSION, SUMMARY, SESSION_LOG] = [1, 2, 3, 5, 7];
const eventsOf = (path: string) => recordsOf(path).map(fieldsOf);
const valuesOf = (event: Record<number, Field[]>) =>
  inner(event, SUMMARY)[1]!.map((value) => fieldsOf(value as Buffer));

it('checks with a CRC-32C that is one', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

describe('openEventFile', () => {
  it('names the file so that TensorBoard finds it, in a folder that it makes', () => {
    const folder = temporary.path('new/events');
    const files = [openEventFile(folder), openEventFile(folder)];
    for (const file of files) file.close();
    expect(readdirSync(folder).sort()).toEqual(files.map(({ path }) => path.slice(folder.length + 1)));
    for (const { path } of files) expect(path).toMatch(/\/events\.out\.tfevents\.\d{10}\.[^/]+\.\d+$/);
  });

  it('writes scalars, pictures and texts as events with checksums', () => {
    const file = openEventFile(temporary.path());
    const png = Buffer.from('not looked at');
    file.scalars(2 ** 33 + 1, { lossD: 0.25, 'judge/MNIST-FD': Number.NaN, Größe: -3 });
    file.image(7, 'samples', png, { height: 30, width: 400 });
    file.text('config', '**batch** 64 – “ü”');
    file.flush();
    file.close();

    const [version, scalars, image, words, ...others] = eventsOf(file.path);
    expect(others).toEqual([]);
    expect(text(version!, FILE_VERSION)).toBe('brain.Event:2');
    for (const event of [version, scalars, image, words]) {
      const seconds = (event![WALL_TIME]![0] as Buffer).readDoubleLE();
      expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(60);
    }
    expect(scalars![STEP]).toEqual([2n ** 33n + 1n]);
    const values = valuesOf(scalars!).map((value) => [text(value, 1), (value[2]![0] as Buffer).readFloatLE()]);
    expect(values).toEqual([
      ['lossD', 0.25],
      ['judge/MNIST-FD', Number.NaN],
      ['Größe', -3],
    ]);

    expect(image![STEP]).toEqual([7n]);
    const [shown] = valuesOf(image!);
    expect(text(shown!, 1)).toBe('samples');
    const { 1: height, 2: width, 3: colorspace, 4: encoded } = inner(shown!, 4);
    expect([height, width, colorspace, encoded]).toEqual([[30n], [400n], [3n], [png]]);

    const [written] = valuesOf(words!);
    const tensor = inner(written!, 8);
    expect([text(written!, 1), tensor[1], text(tensor, 8)]).toEqual(['config', [7n], '**batch** 64 – “ü”']);
    expect(inner(inner(tensor, 2), 2)[1]).toEqual([1n]);
    expect(text(inner(inner(written!, 9), 1), 1)).toBe('text');
  });

  it('is the same but for the time of its events', () => {
    const write = () => {
      const file = openEventFile(temporary.path());
      file.scalars(1, { a: 1, b: 2 });
      file.close();
      return eventsOf(file.path).map(({ [WALL_TIME]: _, ...rest }) => rest);
    };
    expect(write()).toEqual(write());
  });

  it('tells what of earlier files does not count, where a run is resumed', () => {
    const file = openEventFile(temporary.path(), { resumeFrom: 500 });
    file.close();
    const [, start] = eventsOf(file.path);
    expect(start![STEP]).toEqual([501n]);
    const START = 1n;
    expect(inner(start!, SESSION_LOG)).toEqual({ 1: [START] });
  });

  it('has every event whole in the file at once', () => {
    const file = openEventFile(temporary.path());
    for (let step = 1; step <= 3; step++) {
      file.scalars(step, { lossD: step });
      expect(eventsOf(file.path)).toHaveLength(1 + step);
    }
    file.close();
  });

  it('says what stopped it', () => {
    writeFileSync(temporary.path('file'), '');
    const open = () => openEventFile(temporary.path('file'));
    expect(open).toThrow(FileError);
    expect(open).toThrow(`cannot write ${temporary.path('file')}: file already exists (EEXIST)`);
  });
});
