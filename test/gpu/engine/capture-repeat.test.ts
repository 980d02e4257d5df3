/** `step.repeat(n, …)`: n runs in one submission, with the results of n calls. */
import { adam, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  CaptureError,
  capture,
  cast,
  gatherBatch,
  mul,
  randomGenerator,
  randomNormal,
  reshape,
  state,
  sum,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';

const device = useDevice();
const values = async (t: Tensor) => Array.from(await t.data());

/** A net that trains on noise and its inputs: parameters, moments, step count and random counter all change. */
function training() {
  const rng = new Rng(4);
  const net = nn.sequential({ a: nn.linear(3, 8, { rng }), tanh: nn.tanh, b: nn.linear(8, 1, { rng }) });
  const parameters = Object.values(net.parameters);
  const optimizer = adam(parameters, { lr: 0.1 });
  const noise = randomGenerator(7);
  const step = capture((x: Tensor, scale: Tensor) => {
    const z = mul(randomNormal(noise, [2, 3]), scale);
    const loss = nn.bceWithLogits(net.forward(add(reshape(x, [2, 3]), z)), 1);
    optimizer.step(grad(loss, parameters));
    return loss;
  });
  const { exp_avg, exp_avg_sq, hyper } = optimizer.state;
  return { step, state: [...parameters, ...exp_avg, ...exp_avg_sq, ...hyper, noise] };
}

const inputs = new Rng(2).normals(5 * 6);

describe('repeat', () => {
  it('of 5 runs ends in the bits of 5 calls, in one submission', async () => {
    const [called, repeated] = [training(), training()];
    for (let i = 0; i < 5; i++) called.step(inputs.slice(6 * i, 6 * i + 6), 0.5);
    const log = repeated.step.log();
    await repeated.step.prepare(inputs.slice(0, 6), 0.5);
    const before = { ...device().statistics };
    const loss = repeated.step.repeat(5, inputs, 0.5);
    expect(device().statistics.submits - before.submits).toBe(1);
    expect(device().statistics.dispatches - before.dispatches).toBe(5 * repeated.step.plan!.dispatches.length);
    for (const [i, t] of called.state.entries()) expect(await values(repeated.state[i]!)).toEqual(await values(t));
    const rows = await log.flush();
    expect(rows).toHaveLength(5);
    expect(Array.from(rows[4]!)).toEqual(await values(loss));
    expect(new Set(rows.map((row) => row[0])).size).toBe(5);
  });

  it('creates nothing on the device once it has run', () => {
    const { step } = training();
    step.repeat(5, inputs, 1);
    const { buffers, bindGroups } = device().statistics;
    const { inUse } = device().pool;
    for (let i = 0; i < 3; i++) step.repeat(5, inputs, 1);
    step.repeat(2, inputs.slice(0, 12), 1);
    expect(device().statistics).toMatchObject({ buffers, bindGroups });
    expect(device().pool.inUse).toBe(inUse);
  });

  it('takes the same tensor or number for every run, as it is when the run begins', async () => {
    const s = state([1]);
    const double = capture((x: Tensor) => assign(s, add(s, x)));
    double.repeat(4, s);
    expect(await values(s)).toEqual([16]);
    double.repeat(3, tensor([10]));
    expect(await values(s)).toEqual([46]);
    const next = capture((x: Tensor) => mul(x, 3));
    expect(await values(next.repeat(4, next(tensor([1]))))).toEqual([3 ** 5]);
    const count = capture((x: Tensor) => assign(s, add(s, x)));
    expect(count.repeat(2, Float32Array.of(1, 2))).toBeUndefined();
    count.repeat(3, tensor([1]));
    expect(await values(s)).toEqual([52]);
  });

  it('gives each run its bytes, words filled or not', async () => {
    const total = state([0, 0, 0]);
    const step = capture((bytes: Tensor) => {
      const row = gatherBatch(reshape(bytes, [1, 3]), tensor(Uint32Array.of(0)));
      assign(total, add(mul(total, 10), reshape(cast(row, 'f32'), [3])));
    });
    step.repeat(3, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    const [a, b, c] = await values(total);
    // gatherBatch gives bytes as b / 127.5 - 1
    const seen = (...bytes: number[]) => bytes.reduce((sum, byte) => 10 * sum + (byte / 127.5 - 1), 0);
    expect(a).toBeCloseTo(seen(1, 4, 7), 3);
    expect(b).toBeCloseTo(seen(2, 5, 8), 3);
    expect(c).toBeCloseTo(seen(3, 6, 9), 3);
  });

  it('of thousands of dispatches takes several submissions', async () => {
    const s = state([0]);
    const step = capture((x: Tensor) => {
      assign(s, add(s, x));
      return sum(s);
    });
    await step.prepare(1);
    const perRun = step.plan!.dispatches.length;
    const before = device().statistics.submits;
    const last = step.repeat(3000, 1);
    expect(device().statistics.submits - before).toBe(Math.ceil(3000 / Math.floor(2048 / perRun)));
    expect(await last.item()).toBe(3000);
  });

  it('refuses what it cannot do', () => {
    const step = capture((x: Tensor) => mul(x, 2));
    expect(() => step.repeat(0, 1)).toThrow(CaptureError);
    expect(() => step.repeat(0, 1)).toThrow('repeat: expected a whole number of runs of at least 1, got 0');
    expect(() => step.repeat(1.5, 1)).toThrow('got 1.5');
    expect(() => step.repeat(3, new Float32Array(4))).toThrow(
      'repeat: input 0 has 4 values, which 3 runs do not share evenly',
    );
  });
});
