/**
 * IDX, the file format of MNIST: two zero bytes, the element type (8: unsigned byte), the rank, each dimension as a big-endian
 * 32-bit number, then the elements with the last dimension running through memory.
 * Format: http://yann.lecun.com/exdb/mnist
 */
import { FileError } from '../file-error.ts';

const UNSIGNED_BYTE = 8;

export interface Idx {
  dims: number[];
  data: Uint8Array;
}

/**
 * Reads the bytes of an IDX file of unsigned bytes, of any rank. The data are a view of them.
 * @param source the file's name, for error messages
 * @throws FileError where they are empty, cut short, more than the header says, or no such file at all.
 */
export function decodeIdx(bytes: Uint8Array, source: string): Idx {
  const bad = (expected: string, found: string) => new FileError(`${source}: expected ${expected}, found ${found}`);
  if (bytes.length === 0) throw bad('an IDX file', 'an empty file');
  const magic = bytes.subarray(0, 4);
  if (magic.length < 4 || magic[0] !== 0 || magic[1] !== 0 || magic[2] !== UNSIGNED_BYTE)
    throw bad('an IDX file of unsigned bytes (it begins 00 00 08)', `the bytes ${hex(magic)}`);
  const rank = magic[3]!;
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    throw bad(`${header} bytes of header for ${rank} dimensions`, `${bytes.length} bytes in all`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = dims.reduce((a, b) => a * b, 1);
  if (bytes.length - header !== size)
    throw bad(`${dims.join('×')} = ${size} bytes of data, as its header says`, `${bytes.length - header}`);
  return { dims, data: bytes.subarray(header) };
}

/**
 * The bytes of an IDX file.
 * @param data `dims`' product of bytes
 */
export function encodeIdx(dims: readonly number[], data: Uint8Array): Uint8Array {
  const size = dims.reduce((a, b) => a * b, 1);
  if (dims.length > 255 || data.length !== size)
    throw new Error(
      `encodeIdx: expected at most 255 dimensions and ${dims.join('×')} = ${size} bytes, got ${data.length}`,
    );
  const bytes = new Uint8Array(4 + 4 * dims.length + size);
  bytes.set([0, 0, UNSIGNED_BYTE, dims.length]);
  const view = new DataView(bytes.buffer);
  dims.forEach((dim, axis) => {
    view.setUint32(4 + 4 * axis, dim);
  });
  bytes.set(data, 4 + 4 * dims.length);
  return bytes;
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ');
