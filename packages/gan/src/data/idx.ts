/**
 * IDX, the file format of MNIST: two zero bytes, the element type (8: unsigned byte), the rank, each dimension as a big-endian
 * 32-bit number, then the elements with the last dimension running through memory.
 * Format: http://yann.lecun.com/exdb/mnist
 */
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { writeFileAtomic } from '../files/atomic.ts';
import { accessFile, FileError } from '../files/file-error.ts';

const UNSIGNED_BYTE = 8;
/** What Node reads into memory in one go. */
const GIBIBYTES = 2;

export interface Idx {
  dims: number[];
  data: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes, of any rank, plain or gzipped (told by its content, not by its name).
 * @throws FileError where the file is missing, empty, cut short, longer than its header says, or no such file at all.
 */
export function readIdx(path: string): Idx {
  const bytes = unzipped(path);
  const bad = (expected: string, found: string) => new FileError(`${path}: expected ${expected}, found ${found}`);
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
 * Writes an IDX file, atomically.
 * @param data `dims`' product of bytes
 */
export function writeIdx(path: string, dims: readonly number[], data: Uint8Array): void {
  const size = dims.reduce((a, b) => a * b, 1);
  if (dims.length > 255 || data.length !== size)
    throw new Error(
      `writeIdx: expected at most 255 dimensions and ${dims.join('×')} = ${size} bytes, got ${data.length}`,
    );
  const bytes = new Uint8Array(4 + 4 * dims.length + size);
  bytes.set([0, 0, UNSIGNED_BYTE, dims.length]);
  const view = new DataView(bytes.buffer);
  dims.forEach((dim, axis) => {
    view.setUint32(4 + 4 * axis, dim);
  });
  bytes.set(data, 4 + 4 * dims.length);
  writeFileAtomic(path, bytes);
}

function unzipped(path: string): Uint8Array {
  const gibibytes = accessFile('read', path, () => statSync(path).size) / 2 ** 30;
  if (gibibytes >= GIBIBYTES)
    throw new FileError(
      `${path}: expected an IDX file of less than ${GIBIBYTES} GiB, found ${gibibytes.toFixed(1)} GiB; divide it`,
    );
  const bytes = accessFile('read', path, () => readFileSync(path));
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`${path}: expected a whole gzip file, found a damaged one (${reason})`, { cause });
  }
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ');
