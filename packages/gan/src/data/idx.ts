/** IDX files: see `idx-codec.ts` for the format. */
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { writeFileAtomic } from '../files/atomic.ts';
import { accessFile, FileError } from '../files/file-error.ts';
import { decodeIdx, encodeIdx, type Idx } from './idx-codec.ts';

/** What Node reads into memory in one go. */
const GIBIBYTES = 2;

/**
 * Reads an IDX file of unsigned bytes, of any rank, plain or gzipped (told by its content, not by its name).
 * @throws FileError where the file is missing, empty, cut short, longer than its header says, or no such file at all.
 */
export const readIdx = (path: string): Idx => decodeIdx(unzipped(path), path);

/**
 * Writes an IDX file, atomically.
 * @param data `dims`' product of bytes
 */
export function writeIdx(path: string, dims: readonly number[], data: Uint8Array): void {
  writeFileAtomic(path, encodeIdx(dims, data));
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
