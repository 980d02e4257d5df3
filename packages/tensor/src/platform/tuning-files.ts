/** The tuning store in Node: a JSON file an adapter, in the user's cache. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TuningStore } from '../tuning/store.ts';
import { cacheFolders } from './cache.ts';

/** @param folders to look in and to write to, in the order in which they are tried */
export const userTuningStore = (folders: readonly string[] = cacheFolders()): TuningStore => ({
  read(name) {
    for (const folder of folders) {
      try {
        return readFileSync(join(folder, `${name}.json`), 'utf8');
      } catch (error) {
        if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
    return null;
  },

  write(name, text) {
    const failures: string[] = [];
    for (const folder of folders) {
      try {
        return writeWhole(folder, `${name}.json`, text);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    throw new Error(failures.join('; '));
  },
});

/** Whoever reads at the same time finds the old text or the new one. */
function writeWhole(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const half = join(folder, `.${name}.${process.pid}.tmp`);
  try {
    writeFileSync(half, text);
    renameSync(half, join(folder, name));
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}
