import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { accessFile } from './file-error.ts';

/**
 * Writes a file whole or not at all: whoever opens `path` finds the old content or the new, also after a crash. The bytes go to
 * a temporary file in the same folder, to the disk, and are then renamed into place.
 * @throws FileError naming the path and the reason (disk full, no permission, no such folder); what was at `path` is untouched.
 */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  accessFile('write', path, () => {
    try {
      const file = openSync(temporary, 'w');
      try {
        writeFileSync(file, content);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}
