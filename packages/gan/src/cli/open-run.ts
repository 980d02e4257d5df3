/** What the commands that look at a run share: which checkpoint is meant, and its generator on a device. */
import { type Device, openDevice } from '@ganvas/tensor';
import { type LoadedCheckpoint, loadCheckpoint } from '../run/checkpoint.ts';
import { type LoadedGenerator, loadGenerator } from '../run/load-generator.ts';
import { findCheckpoint } from '../run/run-folder.ts';

export interface OpenedRun extends LoadedGenerator {
  readonly checkpoint: LoadedCheckpoint;
  readonly device: Device;
}

export interface RunChoice {
  /** A word of `--adapter`. */
  adapter: string;
  /** The run's best checkpoint in place of its latest. */
  best: boolean;
  /** The moving average of the weights, where the run keeps one. */
  ema: boolean;
}

/**
 * Opens a run for `use`, and closes the device behind it.
 * @param run the folder of a run, or a checkpoint
 * @throws FileError where there is no such run, or it is damaged
 */
export async function withRun(
  run: string,
  { adapter, best, ema }: RunChoice,
  use: (opened: OpenedRun) => Promise<void>,
): Promise<void> {
  const checkpoint = loadCheckpoint(findCheckpoint(run, best ? 'best' : 'latest'));
  const device = await openDevice({ adapter, robustness: false });
  try {
    await use({ ...loadGenerator(checkpoint, device, ema), checkpoint, device });
  } finally {
    device.close();
  }
}
