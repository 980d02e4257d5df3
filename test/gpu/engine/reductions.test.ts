/** What fixtures do not hold: long ranges, extreme values, and what is refused. */
import { grad } from '@ganvas/autograd';
import * as ops from '@ganvas/tensor';
import { capture, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();
const values = async (t: Tensor): Promise<number[]> => Array.from(await t.data());

it('cumSum over a few thousand keeps its digits', async () => {
  const x = Float32Array.from({ length: 3000 }, (_, i) => ((i * 7919 + 1) % 1009) / 1009);
  const total = await values(ops.cumSum(tensor(x), 0));
  let sum = 0;
  total.forEach((v, i) => {
    sum += x[i]!;
    expect(Math.abs(v - sum) / sum).toBeLessThan(2e-6);
  });
});

it('logSumExp of infinities', async () => {
  const [inf, none] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const x = tensor([none, none, none, 1, inf, 1, 3e38, 3e38], [4, 2]);
  expect(await values(ops.logSumExp(x, 1))).toEqual([none, 1, inf, Math.fround(3e38)]);
});

it('std and norm have the gradient 0 where they are 0, and so do theirs', async () => {
  const x = tensor([
    [2, 2, 2],
    [0, 3, 4],
  ]);
  const [g] = grad(ops.sum(ops.std(x, 1)), [x]);
  const [ofNorm] = grad(ops.sum(ops.norm(ops.sub(x, 2), 1)), [x]);
  const [second] = grad(ops.sum(ops.square(ofNorm)), [x], { unused: 'zero' });
  for (const t of [g, ofNorm, second]) {
    const all = await values(t);
    expect(all.slice(0, 3)).toEqual([0, 0, 0]);
    expect(all.every(Number.isFinite)).toBe(true);
  }
  expect((await values(g)).slice(3).some((v) => v !== 0)).toBe(true);
});

it('the gradient of a product of hundreds, some of them 0, is that of its definition', async () => {
  const x = Float32Array.from({ length: 2 * 300 }, (_, i) => 1 + Math.sin(i) / 20);
  x[17] = 0;
  const t = tensor(x, [2, 300]);
  const [g] = grad(ops.sum(ops.prod(t, 1)), [t]);
  const actual = await values(g);
  for (const i of [0, 16, 17, 18, 299, 300, 599]) {
    const row = Math.floor(i / 300) * 300;
    const others = x.subarray(row, row + 300).reduce((product, v, j) => (row + j === i ? product : product * v), 1);
    expect(Math.abs(actual[i]! - others)).toBeLessThanOrEqual(1e-5 * Math.abs(others));
  }
});

it('argMax over several axes counts in row-major order, captured as well', async () => {
  const x = tensor(
    Float32Array.from({ length: 24 }, (_, i) => (i * 7) % 23),
    [2, 3, 4],
  );
  const data = await values(x);
  const expected = [0, 1, 2].map((row) => {
    const over = [0, 1].flatMap((a) => [0, 1, 2, 3].map((b) => data[a * 12 + row * 4 + b]!));
    return over.indexOf(Math.max(...over));
  });
  const result = ops.argMax(x, [0, 2]);
  expect([result.dtype, await values(result)]).toEqual(['i32', expected]);
  expect(await values(capture((t: Tensor) => ops.argMax(t, [0, -1]))(x))).toEqual(expected);
});

it('says what is wrong', () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  expect(() => ops.variance(tensor([1]))).toThrow('variance: correction 1 leaves nothing of 1 elements');
  expect(() => ops.std(x, 1, { correction: 2 })).toThrow('std: correction 2 leaves nothing of 2 elements');
  expect(() => ops.norm(x, 0, { p: 3 as 2 })).toThrow('norm: expected p 1, 2 or Infinity, got 3');
  expect(() => ops.cumSum(x, 2)).toThrow('cumSum: axis 2 is out of range for a tensor of rank 2');
  expect(() => ops.argMin(ops.cast(x, 'i32'))).toThrow('argMin: expected f32 or f16, got i32[2,2]');
  expect(() => ops.prod(ops.cast(x, 'u32'))).toThrow('prod: expected f32, got u32[2,2]');
});
