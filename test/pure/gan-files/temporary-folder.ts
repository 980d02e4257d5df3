import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder for each test of the calling file: `path(name)` lies in it. */
export function useTemporaryFolder(): { path: (name?: string) => string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ganvas-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return { path: (name = '') => join(folder, name) };
}
