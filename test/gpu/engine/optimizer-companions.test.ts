/** What goes with an optimiser in a captured step: schedules, averages and clamps of its weights, and the pack they lie in. */
import {
  cosine,
  linearWarmup,
  rmsprop,
  scheduleLearningRate,
  sgd,
  stepDecay,
  weightAverage,
  weightClamp,
} from '@ganvas/autograd';
import { capture, packStates, state, type Tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { stepOf, values, weights } from './optimizer-step.ts';

useDevice();

describe('scheduleLearningRate', () => {
  it('writes lr · schedule(step), only where it differs', () => {
    const written: number[] = [];
    const follow = scheduleLearningRate(
      { setLearningRate: (lr) => void written.push(lr) },
      8,
      stepDecay({ every: 2, factor: 0.5 }),
    );
    expect([0, 1, 2, 3, 4].map(follow)).toEqual([8, 8, 4, 4, 2]);
    expect(written).toEqual([8, 4, 2]);
  });

  it('steers a captured step', async () => {
    const w = [state([8])];
    const optimizer = sgd(w, { lr: 1 });
    const step = capture((g: Tensor) => optimizer.step([g]));
    const follow = scheduleLearningRate(optimizer, 1, linearWarmup({ steps: 2, start: 0.5 }, cosine({ steps: 2 })));
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      follow(i);
      step(new Float32Array([1]));
      seen.push(await w[0]!.item());
    }
    const expected = [7.5, 6.75, 5.75, 5.25, 5.25]; // rates 1/2, 3/4, 1, 1/2, 0
    seen.forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i]!, 6);
    });
  });
});

describe('weightAverage', () => {
  const run = async (options: { decay?: number; warmup?: boolean }) => {
    const w = weights();
    const optimizer = sgd(w, { lr: 0.1 });
    const average = weightAverage(w, options);
    const step = stepOf(optimizer, w, average.update);
    const shadow = (await values(w)).map((row) => [...row]);
    for (let n = 1; n <= 12; n++) {
      step(1);
      const { decay = 0.999, warmup = true } = options;
      const d = warmup ? Math.min(decay, (1 + n) / (10 + n)) : decay;
      (await values(w)).forEach((row, i) => {
        row.forEach((x, k) => {
          shadow[i]![k]! -= (1 - d) * (shadow[i]![k]! - x);
        });
      });
    }
    return { w, average, shadow, step };
  };

  it.each([{}, { decay: 0.3 }, { decay: 0.9, warmup: false }])('is torch_ema’s, %j', async (options) => {
    const { average, shadow } = await run(options);
    (await values(average.state.shadow_params)).flat().forEach((x, i) => {
      expect(x).toBeCloseTo(shadow.flat()[i]!, 5);
    });
    expect(await values(average.state.num_updates)).toEqual([[12]]);
  });

  it('swaps weights and averages, twice back to where they were', async () => {
    const { average, w } = await run({});
    const [weightsBefore, averages] = [await values(w), await values(average.state.shadow_params)];
    average.swap();
    expect([await values(w), await values(average.state.shadow_params)]).toEqual([averages, weightsBefore]);
    average.swap();
    expect([await values(w), await values(average.state.shadow_params)]).toEqual([weightsBefore, averages]);
  });
});

describe('weightClamp', () => {
  it("bounds an optimiser's weights behind its update, in one dispatch", async () => {
    const w = weights();
    const clamp = weightClamp(w, 0.01);
    const step = stepOf(rmsprop(w), w, clamp);
    step(1);
    expect(step.plan!.dispatches).toHaveLength(w.length + 3);
    const after = (await values(w)).flat();
    expect(Math.max(...after)).toBe(Math.fround(0.01));
    expect(Math.min(...after)).toBe(Math.fround(-0.01));
  });
});

describe('packStates', () => {
  it('leaves what it packed before where it is, and refuses to tear a pack apart', async () => {
    const w = [...weights(), state([1, 2])];
    const flat = packStates(w);
    const again = packStates(w.slice(0, 2));
    expect(again.storage).toBe(flat.storage);
    expect(again.size).toBe(192);
    expect(packStates(w.slice(1)).offset).toBe(4 * 64);
    expect(() => packStates([w[0]!, w[2]!])).toThrow('packStates: state 1, [2], does not follow');
    expect(() => packStates([state([1]), w[0]!])).toThrow('packStates: state 1, [37], does not follow');
    expect(await values([w[2]!])).toEqual([[1, 2]]);
  });
});
