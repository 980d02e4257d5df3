/** A file that only grows, a whole record at a time. */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { accessFile } from './file-error.ts';

export interface AppendFile {
  /** Adds a record; when this returns, the operating system has it. On a full disk the file keeps only whole records. */
  append(record: Uint8Array | string): void;
  /** Waits until the disk has every record. */
  sync(): void;
  close(): void;
}

/**
 * Opens a file to append to.
 * @param fresh there must be no such file yet; default false: an old one is continued
 * @throws FileError naming the path and the reason; later, where a record does not fit.
 */
export function openAppend(path: string, { fresh = false } = {}): AppendFile {
  const file = accessFile('write', path, () => openSync(path, fresh ? 'ax' : 'a'));
  return {
    append: (record) =>
      accessFile('write', path, () => {
        const whole = fstatSync(file).size;
        try {
          writeFileSync(file, record);
        } catch (error) {
          ftruncateSync(file, whole);
          throw error;
        }
      }),
    sync: () => accessFile('write', path, () => fdatasyncSync(file)),
    close: () => closeSync(file),
  };
}
