/** Checkpoints as files. */
import { readFileSync } from 'node:fs';
import type { Tensor } from '@ganvas/tensor';
import { writeFileAtomic } from '../files/atomic.ts';
import { accessFile } from '../files/file-error.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type LoadedCheckpoint } from './checkpoint-codec.ts';

export { type Checkpoint, type DataSummary, type LoadedCheckpoint, NonFiniteError } from './checkpoint-codec.ts';

/**
 * Writes the state of a run, whole or not at all.
 * @throws NonFiniteError, before anything is written, where a tensor holds NaN or an infinity
 */
export async function saveCheckpoint(
  path: string,
  state: Readonly<Record<string, Tensor>>,
  run: Checkpoint,
): Promise<void> {
  writeFileAtomic(path, await encodeCheckpoint(state, run));
}

/**
 * Reads a checkpoint.
 * @throws FileError with the reason: unreadable, damaged, not one of ours, of another version, or (at `restore`) of another net
 */
export const loadCheckpoint = (path: string): LoadedCheckpoint =>
  decodeCheckpoint(
    accessFile('read', path, () => readFileSync(path)),
    path,
  );
