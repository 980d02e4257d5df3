/** `gan sample`: pictures of a run, as a grid, as a data set, or one by one. */
import { writeFileAtomic } from '../files/atomic.ts';
import { drawLatents } from '../latent/draws.ts';
import { drawPoints } from '../run/pictures.ts';
import { checkAmount, checkPicture, imageShape, sayRun } from './look.ts';
import { askedClasses, besideRun, classOption, inTurn, seedOption, truncationOption, within } from './look-options.ts';
import { type OpenedRun, withRun } from './open-run.ts';
import { whole } from './options.ts';
import { parseRunCommand, runCommandOf } from './run-command.ts';
import { sampleTarget, writeImages, writePoints } from './sample-files.ts';
import { say } from './say.ts';

const ROWS = 8;
const COLUMNS = 8;
/** Classes that have a column each. */
const MOST_CLASSES = 16;
const POINTS = 1000;

const sampleCommand = () =>
  runCommandOf('sample', 'Makes samples of a run. The same seed makes the same samples, byte for byte.')
    .option('--count <n>', `samples (default: ${ROWS} rows of the grid; of points ${POINTS})`, whole(1))
    .option(
      '--grid <columns>',
      `samples in a row (default: ${COLUMNS}, or as many as there are classes)`,
      within(1, 1000),
    )
    .addOption(classOption())
    .addOption(seedOption())
    .addOption(truncationOption())
    .option(
      '--out <path>',
      'x.png, x.idx3-ubyte, folder/, or x.csv of points (default: sample.png in the run’s folder)',
    );

type SampleOptions = ReturnType<ReturnType<typeof sampleCommand>['opts']>;

/** @param args the words after `sample` */
export async function sample(args: readonly string[]): Promise<void> {
  const parsed = parseRunCommand(sampleCommand(), args);
  if (!parsed) return;
  const { run, options } = parsed;
  const out = options.out ?? besideRun(run, 'sample.png');
  await withRun(run, options, async (opened) => {
    sayRun(opened);
    const wrote = await (opened.generator.example.length === 1 ? samplePoints : sampleImages)(opened, options, out);
    say(`wrote    ${wrote}`);
  });
}

async function sampleImages(opened: OpenedRun, options: SampleOptions, out: string): Promise<string> {
  const { generator, checkpoint, generate } = opened;
  const { seed, truncation } = options;
  const shape = imageShape(opened, 'sample');
  const target = sampleTarget(out, generator.example);
  const asked = askedClasses(options.class, generator, checkpoint.data);
  const everyClass = asked && options.class === undefined && asked.length <= MOST_CLASSES;
  const columns = options.grid ?? (everyClass ? asked.length : COLUMNS);
  const { count = ROWS * columns } = options;
  checkAmount(opened, count, '--count');
  if (target.kind === 'png') checkPicture({ count, ...shape }, 'write an IDX file or a folder (--out)');

  const labels = inTurn(asked, count);
  const values = await generate(drawLatents(seed, count, { ...generator, truncation }), labels);
  const images = { values, count, ...shape, labels, classNames: checkpoint.data.classNames };
  const files = writeImages(target, images, columns);
  return `${files.join(' and ')}: seeds ${seed} to ${seed + count - 1}${target.kind === 'png' ? `, ${columns} in a row` : ''}`;
}

async function samplePoints(opened: OpenedRun, options: SampleOptions, out: string): Promise<string> {
  const { generator, checkpoint, generate } = opened;
  const { seed, truncation, count = POINTS } = options;
  const { kind, path } = sampleTarget(out, generator.example);
  askedClasses(options.class, generator, checkpoint.data);
  checkAmount(opened, count, '--count');
  if (kind === 'png') checkPicture({ count, height: 64, width: 64 }, 'write a table (--out x.csv)');

  const points = await generate(drawLatents(seed, count, { ...generator, truncation }));
  if (kind === 'csv') writePoints(path, points, seed);
  else writeFileAtomic(path, (await drawPoints(points, checkpoint.config.data)).png);
  return `${path}: ${count} points, seeds ${seed} to ${seed + count - 1}`;
}
