/** Small GANs on the ring of eight Gaussians, trained to see one of them collapse and three remedies hold: chapter 9's own runs. */
import {
  completeConfig,
  createTrainer,
  type DataSource,
  modeCoverage,
  pointSource,
  type RunConfig,
  ring,
  type StepReport,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { type Device, openDevice, randomGenerator } from '@ganvas/tensor';

export const RING = ring({ std: 0.1 });
/** Steps after which the generator's points are kept. */
export const MOMENTS = [100, 400, 800, 1500] as const;

/** D learns at half G's rate: too slow to win a place back before G has left it, so that plain training goes round in circles. */
const COMMON: Partial<RunConfig> = {
  ...{ model: 'mlp', data: 'ring', seed: 1, steps: MOMENTS.at(-1)!, batch: 64, hidden: [32, 32] },
  ...{ lrG: 1e-3, lrD: 5e-4 },
};

const REMEDIES: Readonly<Record<string, Partial<RunConfig>>> = {
  plain: {},
  'packs of 4': { pack: 4 },
  'minibatch discrimination': { minibatch: 'discrimination' },
  'WGAN-GP': { loss: 'wgan-gp', lrD: 1e-3 },
};

export interface Frame {
  step: number;
  /** [SHOWN, 2], always of the same noise. */
  points: Float32Array;
  /** Modes that at least one point hits, and the share of points within three standard deviations of a centre. */
  modes: number;
  quality: number;
}

export interface RingRun {
  name: string;
  frames: readonly Frame[];
  /** What each step reported. */
  reports: readonly StepReport[];
}

const SHOWN = 400;
/** Streams of the seed that the trainer does not use. */
const STREAM = { data: 31, shown: 32 };

let runs: Promise<readonly RingRun[]> | undefined;

/** Trains all of them, once a process: about a minute on a software adapter. */
export const ringRuns = (): Promise<readonly RingRun[]> => {
  runs ??= trainAll();
  return runs;
};

async function trainAll(): Promise<readonly RingRun[]> {
  const device = await openDevice();
  const trained: RingRun[] = [];
  for (const [name, settings] of Object.entries(REMEDIES)) trained.push(await train(device, name, settings));
  device.close();
  return trained;
}

async function train(device: Device, name: string, settings: Partial<RunConfig>): Promise<RingRun> {
  const config = completeConfig({ ...COMMON, ...settings }, 'standard');
  const trainer = createTrainer(device, config, ringSource(config, device), { norms: true });
  const z = new Rng(config.seed).fork(STREAM.shown).normals(SHOWN * config.latent);
  await trainer.prepare();
  const frames: Frame[] = [];
  const reports: StepReport[] = [];
  for (let step = 1; step <= config.steps; step++) {
    trainer.step(step - 1);
    reports.push(...(await trainer.reports.arrived()));
    if (!MOMENTS.some((moment) => moment === step)) continue;
    const points = await trainer.generate(z);
    const { modes, quality } = modeCoverage(RING, points);
    frames.push({ step, points, modes, quality });
  }
  reports.push(...(await trainer.reports.flush()));
  trainer.dispose();
  return { name, frames, reports };
}

/** The ring with wider modes than `--data ring` has: three standard deviations of it can be seen in a picture. */
function ringSource({ batch, seed }: RunConfig, device: Device): DataSource {
  const points = pointSource(RING, device);
  const random = randomGenerator(new Rng(seed).fork(STREAM.data).key, device);
  return {
    ...{ example: [2], classes: 0, classNames: [], count: 0, state: { random } },
    inputs: () => [],
    draw: () => ({ x: points.draw(random, batch), labels: null }),
    dispose: () => points.dispose(),
  };
}
