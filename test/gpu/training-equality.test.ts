/**
 * One training program, executed in three ways: captured and compiled with every pass, captured without passes, and op by op. The
 * passes may change the order of sums and what is contracted to a fused multiply-add, so the ways may differ in the last bits,
 * and training amplifies that from step to step, Adam most of all, since it divides by the gradient's own size. How much, a
 * control says: the same run from weights that are moved by half a unit in the last place.
 */
import { adam } from '@ganvas/autograd';
import {
  type Discriminator,
  discriminator,
  type Generator,
  generator,
  LATENT,
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
  gatherBatch,
  randomGenerator,
  randomNormal,
  type Tensor,
  tensor,
  tidy,
} from '@ganvas/tensor';
import { useDevice } from './device.ts';

const device = useDevice();

const STEPS = 30;

/** A pair of nets with what a round of theirs is played on. */
interface Game {
  G: Generator;
  D: Discriminator;
  real(): Tensor;
  noise(): Tensor;
}

function points(): Game {
  const rng = new Rng(1);
  const random = randomGenerator(2);
  const source = pointSource(ring());
  const G = unconditionalGenerator(mlpGenerator({ rng }), { latent: 2, example: [2] });
  const D = plainDiscriminator(mlpDiscriminator({ rng }));
  return { G, D, real: () => source.draw(random, 64), noise: () => randomNormal(random, [64, 2]) };
}

function images(): Game {
  const rng = new Rng(1);
  const random = randomGenerator(2);
  const data = tensor(
    Uint8Array.from({ length: 32 * 28 * 28 }, () => rng.below(256)),
    [32, 28, 28, 1],
  );
  const indices = tensor(Uint32Array.of(3, 1, 4, 15, 9, 26, 5, 31));
  const net = { size: 28, width: 8, rng };
  const G = unconditionalGenerator(generator(net), { latent: LATENT, example: [28, 28, 1] });
  const D = plainDiscriminator(discriminator(net));
  return { G, D, real: () => gatherBatch(data, indices), noise: () => randomNormal(random, [8, LATENT]) };
}

/** How the round is executed. */
type Way = (round: () => Tensor[]) => () => Tensor[];

const captured =
  (options: CaptureOptions = {}): Way =>
  (round) =>
    capture(round, options);
const opByOp: Way = (round) => () => tidy(round);

interface Run {
  /** Losses and mean answers [4] of each step. */
  reports: number[][];
  /** Of the last step. */
  dispatches: number;
}

async function train({ G, D, real, noise }: Game, way: Way): Promise<Run> {
  const optimizer = (net: Generator | Discriminator) => adam(Object.values(net.parameters), { lr: 1e-3 });
  const [optimizerG, optimizerD] = [optimizer(G), optimizer(D)];
  const step = way(() => {
    const report = playRound({ G, D, optimizerG, optimizerD }, { x: real(), labels: null }, noise());
    return [report.lossD!, report.lossG!, report.dReal!, report.dFake!];
  });
  const reports: number[][] = [];
  let dispatches = 0;
  for (let i = 0; i < STEPS; i++) {
    const before = device().statistics.dispatches;
    const report = step();
    dispatches = device().statistics.dispatches - before;
    reports.push(await Promise.all(report.map((t) => t.item())));
  }
  return { reports, dispatches };
}

/** Each weight times 1 ± 2⁻²⁴ at random, rounded: the neighbour for about half of them. */
async function nudge(game: Game): Promise<Game> {
  const rng = new Rng(7);
  for (const t of [game.G, game.D].flatMap((net) => Object.values(net.parameters)))
    t.write(Float32Array.from(await t.data(), (w) => w * (1 + (rng.uniform() < 0.5 ? 1 : -1) * 2 ** -24)));
  return game;
}

/** The largest relative difference of the four numbers, step by step. */
const drift = (a: Run, b: Run): number[] =>
  a.reports.map((report, i) => Math.max(...report.map((v, k) => Math.abs(v / b.reports[i]![k]! - 1))));

describe.each([
  ['the GAN on points', points],
  ['the DCGAN', images],
])('30 steps of %s', (_, game) => {
  let fused: Run;
  let bound: number[];

  beforeAll(async () => {
    fused = await train(game(), captured());
    const control = drift(await train(await nudge(game()), captured()), fused);
    // Ten times the control so far: it is one draw of the rounding errors, and has them in the weights alone.
    bound = control.map((__, i) => 10 * Math.max(2 ** -22, ...control.slice(0, i + 1)));
  });

  it('do not amplify rounding so far that nothing can be told', () => {
    expect(bound[0]).toBeLessThan(1e-5);
    expect(bound.at(-1)).toBeLessThan(0.01);
    // It trains: the losses move by more than the ways may differ.
    const [first, last] = [fused.reports[0]!, fused.reports.at(-1)!];
    expect(Math.abs(last[0]! / first[0]! - 1)).toBeGreaterThan(0.05);
  });

  it.each([
    ['captured without passes', captured({ passes: [] })],
    ['op by op', opByOp],
  ])('%s give the same losses and answers', async (__, way) => {
    const run = await train(game(), way);
    expect(run.dispatches).toBeGreaterThan(1.5 * fused.dispatches); // it is another way
    const differences = drift(run, fused);
    const beyond = differences.flatMap((d, i) => (d <= bound[i]! ? [] : [`step ${i + 1}: ${d} > ${bound[i]}`]));
    expect(beyond).toEqual([]);
  });
});
