/** Training a GAN: rounds of the game as captured steps, and everything that they change. */
import { type Optimizer, scheduleLearningRate } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  assign,
  type CaptureOptions,
  capture,
  type Device,
  mul,
  pack,
  packedLayout,
  randomGenerator,
  randomInteger,
  randomNormal,
  type Step,
  type Tensor,
  where,
} from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';
import type { DataSource } from '../data/source.ts';
import { createModel } from '../models/create.ts';
import type { Discriminator, Generator } from '../models/nets.ts';
import { createAverage } from './average.ts';
import { type Generate, openGenerate } from './generate.ts';
import { openReports, type Reports, type Round, type StepReport } from './reports.ts';
import { type Players, playCritic, playRound, type Report, type Rules } from './round.ts';
import { checkRules, optimizerOf, r1Weight, rulesOf, scheduleOf } from './rules.ts';

export interface Trainer {
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  /** Everything that a training step changes, by name. Saved and restored, a run goes on in the same bits. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** Compiles what the steps run, in parallel. */
  prepare(): Promise<void>;
  /** Submits step `index` (0-based) of the run, without waiting for it: as many updates of D as the run has, and one of G. */
  step(index: number): void;
  /** The base rates from the next step on; the schedule goes on from where it is. */
  setLearningRates(lrG: number, lrD: number): void;
  /** What the submitted steps report. To be awaited behind every step: nothing else keeps them from running ahead of the device. */
  readonly reports: Reports;
  /** Examples by the average of the generator's weights, where the run keeps one, else by the weights. */
  readonly generate: Generate;
  /** The same by the weights as they are. */
  readonly generateRaw: Generate;
  /** The round itself, and what its packed output says. */
  readonly trainStep: Step<Uint32Array[], Tensor>;
  reportOf(packed: ArrayLike<number>): StepReport;
  /** Begins the moving average anew from the weights as they are: after weights of another origin were written. */
  startAverage(): void;
  /** Frees the captured steps. */
  dispose(): void;
}

export interface TrainerOptions extends CaptureOptions {
  /** Report the norms of both gradients; a few small dispatches more. Default false. */
  norms?: boolean;
}

/** Streams of the seed, so that none shares random numbers with another; the nets take 1 and 2. */
const STREAM = { noise: 3, rules: 4 };

/**
 * @param options how the step is captured, for whoever wants to see or time the difference
 * @throws ConfigError where model, data and rules do not go together
 */
export function createTrainer(
  device: Device,
  config: RunConfig,
  source: DataSource,
  { norms = false, ...options }: TrainerOptions = {},
): Trainer {
  checkRules(config, source);
  const seeds = new Rng(config.seed);
  const { generator: G, discriminator: D } = createModel(config, source, { rng: seeds, device });
  const optimizerG = optimizerOf(config, config.lrG, Object.values(G.parameters));
  const optimizerD = optimizerOf(config, config.lrD, Object.values(D.parameters));
  const noise = randomGenerator(seeds.fork(STREAM.noise).key, device);
  const random = randomGenerator(seeds.fork(STREAM.rules).key, device);
  const average = config.ema > 0 ? createAverage(G, config.ema) : null;
  const players: Players = { G, D, optimizerG, optimizerD };
  const rules = rulesOf(config, D, random, { average, norms, classes: G.classes });

  const draw = (): [z: Tensor, labels: Tensor | null] => [
    randomNormal(noise, [config.batch, G.latent]),
    G.classes > 0 ? randomInteger(noise, [config.batch], G.classes) : null,
  ];
  const capturedRound = (extra: Rules): Round => {
    let names: string[] = [];
    const step = capture((...inputs: Tensor[]): Tensor => {
      const report = guarded(config, [G, D], () =>
        playRound(players, source.draw(...inputs), ...draw(), { ...rules, ...extra }),
      );
      names = Object.keys(report);
      return pack(Object.values(report));
    }, options);
    const reportOf = (packed: ArrayLike<number>): StepReport => {
      const { offsets } = packedLayout(names.map(() => ({ size: 1 })));
      return Object.fromEntries(names.map((name, i) => [name, packed[offsets[i]!]!]));
    };
    return { step, reportOf };
  };
  const round = capturedRound({});
  const regularised = config.r1 > 0 ? capturedRound({ r1: r1Weight(config) }) : null;
  const critic =
    config.nCritic > 1
      ? capture((...inputs: Tensor[]): void => {
          guarded(config, [D], () => playCritic(players, source.draw(...inputs), ...draw(), rules));
        }, options)
      : null;
  const steps = [round.step, regularised?.step, critic].filter((step) => !!step);
  const reports = openReports();
  const followRates = (lrG: number, lrD: number) => [
    scheduleLearningRate(optimizerG, lrG, scheduleOf(config)),
    scheduleLearningRate(optimizerD, lrD, scheduleOf(config)),
  ];
  let follow = followRates(config.lrG, config.lrD);
  const samples = openGenerate(G);

  return {
    generator: G,
    discriminator: D,
    trainStep: round.step,
    reportOf: round.reportOf,
    state: {
      ...named('generator', { ...G.parameters, ...G.buffers }),
      ...named('discriminator', { ...D.parameters, ...D.buffers }),
      ...named('optimizer.generator', optimizerState(optimizerG, G)),
      ...named('optimizer.discriminator', optimizerState(optimizerD, D)),
      ...(average && named('average', average.state)),
      ...named('data', source.state),
      random: noise,
      'random.rules': random,
    },
    prepare: async () => {
      await Promise.all(steps.map((step) => step.prepare(...source.inputs(0))));
    },
    step(index) {
      for (const set of follow) set(index);
      const first = index * config.nCritic;
      for (let i = 0; i < config.nCritic - 1; i++) critic!(...source.inputs(first + i));
      const play = regularised && index % config.r1Every === 0 ? regularised : round;
      reports.expect(play);
      play.step(...source.inputs(first + config.nCritic - 1));
    },
    setLearningRates(lrG, lrD) {
      follow = followRates(lrG, lrD);
    },
    reports,
    generateRaw: samples.generate,
    async generate(z, labels) {
      average?.swap();
      try {
        return await samples.generate(z, labels);
      } finally {
        average?.swap();
      }
    },
    startAverage: () => average?.start(),
    dispose() {
      for (const step of [...steps, samples]) step.dispose();
    },
  };
}

/**
 * Plays; where the run skips what is not finite, running statistics stay as they were as well. Afterwards `skipped` is 1 where an
 * update was left out.
 */
function guarded({ onNonFinite }: RunConfig, nets: readonly (Generator | Discriminator)[], play: () => Report): Report {
  if (onNonFinite === 'stop') return play();
  const buffers = nets.flatMap(({ buffers }) => Object.values(buffers).filter(({ dtype }) => dtype === 'f32'));
  const before = buffers.map((buffer) => mul(buffer, 1));
  const { soundD, soundG, ...report } = play();
  const sound = soundG ? mul(soundD!, soundG) : soundD!;
  for (const [i, buffer] of buffers.entries()) assign(buffer, where(sound, buffer, before[i]!));
  return { ...report, skipped: where(sound, 0, 1) };
}

const named = (prefix: string, tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [`${prefix}.${name}`, t]));

/** An optimiser's state under its parameters' names: `exp_avg.fc.weight`. */
function optimizerState(optimizer: Optimizer, net: Generator | Discriminator): Record<string, Tensor> {
  const names = Object.keys(net.parameters);
  const { hyper, loss_scale: _, ...moments } = optimizer.state;
  const entries = Object.entries(moments).flatMap(([moment, tensors]) =>
    tensors.map((t, i) => [`${moment}.${names[i]}`, t] as const),
  );
  return { ...Object.fromEntries(entries), hyper: hyper[0]! };
}
