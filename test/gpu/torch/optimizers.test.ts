/** Every optimiser over 50 steps, and every schedule, against PyTorch's. */
import {
  adam,
  adamw,
  cosine,
  linearWarmup,
  type Optimizer,
  rmsprop,
  type Schedule,
  sgd,
  stepDecay,
} from '@ganvas/autograd';
import { capture, reshape, state, type Tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { expectLikeTorch, openFixture } from './compare.ts';

useDevice();

const OPTIMIZERS = { adam, adamw, rmsprop, sgd };
interface Case {
  name: string;
  op: keyof typeof OPTIMIZERS;
  attrs: Record<string, number>;
}

const fixture = openFixture('optimizers');
const names = fixture.about.parameters as string[];
const checked = fixture.about.steps as number[];

/** `weight_decay` as `weightDecay`. */
const ours = (attrs: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(attrs).map(([key, value]) => [key.replace(/_(.)/g, (_, c: string) => c.toUpperCase()), value]),
  );

it.each(fixture.about.cases as Case[])('$name over 50 steps', async ({ name, op, attrs }) => {
  const parameters = names.map((p) => state(fixture.tensors[p]!.data.slice(), fixture.tensors[p]!.shape));
  const optimizer: Optimizer = OPTIMIZERS[op](parameters, ours(attrs));
  const step = capture((...gradients: Tensor[]) => {
    optimizer.step(gradients.map((g, i) => reshape(g, parameters[i]!.shape)));
  });
  for (let t = 1; t <= 50; t++) {
    const gradients = names.map((p, i) => {
      const { size } = parameters[i]!;
      return (fixture.tensors[`d${p}`]!.data as Float32Array).slice((t - 1) * size, t * size);
    });
    step(...gradients);
    if (!checked.includes(t)) continue;
    for (const [i, p] of names.entries())
      await expectLikeTorch(fixture, `${name}.${p}.${t}`, parameters[i]!, 'forward');
  }
  const { hyper, loss_scale, ...moments } = optimizer.state;
  expect(loss_scale).toEqual([]);
  expect((await hyper[0].data())[0]).toBe(50);
  const theirs = Object.keys(fixture.tensors).filter((key) => key.startsWith(`${name}.p.`) && !/\d$/.test(key));
  const kept = Object.entries(moments).filter(([, tensors]) => tensors.length > 0);
  expect(kept.map(([moment]) => `${name}.p.${moment}`).sort()).toEqual(theirs.sort());
  for (const [moment, tensors] of kept)
    for (const [i, p] of names.entries())
      await expectLikeTorch(fixture, `${name}.${p}.${moment}`, tensors[i]!, 'forward');
  fixture.shows(...step.program!.nodes.map((n) => n.op.name));
});

it.each<[string, Schedule]>([
  ['step', stepDecay({ every: 7, factor: 0.5 })],
  ['cosine', cosine({ steps: 30, floor: 0.1 })],
  ['warmup', linearWarmup({ steps: 10, start: 0.1 })],
  ['warmup_cosine', linearWarmup({ steps: 5 }, cosine({ steps: 25 }))],
])('the schedule %s', (name, schedule) => {
  const rates = (fixture.about.schedules as Record<string, number[]>)[name]!;
  const base = fixture.about.base as number;
  expect(rates).toHaveLength(30);
  rates.forEach((rate, step) => {
    expect(base * schedule(step)).toBeCloseTo(rate, 12);
  });
});
