/** A tour of the system, from a tensor to a net that learns. Read it first. */
import { adam, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  broadcastTo,
  capture,
  matmul,
  mul,
  randomGenerator,
  randomUniform,
  sigmoid,
  state,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@ganvas/tensor';
import { useDevice } from './gpu/device.ts';

const device = useDevice();
const values = async (t: Tensor) => Array.from(await t.data());

it('computes with tensors on the device', async () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(x.shape).toEqual([2, 3]);
  expect(await values(add(x, x))).toEqual([2, 4, 6, 8, 10, 12]);
  expect(await values(mul(x, 0.5))).toEqual([0.5, 1, 1.5, 2, 2.5, 3]);
  expect(await values(sum(x, 0))).toEqual([5, 7, 9]);
  expect(await sum(x).item()).toBe(21);
});

it('broadcasts as NumPy does', async () => {
  const row = tensor([10, 20, 30]);
  const column = tensor([[1], [2]]);
  expect(await values(add(row, column))).toEqual([11, 21, 31, 12, 22, 32]);
  expect(await values(broadcastTo(column, [2, 2]))).toEqual([1, 1, 2, 2]);
});

it('multiplies matrices', async () => {
  const a = tensor([
    [1, 2],
    [3, 4],
  ]);
  const b = tensor([
    [5, 6],
    [7, 8],
  ]);
  expect(await values(matmul(a, b))).toEqual([19, 22, 43, 50]);
  expect(await values(matmul(a, b, { transposeB: true }))).toEqual([17, 23, 39, 53]);
});

it('differentiates, and differentiates what it differentiated', async () => {
  const x = tensor([1, 2, 3]);
  const [first] = grad(sum(mul(mul(x, x), x)), [x]); // 3x²
  expect(await values(first!)).toEqual([3, 12, 27]);
  const [second] = grad(sum(first!), [x]); // 6x
  expect(await values(second!)).toEqual([6, 12, 18]);
});

it('prints values and shape', () => {
  const x = tensor([
    [1, 2.5],
    [-3, 4],
  ]);
  expect(String(x)).toBe('tensor([2,2] f32,\n[[ 1. ,  2.5],\n [-3. ,  4. ]])');
});

it('keeps state, which a captured step changes', async () => {
  const counter = state([0]);
  const count = capture((by: Tensor) => {
    assign(counter, add(counter, by));
    return mul(counter, 10);
  });
  count(1);
  const { buffers, bindGroups } = device().statistics;
  expect(await values(count(2))).toEqual([30]); // a replay: nothing new on the device
  expect(device().statistics).toMatchObject({ buffers, bindGroups });
  expect(await values(counter)).toEqual([3]);
});

it('draws random numbers from a state, the same ones for the same seed', async () => {
  const draw = (seed: number) => values(randomUniform(randomGenerator(seed), [4]));
  const drawn = await draw(7);
  expect(drawn.every((u) => u >= 0 && u < 1)).toBe(true);
  expect(await draw(7)).toEqual(drawn);
  expect(await draw(8)).not.toEqual(drawn);
  const host = new Rng(7);
  expect(drawn).toEqual(drawn.map(() => host.uniform()));
});

it('frees what nobody returned', () => {
  const before = device().pool.inUse;
  const kept = tidy(() => sum(mul(add(tensor([1, 2]), 1), 2)));
  expect(device().pool.inUse).toBe(before + 256);
  kept.dispose();
  expect(device().pool.inUse).toBe(before);
});

it('trains a net of two layers on XOR', async () => {
  const rng = new Rng(3);
  const net = nn.sequential({
    hidden: nn.linear(2, 8, { rng }),
    tanh: nn.tanh,
    out: nn.linear(8, 1, { rng }),
  });
  const parameters = Object.values(net.parameters);
  const optimizer = adam(parameters, { lr: 0.05 });
  const x = tensor([0, 0, 0, 1, 1, 0, 1, 1].map(Number), [4, 2]);
  const y = tensor([[0], [1], [1], [0]]);

  const train = capture(() => {
    const loss = nn.bceWithLogits(net.forward(x), y);
    optimizer.step(grad(loss, parameters));
    return loss;
  });
  const start = await train().item();
  for (let i = 0; i < 200; i++) train();
  expect(start).toBeGreaterThan(0.6);
  expect(await train().item()).toBeLessThan(0.05);
  expect((await values(sigmoid(net.forward(x)))).map(Math.round)).toEqual([0, 1, 1, 0]);
});
