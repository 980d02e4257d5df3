import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { FileError } from '../../../packages/gan/src/files/file-error.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from '../../../packages/gan/src/files/safetensors.ts';

const python = new Uint8Array(readFileSync(new URL('fixtures/python.safetensors', import.meta.url)));

/** A file with this header and so many bytes of data. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = typeof header === 'string' ? header : JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const f32 = (shape: unknown, begin: unknown, end: unknown) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

describe('safetensors', () => {
  it("reads a file of Python's, and writes the same bytes", () => {
    const { tensors, metadata } = decodeSafetensors(python, 'python.safetensors');
    expect(metadata).toEqual({ note: 'größer "quoted"' });
    expect(tensors).toEqual({
      'G.weight': {
        dtype: 'F32',
        shape: [2, 3],
        data: Float32Array.of(1.5, -2, 0.1, 0, Number.POSITIVE_INFINITY, 3e-39),
      },
      labels: { dtype: 'U8', shape: [3], data: Uint8Array.of(7, 0, 255) },
      step: { dtype: 'U32', shape: [], data: Uint32Array.of(4000000000) },
      offsets: { dtype: 'I32', shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) },
      empty: { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) },
    });
    expect(encodeSafetensors(tensors, metadata)).toEqual(python);
  });

  it('gives back what it was given, and the same bytes in any order of insertion', () => {
    const tensor: fc.Arbitrary<StoredTensor> = fc.oneof(
      fc.float32Array().map((data): StoredTensor => ({ dtype: 'F32', shape: [data.length], data })),
      fc.uint32Array().map((data): StoredTensor => ({ dtype: 'U32', shape: [1, data.length], data })),
      fc.int32Array().map((data): StoredTensor => ({ dtype: 'I32', shape: [data.length], data })),
      fc.int32Array().map((data): StoredTensor => ({ dtype: 'I64', shape: [data.length], data })),
      fc.uint8Array().map((data): StoredTensor => ({ dtype: 'U8', shape: [data.length, 1], data })),
    );
    const name = fc.string().filter((s) => s !== '__metadata__');
    const table = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 8 });
    fc.assert(
      fc.property(table, fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 4 }), (entries, pairs) => {
        const metadata = Object.fromEntries(pairs);
        const bytes = encodeSafetensors(Object.fromEntries(entries), metadata);
        const back = decodeSafetensors(bytes, 'test');
        expect(back.metadata).toEqual(metadata);
        expect(Object.keys(back.tensors).sort()).toEqual(entries.map(([key]) => key).sort());
        for (const [key, stored] of entries) expect(back.tensors[key]).toEqual(stored);
        expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
        expect(encodeSafetensors(Object.fromEntries([...entries].reverse()), metadata)).toEqual(bytes);
      }),
    );
  });

  it('reads from bytes that lie anywhere in a buffer', () => {
    const shifted = new Uint8Array(python.length + 3);
    shifted.set(python, 3);
    expect(decodeSafetensors(shifted.subarray(3), 'test')).toEqual(decodeSafetensors(python, 'test'));
  });

  it('refuses every cut of a good file', () => {
    for (let length = 0; length < python.length; length++)
      expect(() => decodeSafetensors(python.subarray(0, length), 'cut')).toThrow(FileError);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a header that is too long', new Uint8Array(8).fill(255), /a header of \d+ bytes, more than 100000000/],
    ['a header that is cut', file('{}', 0).subarray(0, 9), /a header of 2 bytes, of which 1 are there/],
    ['a header that is no JSON', file('{"a":', 0), /header is not JSON/],
    ['a header that is no UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff), /header is not JSON/],
    ['a header that is no object', file('[]', 0), /does not begin with \{/],
    ['a header after spaces', file(' {}', 0), /does not begin with \{/],
    [
      'a name twice',
      file(
        '{"a\\u0062":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"ab":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
        0,
      ),
      /has "ab" twice/,
    ],
    [
      'a field twice',
      file('{"a":{"dtype":"U8","shape":[0],"shape":[0],"data_offsets":[0,0]}}', 0),
      /has "shape" twice/,
    ],
    ['metadata that are no strings', file({ __metadata__: { a: 1 } }, 0), /__metadata__ is not a table of strings/],
    ['a tensor that is no table', file({ a: null }, 0), /"a" is not described by/],
    [
      'an unknown dtype',
      file({ a: { ...f32([1], 0, 2), dtype: 'F16' } }, 2),
      /"a" has dtype F16, expected one of I64, F32, U32, I32, U8/,
    ],
    ['a negative shape', file({ a: f32([-1], 0, 4) }, 4), /"a" has shape \[-1\], expected whole numbers/],
    ['a fractional offset', file({ a: f32([1], 0.5, 4.5) }, 5), /data_offsets \[0.5,4.5\], expected \[begin, end\]/],
    [
      'a size that is not the shape’s',
      file({ a: f32([2], 0, 4) }, 4),
      /\[2\] = 8 bytes, and its data_offsets \[0, 4\] hold 4/,
    ],
    ['offsets in reverse', file({ a: f32([1], 4, 0) }, 4), /hold -4/],
    [
      'an overlap',
      file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8),
      /"b" begins at byte 4 of the data where 8 was due/,
    ],
    ['a hole', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /"b" begins at byte 8 of the data where 4 was due/],
    ['offsets beyond the end', file({ a: f32([2], 0, 8) }, 4), /tensors take 8 bytes, 4 bytes of data are there/],
    ['bytes after the end', file({ a: f32([1], 0, 4) }, 5), /tensors take 4 bytes, 5 bytes of data are there/],
  ])('refuses %s', (_, bytes, message) => {
    const decode = () => decodeSafetensors(bytes, 'run/checkpoint.safetensors');
    expect(decode).toThrow(FileError);
    expect(decode).toThrow(message);
    expect(decode).toThrow('run/checkpoint.safetensors: ');
  });

  it('does not take a key inside a string, or the same key in two tables, for a duplicate', () => {
    const tensors: Record<string, StoredTensor> = { 'a":{"a"': { dtype: 'U8', shape: [1], data: Uint8Array.of(1) } };
    expect(decodeSafetensors(encodeSafetensors(tensors, { shape: '{"shape":1,"shape":2}' }), 'test').tensors).toEqual(
      tensors,
    );
  });

  it('refuses to write a tensor whose data are not of its shape or dtype', () => {
    const wrong =
      (tensor: unknown, name = 'a') =>
      () =>
        encodeSafetensors({ [name]: tensor as StoredTensor });
    expect(wrong({ dtype: 'F32', shape: [2, 2], data: new Float32Array(3) })).toThrow('F32 [2, 2] = 4 elements');
    expect(wrong({ dtype: 'F32', shape: [3], data: new Uint32Array(3) })).toThrow('got Uint32Array of 3');
    expect(wrong({ dtype: 'U8', shape: [1], data: new Uint8Array(1) }, '__metadata__')).toThrow('a name other than');
  });
});
