/** The judge of a run while it trains: what it looks at, and which figure says that the run is at its best. */
import { Rng } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';
import { grid, type Mixture, modeCoverage, ring } from '../data/points.ts';
import type { Generator } from '../models/nets.ts';
import type { Generate } from '../training/generate.ts';
import { glanceAtDigits } from './judge-digits.ts';
import { judgeStacked } from './judge-stacked.ts';
import type { Judgement } from './judgement.ts';
import { openMnistJudge } from './mnist-judge.ts';

export interface RunJudge {
  /** Names of the figures, in their order. */
  readonly names: readonly string[];
  /** The figure by which checkpoints are compared. */
  readonly best: { readonly name: string; readonly highest: boolean };
  /** Figures of the generator as it is, always of the same noise. */
  judge(generate: Generate): Promise<Record<string, number>>;
  dispose(): void;
}

/** Stream of the seed, beside the trainer's and the sample board's. */
const STREAM = 12;

/**
 * @param samples how many a judgement sees
 * @returns null for data that nobody here can judge
 */
export function openRunJudge(
  config: RunConfig,
  generator: Generator,
  device: Device,
  samples: number,
): RunJudge | null {
  const rng = new Rng(config.seed).fork(STREAM);
  const z = rng.normals(samples * config.latent);
  // Every class equally often, and so for any number of samples.
  const labels = generator.classes > 0 ? Uint32Array.from({ length: samples }, (_, i) => i % generator.classes) : null;
  if (config.data === 'ring' || config.data === 'grid') return pointJudge(config.data === 'ring' ? ring() : grid(), z);
  const [height, width, channels] = generator.example as [number, number, number];
  const digits = config.data === 'mnist' && channels === 1;
  if (!digits && config.data !== 'stacked-mnist') return null;

  const judge = openMnistJudge(device);
  const shape = { count: samples, height, width, channels };
  return {
    names: digits
      ? ['MNIST score', 'MNIST-FD', 'confidence', 'classes hit', ...(labels ? ['label accuracy'] : [])]
      : ['modes', 'KL to equal shares'],
    best: digits ? { name: 'MNIST-FD', highest: false } : { name: 'modes', highest: true },
    async judge(generate) {
      const images = await generate(z, labels);
      if (digits) return record(await glanceAtDigits(judge, { ...shape, images, labels }));
      const [modes, divergence] = await judgeStacked(judge, { ...shape, images }, { resamples: 1 });
      return { modes: modes!.value, 'KL to equal shares': divergence!.value };
    },
    dispose: () => judge.dispose(),
  };
}

const record = (judgement: Judgement): Record<string, number> =>
  Object.fromEntries(judgement.map(({ name, value }) => [name, value]));

function pointJudge(mixture: Mixture, z: Float32Array): RunJudge {
  return {
    names: ['modes', 'quality'],
    best: { name: 'modes', highest: true },
    async judge(generate) {
      const { modes, quality } = modeCoverage(mixture, await generate(z));
      return { modes, quality };
    },
    dispose() {},
  };
}
