/** `gan walk`: through the latent space and back to where it began, as a GIF without an end. */
import { writeFileAtomic } from '../files/atomic.ts';
import { encodeGif } from '../files/gif.ts';
import { drawLatent, joinLatents } from '../latent/draws.ts';
import { loopThrough } from '../latent/paths.ts';
import { checkAmount, checkPicture, imageShape, sayRun } from './look.ts';
import { aSeed, askedClasses, besideRun, checkOutput, classOption, truncationOption, within } from './look-options.ts';
import { framesOf } from './moving.ts';
import { withRun } from './open-run.ts';
import { parseRunCommand, runCommandOf } from './run-command.ts';
import { say } from './say.ts';

const FRAME_MS = 60;

const walkCommand = () =>
  runCommandOf('walk', 'A GIF that wanders through the latent space, from sample to sample (slerp), in a circle.')
    .option('--frames <n>', 'pictures of the whole way', within(2, 10_000), 96)
    .option('--stops <n>', 'samples that it passes', within(2, 1000), 6)
    .option('--grid <n>', 'n × n walks side by side', within(1, 16), 4)
    .option('--seed <n>', 'the first walk’s stops are of seeds n, n + 1, …, the next walk’s follow', aSeed, 1)
    .addOption(classOption())
    .addOption(truncationOption())
    .option('--out <file>', 'x.gif (default: walk.gif in the run’s folder)');

/** @param args the words after `walk` */
export async function walk(args: readonly string[]): Promise<void> {
  const parsed = parseRunCommand(walkCommand(), args);
  if (!parsed) return;
  const { run, options } = parsed;
  const { frames, stops, grid, seed, truncation } = options;
  const out = options.out ?? besideRun(run, 'walk.gif');
  await withRun(run, options, async (opened) => {
    sayRun(opened);
    const { generator, checkpoint, generate } = opened;
    const shape = imageShape(opened, 'walk');
    checkOutput('--out', out, ['.gif']);
    const asked = askedClasses(options.class, generator, checkpoint.data);
    const places = grid * grid;
    const count = places * frames;
    checkAmount(opened, count, '--frames, --grid');
    checkPicture({ count, ...shape }, 'take fewer --frames, or a smaller --grid');

    const latents = Array.from({ length: places }, (_, place) => {
      const through = Array.from({ length: stops }, (_, stop) =>
        drawLatent(seed + place * stops + stop, { ...generator, truncation }),
      );
      return loopThrough(through, frames);
    });
    const labels =
      asked && Uint32Array.from({ length: count }, (_, i) => asked[Math.floor(i / frames) % asked.length]!);
    const images = await generate(joinLatents(latents.flat()), labels);
    const pictures = framesOf(images, { places, frames, ...shape }, grid);
    writeFileAtomic(out, encodeGif(pictures, { delayMs: FRAME_MS }));
    say(`wrote    ${out}: ${frames} frames, ${places} walks through seeds ${seed} to ${seed + places * stops - 1}`);
  });
}
