/** Adam with a loss scale: the same updates as without one, steps skipped where gradients are not finite, the scale following. */
import { type AdamOptions, adam, grad, type Optimizer } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, mul, square, state, sub, sum, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

const device = useDevice();

const values = async (tensors: readonly Tensor[]) => Promise.all(tensors.map(async (t) => Array.from(await t.data())));
const scaleOf = async (optimizer: Optimizer) => (await values(optimizer.state.loss_scale!)).flat();

/** A fit of two tensors to given ones: one step a call, in which the gradients are those of the loss times `factor`. */
function fitting(options: AdamOptions) {
  const rng = new Rng(1);
  const p = [state(rng.normals(5), [5]), state(rng.normals(64), [64])];
  const goal = [tensor(rng.normals(5), [5]), tensor(rng.normals(64), [64])];
  const optimizer = adam(p, { lr: 0.1, ...options });
  const step = capture((factor: Tensor) => {
    const losses = p.map((t, i) => sum(square(sub(t, goal[i]!))));
    const loss = optimizer.scaleLoss(mul(sub(losses[0]!, mul(losses[1]!, -1)), factor));
    optimizer.step(grad(loss, p));
  });
  const everything = async () => ({
    p: await values(p),
    moments: await values([...optimizer.state.exp_avg, ...optimizer.state.exp_avg_sq]),
    hyper: await values(optimizer.state.hyper),
  });
  return { p, optimizer, step, everything };
}

describe('a loss scale', () => {
  it.each([256, 'dynamic'] as const)('of %s, a power of two, changes no bit of an update', async (lossScale) => {
    const [plain, scaled] = [fitting({ weightDecay: 0.01 }), fitting({ weightDecay: 0.01, lossScale })];
    for (let i = 0; i < 5; i++) {
      plain.step(1);
      scaled.step(1);
    }
    expect(await scaled.everything()).toEqual(await plain.everything());
  });

  it('is off by default', () => {
    const { optimizer } = fitting({});
    const loss = sum(state([1, 2]));
    expect(optimizer.scaleLoss(loss)).toBe(loss);
    expect(optimizer.state.loss_scale).toEqual([]);
  });

  it('that is fixed stays', async () => {
    const { optimizer, step } = fitting({ lossScale: 8 });
    step(1);
    step(1);
    expect(await scaleOf(optimizer)).toEqual([8]);
  });

  it.each([Infinity, Number.NaN, 3e38])('skips a step of gradients %f, and halves', async (factor) => {
    const { optimizer, step, everything } = fitting({ lossScale: 'dynamic' });
    step(1);
    const before = await everything();
    expect(await scaleOf(optimizer)).toEqual([2 ** 16, 1]);
    step(factor);
    expect(await everything()).toEqual(before);
    expect(await scaleOf(optimizer)).toEqual([2 ** 15, 0]);
    step(1);
    expect((await everything()).hyper[0]![0]).toBe(2);
    expect(await scaleOf(optimizer)).toEqual([2 ** 15, 1]);
  });

  it('grows after so many steps in a row, and not beyond f32', async () => {
    const { optimizer, step } = fitting({ lossScale: { init: 2 ** 100, growth: 2 ** 14, backoff: 0.25, interval: 3 } });
    const seen: number[][] = [];
    for (const factor of [1e-20, 1e-20, Infinity, 1e-20, 1e-20, 1e-20, 1e-30, 1e-30, 1e-30, 1e-30, 1e-30, 1e-30]) {
      step(factor);
      seen.push((await scaleOf(optimizer)).map((v, i) => (i === 0 ? Math.log2(v) : v)));
    }
    expect(seen).toEqual([
      [100, 1],
      [100, 2],
      [98, 0],
      [98, 1],
      [98, 2],
      [112, 0],
      [112, 1],
      [112, 2],
      [126, 0],
      [126, 1],
      [126, 2],
      [126, 0], // 2^140 is no f32
    ]);
  });

  it('goes on exactly from what was saved', async () => {
    const rule = { init: 4, interval: 3 };
    const [first, second] = [fitting({ lossScale: rule }), fitting({ lossScale: rule })];
    const factors = [1, 1, Infinity, 1, 1, 1, 1, 1];
    for (const factor of factors.slice(0, 5)) first.step(factor);
    const saved = (f: typeof first) => [
      ...f.p,
      ...f.optimizer.state.exp_avg,
      ...f.optimizer.state.exp_avg_sq,
      ...f.optimizer.state.hyper,
      ...f.optimizer.state.loss_scale!,
    ];
    const to = saved(second);
    for (const [i, t] of saved(first).entries()) to[i]!.write(await t.data());
    for (const factor of factors.slice(5)) {
      first.step(factor);
      second.step(factor);
    }
    expect(await values(saved(second))).toEqual(await values(saved(first)));
    expect(await scaleOf(second.optimizer)).toEqual([4, 2]);
  });

  it('is checked on the device: a step submits once and reads nothing', async () => {
    const { step } = fitting({ lossScale: 'dynamic' });
    await step.prepare(1);
    step(1);
    const { submits, buffers, bindGroups } = device().statistics;
    for (let i = 0; i < 3; i++) step(i === 1 ? Infinity : 1);
    expect(device().statistics).toMatchObject({ submits: submits + 3, buffers, bindGroups });
  });

  it.each([
    [0, 'init above 0, got 0'],
    [Infinity, 'init above 0, got Infinity'],
    [{ backoff: -1 }, 'backoff above 0, got -1'],
    [{ interval: 0 }, 'interval from 1, got 0'],
  ])('refuses %p', (lossScale, message) => {
    expect(() => fitting({ lossScale })).toThrow(`adam: lossScale: expected ${message}`);
  });
});
