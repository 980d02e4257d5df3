/**
 * The GAN of fully connected nets on points of the plane: a step of hardly any arithmetic, so that its time is what dispatches
 * cost. Points and noise are drawn on the device; nothing is uploaded. It learns: test/slow/ring.test.ts.
 */
import { adam, type Module } from '@ganvas/autograd';
import {
  grid,
  type Mixture,
  mlpDiscriminator,
  mlpGenerator,
  plainDiscriminator,
  playRound,
  pointSource,
  ring,
  unconditionalGenerator,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  type CaptureOptions,
  capture,
  type Device,
  randomGenerator,
  randomNormal,
  type Step,
  type Tensor,
} from '@ganvas/tensor';
import type { MlpGanCase } from './cases.ts';

/** What every engine trains with. */
export const MLP_GAN = {
  latent: 2,
  lr: 2e-3,
  betas: [0.5, 0.999],
  seed: 1,
  /** Streams of the seed, so that none shares random numbers with another. */
  stream: { generator: 1, discriminator: 2, data: 3 },
} as const;

export const MIXTURES: Readonly<Record<MlpGanCase['data'], Mixture>> = {
  ring: ring({ std: 0.1 }),
  grid: grid(),
};

export interface MlpGan {
  readonly generator: Module;
  readonly discriminator: Module;
  /** Source of noise and points. */
  readonly random: Tensor;
  /** D's loss, G's loss, means of D(x) and D(G(z)) before D's update. */
  readonly step: Step<[], Tensor[]>;
  close(): void;
}

export function openMlpGan(device: Device, { data, batch, hidden }: MlpGanCase, options: CaptureOptions = {}): MlpGan {
  const { latent, lr, betas, seed, stream } = MLP_GAN;
  const seeds = new Rng(seed);
  const widths = [hidden, hidden];
  const G = mlpGenerator({ latent, hidden: widths, rng: seeds.fork(stream.generator), device });
  const D = mlpDiscriminator({ hidden: widths, rng: seeds.fork(stream.discriminator), device });
  const optimizer = (net: Module) => adam(Object.values(net.parameters), { lr, betas });
  const [optimizerG, optimizerD] = [optimizer(G), optimizer(D)];
  const players = {
    G: unconditionalGenerator(G, { latent, example: [2] }),
    D: plainDiscriminator(D),
    optimizerG,
    optimizerD,
  };
  const random = randomGenerator(seeds.fork(stream.data).key, device);
  const points = pointSource(MIXTURES[data], device);
  const step = capture(
    (): Tensor[] => {
      const z = randomNormal(random, [batch, latent]);
      const { lossD, lossG, dReal, dFake } = playRound(players, { x: points.draw(random, batch), labels: null }, z);
      return [lossD!, lossG!, dReal!, dFake!];
    },
    { ...options, device },
  );
  return {
    generator: G,
    discriminator: D,
    random,
    step,
    close() {
      step.dispose();
      points.dispose();
      const moments = [optimizerG, optimizerD].flatMap(({ state }) => Object.values(state).flat());
      for (const t of [random, ...moments, ...[G, D].flatMap((net) => Object.values(net.parameters))]) t.dispose();
    },
  };
}
