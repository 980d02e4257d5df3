/** `gan latents`: a map of samples, near each other what is alike. */
import { grid, ring } from '../data/points.ts';
import { embedPca } from '../embed/pca.ts';
import { embedTsne } from '../embed/tsne.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { drawScatter } from '../files/scatter.ts';
import { modesOf } from '../judge/judge-points.ts';
import { openMnistJudge } from '../judge/mnist-judge.ts';
import { drawLatents } from '../latent/draws.ts';
import { likeliestClasses } from '../metrics/class-balance.ts';
import type { Rows } from '../metrics/rows.ts';
import { type LatentsOptions, latentsCommand, MOST_ROWS } from './latents-options.ts';
import { checkAmount, sayRun } from './look.ts';
import { askedClasses, besideRun, checkOutput, inTurn } from './look-options.ts';
import { type OpenedRun, withRun } from './open-run.ts';
import { UsageError } from './options.ts';
import { parseRunCommand } from './run-command.ts';
import { say } from './say.ts';

/** Columns whose covariance is still a matter of seconds. */
const MOST_PCA_COLUMNS = 1024;
const PERPLEXITY = 30;

/** Samples in every way in which they can be looked at. */
interface Sampled {
  latents: Rows;
  /** What the generator made of them: pixels, or coordinates. */
  made: Rows;
  /** What the judge of digits sees in them; null where they are no digits. */
  features: Rows | null;
  /** [count], the class of each, and what the classes are called. */
  classes: ArrayLike<number>;
  names: readonly string[];
  /** What the classes are. */
  by: string;
}

/** @param args the words after `latents` */
export async function latents(args: readonly string[]): Promise<void> {
  const parsed = parseRunCommand(latentsCommand(), args);
  if (!parsed) return;
  const { run, options } = parsed;
  const out = options.out ?? besideRun(run, 'latents.png');
  await withRun(run, options, async (opened) => {
    sayRun(opened);
    checkOutput('--out', out, ['.png']);
    checkMap(opened, options);
    const { classes, names, by, ...rows } = await sampled(opened, options);
    const mapped = { latents: rows.latents, pixels: rows.made, features: rows.features! }[options.of];
    const points =
      options.map === 'pca'
        ? embedPca(mapped)
        : embedTsne(mapped, {
            perplexity: Math.min(PERPLEXITY, Math.floor((mapped.count - 1) / 3)),
            seed: options.seed,
          });
    writeFileAtomic(out, await drawScatter(points, classes, names));
    say(`wrote    ${out}: ${options.map} of the ${options.of} of ${mapped.count} samples, coloured by ${by}`);
  });
}

const isDigits = ({ generator, checkpoint }: OpenedRun): boolean =>
  checkpoint.config.data === 'mnist' && generator.example[2] === 1;

function checkMap(opened: OpenedRun, { map, of, count }: LatentsOptions): void {
  const { generator, checkpoint } = opened;
  const numbers = generator.example.reduce((a, b) => a * b, 1);
  const columns = { latents: generator.latent, pixels: numbers, features: Number.POSITIVE_INFINITY }[of];
  if (of === 'features' && !isDigits(opened))
    throw new UsageError(
      `--of features: the judge sees features of grey digits only, this run is on ${checkpoint.config.data}; take latents or pixels`,
    );
  if (map === 'pca' && of === 'pixels' && numbers > MOST_PCA_COLUMNS)
    throw new UsageError(
      `--map pca: expected at most ${MOST_PCA_COLUMNS} numbers a sample, its pixels are ${numbers}; take --map tsne`,
    );
  if (map === 'pca' && columns < 2)
    throw new UsageError(`--map pca: expected latents of at least 2 numbers, this run’s have ${columns}`);
  if (map === 'tsne' && count > MOST_ROWS)
    throw new UsageError(`--count ${count}: t-SNE takes at most ${MOST_ROWS} samples; ask for fewer, or --map pca`);
  checkAmount(opened, count, '--count');
}

async function sampled(opened: OpenedRun, options: LatentsOptions): Promise<Sampled> {
  const { generator, checkpoint, generate, device } = opened;
  const { count, seed } = options;
  const labels = inTurn(askedClasses(options.class, generator, checkpoint.data), count);
  const z = drawLatents(seed, count, generator);
  const values = await generate(z, labels);
  const common = {
    latents: { values: z, count, width: generator.latent },
    made: { values, count, width: values.length / count },
    features: null,
  };
  const { data } = checkpoint.config;
  if (data === 'ring' || data === 'grid') {
    const mixture = data === 'ring' ? ring() : grid();
    const none = mixture.centres.length;
    const classes = modesOf(mixture, values).map((mode) => (mode < 0 ? none : mode));
    return {
      ...common,
      classes,
      names: [...mixture.centres.map((_, i) => `${i}`), 'none'],
      by: 'the mode that they hit',
    };
  }
  const told = labels && { classes: labels, names: checkpoint.data.classNames, by: 'the class that they were told' };
  if (told && options.of !== 'features') return { ...common, ...told };
  if (!isDigits(opened)) return { ...common, classes: new Uint8Array(count), names: ['samples'], by: 'nothing' };

  const judge = openMnistJudge(device);
  const [height, width] = generator.example as [number, number, number];
  const { features, probabilities } = await judge.read({ images: values, count, height, width });
  judge.dispose();
  const read = {
    classes: likeliestClasses(probabilities),
    names: Array.from({ length: probabilities.width }, (_, digit) => `${digit}`),
    by: 'the digit that the judge reads',
  };
  return { ...common, features, ...(told ?? read) };
}
