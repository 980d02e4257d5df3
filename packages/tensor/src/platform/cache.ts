/** Where files are kept that can be made again: the user's cache, or else a folder of the user's own among the temporary files. */
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** In the order in which to try them; they need not exist. */
export const cacheFolders = (): string[] => [
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ganvas'),
  join(tmpdir(), `ganvas-${process.getuid?.()}`),
];
