/** Which checkpoints of a run are kept: the last few. */
import { rmSync } from 'node:fs';
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
