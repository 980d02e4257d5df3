/** Training a DCGAN: one captured step, replayed with the indices of the next batch. */
import { adam, grad, type Module, nn, type Optimizer } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  type CaptureOptions,
  capture,
  type Device,
  detach,
  gatherBatch,
  type Log,
  mean,
  pack,
  packedLayout,
  randomGenerator,
  randomNormal,
  reshape,
  resizeBilinear,
  type Step,
  sigmoid,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { discriminator, generator, LATENT } from './models/dcgan.ts';
import { BETAS, type RunConfig } from './presets.ts';

/** What a step reports: both losses, and D's mean answers to real and generated images before D was updated. */
export interface StepReport {
  lossD: number;
  lossG: number;
  dReal: number;
  dFake: number;
}

/** A report a step, in their order; a few steps late, since nobody waits for each of them. */
export interface Reports {
  /** Those that have come back since the last call; waits only where the device is far behind. */
  arrived(): Promise<StepReport[]>;
  /** All that are left; waits until the submitted steps have run. */
  flush(): Promise<StepReport[]>;
}

/** Grey images on the host: bytes [count, height, width]. Of another size than the net's, they are resized on the device. */
export interface TrainingImages {
  images: Uint8Array;
  count: number;
  height: number;
  width: number;
}

export interface Trainer {
  readonly generator: Module;
  readonly discriminator: Module;
  /** Everything that a training step changes, by name. Saved and restored, a run goes on in the same bits. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** Compiles the step, in parallel. */
  prepare(): Promise<void>;
  /** Submits one step on the batch with these indices, without waiting for it. */
  step(indices: Uint32Array): void;
  /** What the submitted steps report. To be awaited behind every step: nothing else keeps them from running ahead of the device. */
  readonly reports: Reports;
  /** Images [count, size, size] in [−1, 1] from noise [count, latent], by the generator's running statistics. */
  generate(noise: Float32Array): Promise<Float32Array>;
  /** The step itself, and what its packed output says. */
  readonly trainStep: Step<[Uint32Array], Tensor>;
  reportOf(packed: ArrayLike<number>): StepReport;
}

export interface Players {
  G: Module;
  D: Module;
  optimizerG: Optimizer;
  optimizerD: Optimizer;
}

/**
 * One round of the game, updates included: the recipe of PyTorch's example.
 * @param real images [batch, height, width, channels] in [−1, 1]
 * @param z noise [batch, latent]
 * @returns scalars: D's loss, G's loss, and the means of D(x) and D(G(z)) before D's update
 */
export function playRound(
  { G, D, optimizerG, optimizerD }: Players,
  real: Tensor,
  z: Tensor,
): [Tensor, Tensor, Tensor, Tensor] {
  // The discriminator: real images towards 1, generated ones towards 0, each as a batch of its own.
  const fake = G.forward(z);
  const realLogits = D.forward(real);
  const fakeLogits = D.forward(detach(fake));
  const lossD = add(nn.bceWithLogits(realLogits, 1), nn.bceWithLogits(fakeLogits, 0));
  optimizerD.step(grad(lossD, Object.values(D.parameters)));

  // The generator: the same images past the updated discriminator, towards 1.
  const lossG = nn.bceWithLogits(D.forward(fake), 1);
  optimizerG.step(grad(lossG, Object.values(G.parameters)));

  return [lossD, lossG, mean(sigmoid(realLogits)), mean(sigmoid(fakeLogits))];
}

/** Streams of the seed, so that none shares random numbers with another. */
const STREAM = { generator: 1, discriminator: 2, noise: 3 };

/** @param options how the step is captured, for whoever wants to see or time the difference */
export function createTrainer(
  device: Device,
  config: RunConfig,
  data: TrainingImages,
  options: CaptureOptions = {},
): Trainer {
  const { batch, size, seed, lr } = config;
  const seeds = new Rng(seed);
  const G = generator({ ...config, rng: seeds.fork(STREAM.generator), device });
  const D = discriminator({ ...config, rng: seeds.fork(STREAM.discriminator), device });
  const optimizerG = adam(Object.values(G.parameters), { lr, betas: BETAS });
  const optimizerD = adam(Object.values(D.parameters), { lr, betas: BETAS });
  const noise = randomGenerator(seeds.fork(STREAM.noise).key, device);
  const images = tensor(data.images, [data.count, data.height, data.width, 1], { device });

  const players = { G, D, optimizerG, optimizerD };
  const trainStep = capture((indices: Tensor) => {
    const z = randomNormal(noise, [batch, LATENT]);
    return pack(playRound(players, resizeBilinear(gatherBatch(images, indices), size), z));
  }, options);

  const { offsets } = packedLayout([{ size: 1 }, { size: 1 }, { size: 1 }, { size: 1 }]);
  const reportOf = (packed: ArrayLike<number>): StepReport => {
    const [lossD, lossG, dReal, dFake] = offsets.map((at) => packed[at]!) as [number, number, number, number];
    return { lossD, lossG, dReal, dFake };
  };
  // From the first step on: whoever replays `trainStep` directly reads what it returns.
  let log: Log | null = null;
  const openLog = (): Log => {
    log ??= trainStep.log();
    return log;
  };
  const generate = capture((z: Tensor) => G.forward(reshape(z, [-1, LATENT]), 'eval'));

  return {
    generator: G,
    discriminator: D,
    trainStep,
    state: {
      ...named('generator', { ...G.parameters, ...G.buffers }),
      ...named('discriminator', { ...D.parameters, ...D.buffers }),
      ...named('optimizer.generator', optimizerState(optimizerG, G)),
      ...named('optimizer.discriminator', optimizerState(optimizerD, D)),
      random: noise,
    },
    prepare: () => trainStep.prepare(new Uint32Array(batch)),
    reportOf,
    step: (indices) => {
      openLog();
      trainStep(indices);
    },
    reports: {
      arrived: async () => (await openLog().arrived()).map(reportOf),
      flush: async () => (await openLog().flush()).map(reportOf),
    },
    generate: async (z) => (await generate(z).data()) as Float32Array,
  };
}

const named = (prefix: string, tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [`${prefix}.${name}`, t]));

/** An optimiser's state under its parameters' names: `exp_avg.fc.weight`. */
function optimizerState(optimizer: Optimizer, module: Module): Record<string, Tensor> {
  const names = Object.keys(module.parameters);
  const { hyper, loss_scale = [], ...moments } = optimizer.state;
  const entries = Object.entries(moments).flatMap(([moment, tensors]) =>
    tensors.map((t, i) => [`${moment}.${names[i]}`, t] as const),
  );
  const scales = loss_scale.map((t, i) => [`loss_scale.${i}`, t] as const);
  return { ...Object.fromEntries([...entries, ...scales]), hyper: hyper[0]! };
}
