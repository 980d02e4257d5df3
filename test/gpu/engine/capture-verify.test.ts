/** `verify: true`: what a call would record anew, held against what was compiled, with the line that records it. */
import { adam, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  CaptureError,
  capture,
  full,
  mul,
  neg,
  reshape,
  state,
  sum,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();

/** Where the code that calls this stands, one line below it. */
const nextLine = (): string => {
  const [, file, line] = /(capture-verify\.test\.ts):(\d+):\d+/.exec(new Error().stack!.split('\n')[2]!)!;
  return `${file}:${Number(line) + 1}:`;
};

describe('verify finds', () => {
  it('a number that was frozen, and the line', async () => {
    let rate = 1;
    let line = '';
    const step = capture(
      (x: Tensor) => {
        line = nextLine();
        return mul(x, rate);
      },
      { verify: true },
    );
    expect(await step(3).item()).toBe(3);
    expect(await step(4).item()).toBe(4);
    rate = 2;
    expect(() => step(5)).toThrow(CaptureError);
    expect(() => step(5)).toThrow(line);
    expect(() => step(5)).toThrow(/ at %\d+ fill \([^ ]+\): attribute "value": compiled 1, now 2\n/);
    expect(() => step(5)).toThrow(/compiled: .*"value":1[\s\S]*now: .*"value":2[\s\S]*make it an input/);
    rate = 1;
    expect(await step(6).item()).toBe(6);
  });

  it('a branch that went another way', () => {
    let flag = true;
    let line = '';
    const step = capture(
      (x: Tensor) => {
        line = flag ? '' : nextLine();
        return flag ? neg(x) : mul(x, x);
      },
      { verify: true },
    );
    step(1);
    flag = false;
    expect(() => step(1)).toThrow(/at %1 mul \(.*\): compiled neg, now mul\n {2}compiled: .*neg.*\n {2}now: {6}.*mul/);
    expect(() => step(1)).toThrow(line);
  });

  it('a shape', () => {
    let columns = 2;
    const step = capture((x: Tensor) => reshape(x, [-1, columns]), { verify: true });
    const x = tensor([1, 2, 3, 4]);
    step(x);
    columns = 1;
    expect(() => step(x)).toThrow(
      /at %1 reshape \(.*capture-verify.*\): attribute "shape": compiled \[2,2\], now \[4,1\]/,
    );
  });

  it('a loop that went on, and one that ended early', () => {
    let rounds = 2;
    const step = capture(
      (x: Tensor) => {
        let y = x;
        for (let i = 0; i < rounds; i++) y = neg(y);
        return y;
      },
      { verify: true },
    );
    step(1);
    rounds = 3;
    expect(() => step(1)).toThrow(/at %3 neg \(.*\): compiled no further op, now neg/);
    rounds = 1;
    expect(() => step(1)).toThrow(/at %2 neg \(.*\): compiled neg, now no further op/);
  });

  it('another operand', () => {
    let flag = true;
    const step = capture((x: Tensor, y: Tensor) => add(x, flag ? y : x), { verify: true });
    step(1, 2);
    flag = false;
    // Values are numbered where they are first used, and the second input no longer is.
    expect(() => step(1, 2)).toThrow(/at %1 add \(/);
    expect(() => step(1, 2)).toThrow(/input 1: compiled %1 f32\[\] in memory 1, now %0 f32\[\] in memory 0/);
  });

  it('another result', () => {
    let flag = true;
    const step = capture(
      (x: Tensor) => {
        const [a, b] = [neg(x), mul(x, x)];
        return flag ? a : b;
      },
      { verify: true },
    );
    step(1);
    flag = false;
    expect(() => step(1)).toThrow(
      /at what it returns: output 0: compiled %1 f32\[\], now %2 f32\[\]\n {2}compiled: return %1/,
    );
  });

  it('another tensor in the place of one, of the same shape or not', () => {
    let table = tensor([1]);
    const step = capture((x: Tensor) => mul(x, table), { verify: true });
    step(1);
    table = tensor([2]);
    expect(() => step(1)).toThrow(
      /at %2 mul \(.*\): input 1: compiled %1 f32\[1\] in memory 1, now another tensor of that shape/,
    );
    table = tensor([2, 3]);
    expect(() => step(1)).toThrow(/input 1: compiled %1 f32\[1\] in memory 1, now %1 f32\[2\] in memory 1/);
  });

  it('a constant from outside, which no line of the function makes', () => {
    let rate = full([], 1);
    const step = capture((x: Tensor) => mul(x, rate), { verify: true });
    step(1);
    rate = full([], 2);
    expect(() => step(1)).toThrow(/at %1 fill: attribute "value": compiled 1, now 2/);
  });
});

describe('verify has nothing against', () => {
  it('a tensor that the function makes anew from the same values, and finds other values', () => {
    let values = [1, 2];
    const step = capture((x: Tensor) => mul(x, tensor(values)), { verify: true });
    step(1);
    step(2);
    values = [1, 3];
    expect(() => step(3)).toThrow('now another tensor of that shape');
  });

  it('state, inputs, and a training step', async () => {
    const rng = new Rng(1);
    const net = nn.sequential({ a: nn.linear(2, 4, { rng }), tanh: nn.tanh, b: nn.linear(4, 1, { rng }) });
    const parameters = Object.values(net.parameters);
    const optimizer = adam(parameters);
    const count = state([0]);
    const train = (verify: boolean) =>
      capture(
        (x: Tensor) => {
          assign(count, add(count, 1));
          const loss = sum(net.forward(reshape(x, [-1, 2])));
          optimizer.step(grad(loss, parameters));
          return loss;
        },
        { verify },
      );
    const step = train(true);
    for (let i = 0; i < 3; i++) step(Float32Array.of(i, 1));
    train(false)(Float32Array.of(3, 1));
    expect(Array.from(await count.data())).toEqual([4]);
  });
});
