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
  setDefaultDevice,
  state,
  sum,
  type Tensor,
  TensorError,
  tensor,
  tidy,
  zeros,
} from '@ganvas/tensor';
import { jest } from '@jest/globals';
import { anotherDevice, useDevice } from '../device.ts';

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

describe('verify', () => {
  it('finds a number that was frozen', async () => {
    let rate = 1;
    const step = capture((x: Tensor) => mul(x, rate), { verify: true });
    expect(await step(3).item()).toBe(3);
    expect(await step(4).item()).toBe(4);
    rate = 2;
    expect(() => step(5)).toThrow(CaptureError);
    expect(() => step(5)).toThrow(/compiled: .*"value":1[\s\S]*now: .*"value":2[\s\S]*make it an input/);
  });

  it('finds a branch that went another way', () => {
    let flag = true;
    const step = capture((x: Tensor) => (flag ? neg(x) : add(x, x)), { verify: true });
    step(1);
    flag = false;
    expect(() => step(1)).toThrow(/compiled: .*neg[\s\S]*now: .*add/);
  });

  it('finds another tensor in the place of one', () => {
    let [table, other] = [tensor([1]), tensor([2])];
    const step = capture((x: Tensor) => add(mul(x, table), other), { verify: true });
    step(1);
    table = other;
    expect(() => step(1)).toThrow(CaptureError);
    other = table;
  });
});

describe('mistakes', () => {
  it('a step inside another capture', () => {
    const inner = capture((x: Tensor) => neg(x));
    const outer = capture((x: Tensor) => inner(x));
    expect(() => outer(1)).toThrow(CaptureError);
    expect(() => outer(1)).toThrow('a step was called inside another capture; record its function directly');
    expect(inner(1).shape).toEqual([]); // the failure left no recording open
  });

  it('reading what is only recorded', async () => {
    let reading: Promise<unknown> | undefined;
    capture((x: Tensor) => {
      const y = neg(x);
      reading = y.data();
      reading.catch(() => {});
      return y;
    })(1);
    await expect(reading).rejects.toThrow(TensorError);
    await expect(reading).rejects.toThrow('return it from the captured function');
  });

  it('a recorded tensor that is used elsewhere', () => {
    let leaked: Tensor | undefined;
    capture((x: Tensor) => {
      leaked = neg(x);
      return x;
    })(1);
    expect(() => capture(() => neg(leaked!))()).toThrow('was recorded in another capture');
    expect(() => neg(leaked!)).toThrow('was recorded in another capture');
  });

  it('a tensor that the step reads was disposed', () => {
    const table = tensor([1, 2]);
    const step = capture((x: Tensor) => add(x, table));
    step(1);
    table.dispose();
    expect(() => step(1)).toThrow('capture: a tensor of shape [2] that the step reads was disposed');
  });

  it('assigning to what is no state', () => {
    const t = tensor([1]);
    expect(() => assign(t, tensor([2]))).toThrow('assign: only a state tensor can be written; make one with state(');
    expect(() => t.write(Float32Array.of(1))).toThrow('write: only a state tensor can be written');
    expect(() => state([1]).write(new Float32Array(2))).toThrow('write: expected 1 values for shape [1], got 2');
    expect(() => assign(state([1, 2]), tensor([[1, 2]]))).toThrow('assign: the state is f32[2], the value f32[1,2]');
  });

  it('a step that was disposed compiles again', async () => {
    const step = capture((x: Tensor) => neg(x));
    const result = step(1);
    step.dispose();
    expect(result.isDisposed).toBe(true);
    expect(await step(2).item()).toBe(-2);
  });

  it('tensors of two devices', async () => {
    const mine = tensor([1]);
    const other = await anotherDevice();
    setDefaultDevice(device());
    const theirs = tensor([2], undefined, { device: other });
    expect(() => add(mine, theirs)).toThrow('add: inputs live on different devices');
    const step = capture((x: Tensor) => neg(x));
    step(mine);
    expect(() => step(theirs)).toThrow(/different devices/);
    other.close();
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
