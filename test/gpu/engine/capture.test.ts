import { adam, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  CaptureError,
  capture,
  mul,
  neg,
  reshape,
  state,
  sum,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from '@ganvas/tensor';
import { jest } from '@jest/globals';
import { useDevice } from '../device.ts';

const device = useDevice();
const values = async (t: Tensor) => Array.from(await t.data());

/** A small net that trains on inputs with Adam: everything a training step does. */
function trainer() {
  const rng = new Rng(1);
  const net = nn.sequential({
    conv: nn.conv2d(1, 4, { rng, kernel: 3, stride: 2, padding: 1 }),
    norm: nn.batchNorm2d(4, { rng }),
    relu: nn.leakyRelu(0.2),
    flat: nn.flatten,
    out: nn.linear(16, 1, { rng }),
  });
  const parameters = Object.values(net.parameters);
  const optimizer = adam(parameters, { lr: 0.01 });
  const x = tensor(rng.normals(32), [2, 4, 4, 1]);
  const step = capture((target: Tensor) => {
    const loss = nn.bceWithLogits(net.forward(x), target);
    optimizer.step(grad(loss, parameters));
    return loss;
  });
  return { net, step };
}

describe('replay', () => {
  it('of 100 training steps creates no buffer and no bind group, and submits 100 times', async () => {
    const { step } = trainer();
    await step.prepare(1);
    const first = await step(1).item();
    const { gpu, statistics } = device();
    const spies = {
      buffers: jest.spyOn(gpu, 'createBuffer'),
      bindGroups: jest.spyOn(gpu, 'createBindGroup'),
      pipelines: jest.spyOn(gpu, 'createComputePipeline'),
      modules: jest.spyOn(gpu, 'createShaderModule'),
      submits: jest.spyOn(gpu.queue, 'submit'),
    };
    const before = { ...statistics };
    for (let i = 0; i < 100; i++) step(1);
    const calls = Object.entries(spies).map(([name, spy]) => [name, spy.mock.calls.length]);
    for (const spy of Object.values(spies)) spy.mockRestore();
    expect(Object.fromEntries(calls)).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0, modules: 0, submits: 100 });
    expect(statistics).toEqual({
      ...before,
      submits: before.submits + 100,
      dispatches: before.dispatches + 100 * step.plan!.dispatches.length,
    });
    expect(await step(1).item()).toBeLessThan(0.5 * first);
  });

  it('twice from one seed ends in the same bits', async () => {
    const run = async () => {
      const { net, step } = trainer();
      for (let i = 0; i < 5; i++) step(i % 2);
      return Promise.all(Object.values({ ...net.parameters, ...net.buffers }).map(values));
    };
    expect(await run()).toEqual(await run());
  });
});

describe('inputs', () => {
  it('are numbers, typed arrays and tensors', async () => {
    const step = capture((a: Tensor, b: Tensor, c: Tensor) => add(mul(a, b), c));
    const c = tensor([[10], [20]]);
    expect(await values(step(2, Float32Array.of(1, 2, 3), c))).toEqual([12, 14, 16, 22, 24, 26]);
    expect(await values(step(3, Float32Array.of(1, 0, 0), mul(c, 10)))).toEqual([103, 100, 100, 203, 200, 200]);
  });

  it('may be constants, and what the step itself returned', async () => {
    const step = capture((x: Tensor) => add(x, 1));
    expect(await values(step(zeros([2])))).toEqual([1, 1]);
    expect(await values(step(step(step(Float32Array.of(0, 5)))))).toEqual([3, 8]);
    const same = capture((x: Tensor) => reshape(x, [2, 1]));
    expect(await values(same(reshape(same(tensor([7, 8])), [2])))).toEqual([7, 8]);
  });

  it('of other shapes compile again, and the least recently used goes', async () => {
    let recorded = 0;
    const step = capture(
      (x: Tensor) => {
        recorded++;
        return sum(x);
      },
      { cacheSize: 2 },
    );
    const ofSize = async (n: number) => [await step(new Float32Array(n).fill(1)).item(), recorded];
    expect(await ofSize(1)).toEqual([1, 1]);
    expect(await ofSize(2)).toEqual([2, 2]);
    expect(await ofSize(1)).toEqual([1, 2]);
    expect(await ofSize(3)).toEqual([3, 3]); // 2 goes
    expect(await ofSize(1)).toEqual([1, 3]);
    expect(await ofSize(2)).toEqual([2, 4]);
  });

  it('of other shapes are refused where the caller said so', async () => {
    const step = capture((x: Tensor, y: Tensor) => add(x, y), { shapes: 'fixed' });
    expect(await values(step(Float32Array.of(1, 2), 3))).toEqual([4, 5]);
    expect(() => step(Float32Array.of(1, 2, 3), 3)).toThrow(CaptureError);
    expect(() => step(Float32Array.of(1, 2, 3), 3)).toThrow(
      "capture: input 0: expected f32[2], as recorded, got f32[3]; a step captured with shapes: 'recompile' takes other shapes",
    );
    expect(() => step(Float32Array.of(1, 2), Uint32Array.of(3))).toThrow(
      'capture: input 1: expected f32[], as recorded, got u32[1]',
    );
    expect(() => step(...([Float32Array.of(1, 2)] as never as [Float32Array, number]))).toThrow(
      'capture: expected 2 inputs, as recorded, got 1',
    );
    expect(await values(step(tensor([5, 6]), 1))).toEqual([6, 7]);
    const s = state([1, 2]);
    const follows = capture((x: Tensor) => mul(x, s), { shapes: 'fixed' });
    follows(2);
    adam([s]); // moves it: the same shapes are compiled again
    expect(await values(follows(2))).toEqual([2, 4]);
  });

  it('that are no data are refused', () => {
    const step = capture((x: Tensor) => neg(x));
    expect(() => step([1, 2] as never)).toThrow('expected a Float32Array, Uint32Array, Int32Array or Uint8Array');
    const gone = tensor([1]);
    gone.dispose();
    expect(() => step(gone)).toThrow('capture: an input of shape [1] was disposed');
    let leaked: Tensor | undefined;
    capture(() => {
      leaked = neg(tensor([1]));
      return leaked;
    })();
    expect(() => step(leaked!)).toThrow(/capture: .* \[1\] .*recorded/);
  });
});

describe('state', () => {
  it('lives from call to call, and is read where it is', async () => {
    const s = state([1, 2]);
    const step = capture(() => {
      const old = mul(s, 10);
      assign(s, add(s, 1));
      return { old, now: s };
    });
    step();
    const { old, now } = step();
    expect([await values(old), await values(now), await values(s)]).toEqual([
      [20, 30],
      [3, 4],
      [3, 4],
    ]);
    s.write(Float32Array.of(7, 8));
    expect(await values(step().old)).toEqual([70, 80]);
  });

  it('that moves after the step was compiled is followed', async () => {
    const s = state([1, 2]);
    const step = capture(() => mul(s, 10));
    expect(await values(step())).toEqual([10, 20]);
    adam([s]); // packs its parameters into one buffer
    tensor([99, 99]); // takes the place where s was
    expect(await values(step())).toEqual([10, 20]);
    s.write(Float32Array.of(3, 4));
    expect(await values(step())).toEqual([30, 40]);
  });
});

it('captures leave no memory behind', () => {
  const before = device().pool.inUse;
  tidy(() => {
    const step = capture((x: Tensor) => neg(x));
    step(Float32Array.of(1, 2, 3));
    step.dispose();
  });
  expect(device().pool.inUse).toBe(before);
});
