/** What `--data` may say. */
import { statSync } from 'node:fs';
import { accessFile, FileError } from '../files/file-error.ts';

export const DATA_NAMES = ['mnist', 'stacked-mnist', 'ring', 'grid'] as const;
export type DataName = (typeof DATA_NAMES)[number];

export type DataSpec =
  | { kind: DataName }
  | { kind: 'folder'; path: string }
  | { kind: 'idx'; images: string; labels: string | null };

/**
 * A name of `DATA_NAMES`, a folder, or `images[:labels]`, two IDX files. A folder called `mnist` is `./mnist`.
 * @throws FileError where it is none of them
 */
export function parseDataSpec(spec: string): DataSpec {
  const kind = DATA_NAMES.find((name) => name === spec);
  if (kind) return { kind };
  // Paths may hold colons (`C:\images:C:\labels`): the first one behind which a path ends that exists is the one that is meant.
  const ends = [spec.length, ...Array.from(spec.matchAll(/:/g), (match) => match.index)];
  for (const end of ends) {
    const path = spec.slice(0, end);
    const labels = end < spec.length ? spec.slice(end + 1) : null;
    const found = path === '' ? undefined : accessFile('read', path, () => statSync(path, { throwIfNoEntry: false }));
    if (found?.isFile() && labels !== '') return { kind: 'idx', images: path, labels };
    if (found?.isDirectory() && labels === null) return { kind: 'folder', path };
    // `C` before the colon may well be a folder: only what can be nothing else is an error.
    if (found && labels === null) throw new FileError(`${path}: expected a file or a folder, found something else`);
  }
  const meant = DATA_NAMES.find((name) => editDistance(name, spec.toLowerCase()) <= 2);
  throw new FileError(
    `no such data: ${spec === '' ? 'an empty name' : spec}; expected ${DATA_NAMES.join(', ')}, an IDX file (images[:labels]) or a ` +
      `folder of images${meant ? ` (did you mean ${meant}?)` : ''}`,
  );
}

/** Letters to insert, drop or replace to make one word of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length]!;
}
