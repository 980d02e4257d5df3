/** softmax and logSoftmax as ops: which axis they mean, and that they are what primitive ops make of it. */
import { Rng } from '@ganvas/kernels-wgsl';
import { div, exp, log, logSoftmax, max, mul, softmax, sub, sum, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();

const SHAPE = [3, 4, 5];
const values = () => tensor(new Rng(1).normals(60, 0, 4), SHAPE);

async function expectSame(actual: Tensor, expected: Tensor) {
  expect(actual.shape).toEqual(expected.shape);
  const [a, e] = [await actual.data(), await expected.data()];
  a.forEach((v, i) => {
    expect(v).toBeCloseTo(e[i]!, 5);
  });
}

describe('softmax', () => {
  it.each([0, 1, 2, -1, -3])('over axis %i', async (axis) => {
    const x = values();
    const shifted = sub(x, max(x, axis, { keepDims: true }));
    const total = sum(exp(shifted), axis, { keepDims: true });
    await expectSame(softmax(x, axis), div(exp(shifted), total));
    await expectSame(logSoftmax(x, axis), sub(shifted, log(total)));
  });

  it('over the last axis by default', async () => {
    await expectSame(softmax(values()), softmax(values(), 2));
  });

  it('keeps the logarithm of what softmax rounds to 0', async () => {
    const x = tensor([200, 0]);
    expect(Array.from(await softmax(x).data())).toEqual([1, 0]);
    expect(Array.from(await logSoftmax(x).data())).toEqual([0, -200]);
  });

  it('says what is wrong with its axis and input', () => {
    expect(() => softmax(values(), 3)).toThrow(
      'softmax: axis 3 is out of range for a tensor of rank 3 (expected -3 to 2)',
    );
    expect(() => logSoftmax(tensor(Uint32Array.of(1, 2)))).toThrow('logSoftmax: expected f32, got u32[2]');
    expect(() => softmax(sum(mul(values(), 2)))).toThrow('softmax: axis -1 is out of range for a tensor of rank 0');
  });
});
