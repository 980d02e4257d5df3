/** Optimisers as parts of a captured step: dispatches, the learning rate as data, clipping, loss scales. */
import {
  adam,
  adamw,
  cosine,
  globalNorm,
  type Optimizer,
  type OptimizerOptions,
  rmsprop,
  sgd,
  weightAverage,
  weightClamp,
} from '@ganvas/autograd';
import { capture, mul, state, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { stepOf, values, weights } from './optimizer-step.ts';

useDevice();

type Make = (w: readonly Tensor[], options: OptimizerOptions) => Optimizer;
const MAKERS: [string, Make][] = [
  ['adam', adam],
  ['adamw', adamw],
  ['sgd', sgd],
  ['sgd with all options', (w, more) => sgd(w, { momentum: 0.9, dampening: 0.1, weightDecay: 0.1, ...more })],
  ['sgd by Nesterov', (w, more) => sgd(w, { momentum: 0.9, nesterov: true, ...more })],
  ['rmsprop', rmsprop],
  ['rmsprop with all options', (w, more) => rmsprop(w, { centered: true, momentum: 0.9, weightDecay: 0.1, ...more })],
];

describe.each(MAKERS)('%s', (_, make) => {
  it('changes weights and moments in one dispatch, beside that of its step count', () => {
    const w = weights();
    const step = stepOf(make(w, {}), w);
    step.record(2);
    const { dispatches } = step.plan!;
    expect(dispatches).toHaveLength(w.length + 2); // the gradients
    step.dispose();
  });

  it('does the same with a scaled loss, and nothing where a gradient is not finite', async () => {
    const [plain, fixed, dynamic] = [weights(), weights(), weights()];
    const options = { lr: 0.1, clipNorm: 3, clipValue: 1 };
    const dynamicOptimizer = make(dynamic, { ...options, lossScale: { init: 64 } });
    const steps = [
      stepOf(make(plain, options), plain),
      stepOf(make(fixed, { ...options, lossScale: 64 }), fixed),
      stepOf(dynamicOptimizer, dynamic),
    ] as const;
    for (let i = 0; i < 3; i++) for (const [k, by] of [2, 128, 128].entries()) steps[k]!(by);
    expect(await values(fixed)).toEqual(await values(plain));
    expect(await values(dynamic)).toEqual(await values(plain));
    const { hyper, loss_scale, ...moments } = dynamicOptimizer.state;
    const before = await values([...dynamic, ...Object.values(moments).flat()]);
    steps[2](Infinity);
    expect(await values([...dynamic, ...Object.values(moments).flat()])).toEqual(before);
    expect(await values([...hyper, ...loss_scale])).toEqual([[3, Math.fround(0.1)], [32], [0]]);
  });

  it.each<OptimizerOptions>([
    {},
    { clipNorm: 3 },
    { clipValue: 1, clipNorm: 3 },
    { lossScale: 64 },
    { lossScale: 'dynamic' },
  ])('changes nothing where it is not to proceed, and what it always does where it is: %j', async (options) => {
    const [free, gated] = [weights(), weights()];
    const optimizer = make(gated, { lr: 0.1, ...options });
    const plain = stepOf(make(free, { lr: 0.1, ...options }), free);
    const step = capture((by: Tensor, proceed: Tensor) => {
      optimizer.step(
        gated.map((t) => mul(t, by)),
        proceed,
      );
    });
    const everything = () => values([...gated, ...Object.values(optimizer.state).flat()]);
    const start = await everything();
    step(2, 0);
    expect(await everything()).toEqual(start);
    for (let i = 0; i < 3; i++) {
      plain(2);
      step(2, 1);
      const before = await everything();
      step(-7, 0);
      expect(await everything()).toEqual(before);
    }
    expect(await values(gated)).toEqual(await values(free));
    expect(await values(optimizer.state.hyper)).toEqual([[3, Math.fround(0.1)]]);
    if (options.lossScale !== 'dynamic') {
      const before = await everything();
      step(Number.NaN, 0);
      expect(await everything()).toEqual(before);
    }
  });

  it('follows its learning rate', async () => {
    const w = weights();
    const optimizer = make(w, { lr: 0.5 });
    const step = stepOf(optimizer, w);
    step(1);
    const before = await values(w);
    optimizer.setLearningRate(0);
    step(1);
    expect(await values(w)).toEqual(before);
    optimizer.setLearningRate(0.25);
    step(1);
    expect(await values(w)).not.toEqual(before);
    expect(await values(optimizer.state.hyper)).toEqual([[3, 0.25]]);
  });
});

describe('clipping', () => {
  it('by value bounds each gradient, by norm all of them together, gaps in the pack notwithstanding', async () => {
    const moved = async (options: OptimizerOptions) => {
      const w = weights();
      const before = await values(w);
      stepOf(sgd(w, { lr: 1, ...options }), w)(2);
      const after = await values(w);
      return before.flatMap((row, i) => row.map((x, k) => x - after[i]![k]!));
    };
    const gradients = await moved({});
    (await moved({ clipValue: 0.5 })).forEach((d, i) => {
      expect(d).toBeCloseTo(Math.max(-0.5, Math.min(0.5, gradients[i]!)), 6);
    });
    const norm = Math.hypot(...gradients);
    expect(norm).toBeGreaterThan(10);
    const clipped = await moved({ clipNorm: 1 });
    expect(Math.hypot(...clipped)).toBeCloseTo(1, 5);
    clipped.forEach((d, i) => {
      expect(d).toBeCloseTo(gradients[i]! / norm, 5);
    });
    expect(await moved({ clipNorm: 100 })).toEqual(gradients);
  });
});

describe('a step that is not to proceed', () => {
  const gatedStep = (w: readonly Tensor[], optimizer: Optimizer) =>
    capture((by: Tensor, proceed: Tensor) => {
      optimizer.step(
        w.map((t) => mul(t, by)),
        proceed,
      );
    });

  it('counts for a dynamic loss scale only where its gradients are not finite', async () => {
    const w = weights();
    const optimizer = adam(w, { lossScale: { init: 64, interval: 2 } });
    const step = gatedStep(w, optimizer);
    const follow = async (by: number, proceed: number) => {
      step(by, proceed);
      return (await values(optimizer.state.loss_scale)).flat();
    };
    expect(await follow(1, 1)).toEqual([64, 1]);
    expect(await follow(1, 0)).toEqual([64, 1]);
    expect(await follow(Infinity, 0)).toEqual([32, 0]);
    expect(await follow(1, 1)).toEqual([32, 1]);
    expect(await follow(1, 0)).toEqual([32, 1]);
    expect(await follow(1, 1)).toEqual([64, 0]);
    expect((await values(optimizer.state.hyper))[0]![0]).toBe(3);
  });

  it('costs Adam no dispatch', () => {
    const w = weights();
    const step = gatedStep(w, adam(w));
    step.record(2, 1);
    expect(step.plan!.dispatches).toHaveLength(w.length + 2);
    step.dispose();
  });

  it('takes a scalar of any rank, and nothing else', async () => {
    const w = weights();
    const optimizer = sgd(w);
    optimizer.step(w, tensor([0], [1, 1]));
    expect(await values(w)).toEqual(await values(weights()));
    expect(() => optimizer.step(w, tensor([1, 0], [2]))).toThrow(
      'sgd: step: proceed: expected a scalar, got [2]; reduce it',
    );
  });
});

describe('globalNorm', () => {
  it('is the length of all gradients together', async () => {
    const w = weights();
    const expected = Math.hypot(...(await values(w)).flat());
    expect(await globalNorm(w).item()).toBeCloseTo(expected, 5);
    expect(await globalNorm([...w, state([Number.NaN])]).item()).toBeNaN();
  });

  it.each<OptimizerOptions>([{}, { clipNorm: 1 }])('beside an optimiser with %j is one dispatch', (options) => {
    const dispatches = (report: boolean) => {
      const w = [...weights(), ...weights(), ...weights()];
      const optimizer = adam(w, options);
      const step = capture((by: Tensor) => {
        const gradients = w.map((t) => mul(t, by));
        const norm = report ? [globalNorm(gradients)] : [];
        optimizer.step(gradients);
        return norm;
      });
      step.record(2);
      const { length } = step.plan!.dispatches;
      step.dispose();
      return length;
    };
    expect(dispatches(true) - dispatches(false)).toBe(1);
  });
});

describe('mistakes', () => {
  const w = () => [state([1])];
  it.each<[string, () => unknown]>([
    ['sgd: lr: expected a number of at least 0, got -1', () => sgd(w(), { lr: -1 })],
    ['sgd: momentum: expected a number of at least 0, got NaN', () => sgd(w(), { momentum: Number.NaN })],
    ['sgd: nesterov: expected a momentum above 0 and no dampening, got 0 and 0', () => sgd(w(), { nesterov: true })],
    ['rmsprop: alpha: expected a number below 1, got 1', () => rmsprop(w(), { alpha: 1 })],
    ['adamw: clipNorm: expected a number above 0, got 0', () => adamw(w(), { clipNorm: 0 })],
    ['adamw: lossScale: expected init above 0, got -1', () => adamw(w(), { lossScale: -1 })],
    ['weightAverage: decay: expected a number below 1, got 1', () => weightAverage(w(), { decay: 1 })],
    ['weightClamp: limit: expected a number above 0, got 0', () => weightClamp(w(), 0)],
    ['cosine: steps: expected a whole number of steps of at least 1, got 0', () => cosine({ steps: 0 })],
    ['packStates: expected at least one state tensor', () => sgd([])],
  ])('%s', (message, call) => {
    expect(call).toThrow(message);
  });
});
