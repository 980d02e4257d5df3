/** What the commands that look at a run say of it, and how they make examples of latents. */
import type { GridLayout } from '../files/grid.ts';
import type { OpenedRun } from './open-run.ts';
import { UsageError } from './options.ts';
import { say } from './say.ts';

/** Numbers that are made in one go at most: 2 GiB of them. */
const MOST_NUMBERS = 2 ** 29;
/** Pixels of a picture at most. */
const MOST_PIXELS = 2 ** 27;

/** Which checkpoint and weights are looked at, and on what. */
export function sayRun({ checkpoint, device, averaged }: OpenedRun): void {
  const { config, step, path } = checkpoint;
  say(`adapter  ${device.note}`);
  say(
    `run      ${path}: ${config.model} on ${config.data}, step ${step}, ${averaged ? 'moving average of the weights' : 'weights as trained'}`,
  );
}

/**
 * Height, width and channels of the run's images.
 * @throws UsageError for a run that makes points
 */
export function imageShape({ generator, checkpoint }: OpenedRun, command: string) {
  const [height, width, channels] = generator.example;
  if (channels === undefined)
    throw new UsageError(
      `${command}: expected a run that makes images, ${checkpoint.path} makes points (${checkpoint.config.data}); use sample or latents`,
    );
  return { height: height!, width: width!, channels: channels as 1 | 3 };
}

/** @throws UsageError where `count` examples, and the latents that they are made of, do not fit into memory */
export function checkAmount({ generator }: OpenedRun, count: number, flag: string): void {
  const size = Math.max(
    generator.latent,
    generator.example.reduce((a, b) => a * b, 1),
  );
  if (count * size > MOST_NUMBERS)
    throw new UsageError(
      `${flag}: ${count} examples of ${size} numbers are too many to make in one go, of at most ${Math.floor(MOST_NUMBERS / size)}; ask for fewer`,
    );
}

/** @throws UsageError where a grid of images would be too large to draw */
export function checkPicture(
  { count, height, width }: Pick<GridLayout, 'count' | 'height' | 'width'>,
  advice: string,
): void {
  const pixels = count * height * width * Math.ceil(64 / height) ** 2;
  if (pixels > MOST_PIXELS)
    throw new UsageError(
      `${count} samples are too many for one picture, of at most ${Math.floor((MOST_PIXELS * count) / pixels)}; ${advice}`,
    );
}
