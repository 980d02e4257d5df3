/** The layers that see a batch, on batches whose answers are known. Against PyTorch: models-torch.test.ts. */
import { grad } from '@ganvas/autograd';
import { minibatchDiscrimination, minibatchStddev, packing } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  abs,
  assign,
  concat,
  exp,
  matmul,
  mul,
  neg,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { expectClose } from '../rig.ts';

useDevice();

describe('minibatchDiscrimination', () => {
  const layer = (kernels: number, dims: number) => minibatchDiscrimination(2, { kernels, dims, rng: new Rng(1) });
  const added = async (batch: number[][], net = layer(1, 1)) => {
    const y = await net.forward(tensor(batch)).data();
    return batch.map((_, i) => y[i * 3 + 2]!);
  };

  it('counts those that are the same as an example, itself left out', async () => {
    const near = await added([
      [1, 2],
      [1, 2],
      [1, 2],
      [500, -900],
    ]);
    near.forEach((value, i) => {
      expect(value).toBeCloseTo([2, 2, 2, 0][i]!, 5);
    });
  });

  it('weighs the others by exp(−distance)', async () => {
    const net = layer(1, 1);
    assign(net.parameters.T!, tensor([1, 10], [2, 1, 1]));
    const [first] = await added(
      [
        [0, 0],
        [2, 0],
        [0, 0.1],
      ],
      net,
    );
    expect(first).toBeCloseTo(Math.exp(-2) + Math.exp(-1), 5);
  });

  it('has the gradients of first and second order that the chain rule finds', async () => {
    const [batch, features, kernels, dims] = [5, 3, 2, 4];
    const net = minibatchDiscrimination(features, { kernels, dims, rng: new Rng(1) });
    const { T } = net.parameters;
    const plain = (x: Tensor) => {
      const M = reshape(matmul(x, reshape(T!, [features, kernels * dims])), [batch, 1, kernels, dims]);
      const distance = sum(abs(sub(M, reshape(M, [1, batch, kernels, dims]))), 3);
      return concat([x, sub(sum(exp(neg(distance)), 1), 1)], 1);
    };
    const x = tensor(new Rng(2).normals(batch * features, 0, 0.3), [batch, features]);
    const weight = tensor(new Rng(3).normals(batch * (features + kernels)), [batch, features + kernels]);
    const answers = [net.forward, plain].map((layer) => {
      const [first] = grad(sum(mul(layer(x), weight)), [x]);
      return [layer(x), first!, ...grad(sum(mul(first!, square(first!))), [x, T!])];
    });
    const [own, expected] = await Promise.all(
      answers.map((tensors) => Promise.all(tensors.map(async (t) => (await t.data()) as Float32Array))),
    );
    expect(own!).toHaveLength(4);
    for (const [i, values] of own!.entries()) {
      expect(Math.max(...expected![i]!.map(Math.abs))).toBeGreaterThan(0.1);
      expectClose(values, expected![i]!, { rel: 1e-4, abs: 1e-4 }, ['closeness', 'gradient', 'of x', 'of T'][i]!);
    }
  });

  it('passes the features on', async () => {
    const y = layer(3, 2).forward(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(y.shape).toEqual([2, 5]);
    expect([...(await y.data())].filter((_, i) => i % 5 < 2)).toEqual([1, 2, 3, 4]);
  });
});

describe('minibatchStddev', () => {
  const x = [
    [0, 10],
    [2, 10],
    [5, 0],
    [5, 8],
  ];

  it('adds the mean deviation over the batch', async () => {
    const y = minibatchStddev().forward(tensor(x));
    const values = [...(await y.data())];
    // Deviations: √(4.5) of 0, 2, 5, 5 and √17 of 10, 10, 0, 8.
    for (const i of [2, 5, 8, 11]) expect(values[i]).toBeCloseTo((Math.sqrt(4.5) + Math.sqrt(17)) / 2, 4);
    expect(values.filter((_, i) => i % 3 < 2)).toEqual(x.flat());
  });

  it('compares neighbours where it is given a group', async () => {
    const values = await minibatchStddev({ group: 2 }).forward(tensor(x)).data();
    const expected = [0.5, 0.5, 2, 2]; // (1 + 0) / 2 and (0 + 4) / 2; eps makes √1e-8 of 0
    expected.forEach((value, i) => {
      expect(values[3 * i + 2]).toBeCloseTo(value, 3);
    });
    expect(() => minibatchStddev({ group: 3 }).forward(tensor(x))).toThrow(/groups of 3 do not divide a batch of 4/);
  });
});

describe('packing', () => {
  it('joins neighbours along the channels', async () => {
    const images = tensor([...Array(16).keys()], [4, 1, 2, 2]);
    const packs = packing(2).forward(images);
    expect(packs.shape).toEqual([2, 1, 2, 4]);
    expect([...(await packs.data())]).toEqual([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
    expect([
      ...(await packing(2)
        .forward(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        )
        .data()),
    ]).toEqual([1, 2, 3, 4]);
    expect(() => packing(3).forward(images)).toThrow(/packs of 3 do not divide a batch of 4/);
  });
});
