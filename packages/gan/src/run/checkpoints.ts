/** Which checkpoints of a run are kept: the last few, and the one that was judged best. */
import { readFileSync, rmSync } from 'node:fs';
import { writeFileAtomic } from '../files/atomic.ts';
import { accessFile } from '../files/file-error.ts';
import type { Trainer } from '../training/trainer.ts';
import type { Checkpoint } from './checkpoint.ts';
import { saveCheckpoint } from './checkpoint.ts';
import type { RunFolder } from './run-folder.ts';

/**
 * Saves a checkpoint of step `run.step`, then removes all but the last `keep`.
 * @throws NonFiniteError, with everything as it was, where the state is not finite
 */
export async function keepCheckpoint(
  folder: RunFolder,
  trainer: Trainer,
  run: Checkpoint,
  keep: number,
): Promise<void> {
  await saveCheckpoint(folder.checkpointAt(run.step), trainer.state, run);
  for (const { path } of folder.checkpoints().slice(0, -keep)) accessFile('write', path, () => rmSync(path));
}

/** Makes the checkpoint of a step the best. */
export function keepBest(folder: RunFolder, step: number): void {
  const path = folder.checkpointAt(step);
  writeFileAtomic(
    folder.best,
    accessFile('read', path, () => readFileSync(path)),
  );
}
