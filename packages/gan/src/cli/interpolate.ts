/** `gan interpolate`: from one sample to another along the great circle, as strips or in motion. */
import { writeFileAtomic } from '../files/atomic.ts';
import { encodeGif } from '../files/gif.ts';
import { encodeGrid } from '../files/png.ts';
import { drawLatent, joinLatents } from '../latent/draws.ts';
import { pathThrough } from '../latent/paths.ts';
import { checkAmount, checkPicture, imageShape, sayRun } from './look.ts';
import { aSeed, askedClasses, besideRun, checkOutput, classOption, truncationOption, within } from './look-options.ts';
import { framesOf } from './moving.ts';
import { withRun } from './open-run.ts';
import { parseRunCommand, runCommandOf } from './run-command.ts';
import { say } from './say.ts';

const ROWS = 8;
const FRAME_MS = 80;

const interpolateCommand = () =>
  runCommandOf('interpolate', 'Rows of pictures from one sample to another, through the latents between (slerp).')
    .option('--from <seed>', 'where the first row begins; each row begins one further', aSeed, 1)
    .option('--to <seed>', 'where the first row ends (default: the seeds after all others)', aSeed)
    .option('--stops <n>', 'samples that a row passes, its ends among them', within(2, 100), 2)
    .option('--steps <n>', 'pictures from one stop to the next, both among them', within(2, 1000), 8)
    .option('--rows <n>', `rows (default: ${ROWS}, or one a class)`, within(1, 1000))
    .addOption(classOption())
    .addOption(truncationOption())
    .option('--out <path>', 'x.png, or x.gif: there and back (default: interpolate.png in the run’s folder)');

/** @param args the words after `interpolate` */
export async function interpolate(args: readonly string[]): Promise<void> {
  const parsed = parseRunCommand(interpolateCommand(), args);
  if (!parsed) return;
  const { run, options } = parsed;
  const { stops, steps, truncation } = options;
  const out = options.out ?? besideRun(run, 'interpolate.png');
  await withRun(run, options, async (opened) => {
    sayRun(opened);
    const { generator, checkpoint, generate } = opened;
    const shape = imageShape(opened, 'interpolate');
    checkOutput('--out', out, ['.png', '.gif']);
    const asked = askedClasses(options.class, generator, checkpoint.data);
    const { rows = asked?.length ?? ROWS } = options;
    const columns = (stops - 1) * (steps - 1) + 1;
    const count = rows * columns;
    checkAmount(opened, count, '--rows, --stops, --steps');
    checkPicture({ count, ...shape }, 'take fewer --rows, --stops or --steps');

    // Rows of different classes share their latents: what changes between them is the class.
    const shared = asked?.length ?? 1;
    const distinct = Math.ceil(rows / shared);
    const seedsOf = (row: number) =>
      Array.from({ length: stops }, (_, stop) => {
        const begin = stop === stops - 1 && options.to !== undefined ? options.to : options.from + stop * distinct;
        return begin + Math.floor(row / shared);
      });
    const paths = Array.from({ length: rows }, (_, row) =>
      pathThrough(
        seedsOf(row).map((seed) => drawLatent(seed, { ...generator, truncation })),
        steps,
      ),
    );
    const labels = asked && Uint32Array.from({ length: count }, (_, i) => asked[Math.floor(i / columns) % shared]!);
    const images = await generate(joinLatents(paths.flat()), labels);
    if (out.endsWith('.png')) writeFileAtomic(out, encodeGrid(images, { count, columns, ...shape }));
    else {
      const there = framesOf(images, { places: rows, frames: columns, ...shape }, Math.ceil(Math.sqrt(rows)));
      writeFileAtomic(out, encodeGif([...there, ...there.slice(1, -1).reverse()], { delayMs: FRAME_MS }));
    }
    const last = rows > 1 ? `, the last through ${seedsOf(rows - 1).join(' – ')}` : '';
    say(`wrote    ${out}: ${rows} rows, the first through seeds ${seedsOf(0).join(' – ')}${last}`);
  });
}
