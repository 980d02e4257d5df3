/** The options of `gan latents`. */
import { Option } from '@commander-js/extra-typings';
import { classOption, seedOption, within } from './look-options.ts';
import { runCommandOf } from './run-command.ts';

/** Exact t-SNE holds a matrix of all pairs. */
export const MOST_ROWS = 5000;

export const latentsCommand = () =>
  runCommandOf('latents', 'A map of samples: points in the plane, in the colour of their class, alike ones together.')
    .addOption(
      new Option('--map <name>', 'how it is laid out').choices(['pca', 'tsne'] as const).default('pca' as const),
    )
    .addOption(
      new Option('--of <what>', 'latents, what the judge of digits sees, or what was made')
        .choices(['latents', 'features', 'pixels'] as const)
        .default('latents' as const),
    )
    .option('--count <n>', 'samples', within(10, 100_000), 1000)
    .addOption(classOption())
    .addOption(seedOption())
    .option('--out <file>', 'x.png (default: latents.png in the run’s folder)');

export type LatentsOptions = ReturnType<ReturnType<typeof latentsCommand>['opts']>;
