/** Penalties on D's slope: against PyTorch's double backward, finite differences, and what is known of linear critics. */
import { grad, gradcheck } from '@ganvas/autograd';
import { gradientPenalty, r1Penalty } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  capture,
  conv2d,
  leakyRelu,
  matmul,
  mul,
  pack,
  randomGenerator,
  relu,
  reshape,
  sub,
  type Tensor,
  tanh,
  tensor,
} from '@ganvas/tensor';
import { readFixture } from '../../fixtures/read-fixture.ts';
import { useDevice } from '../device.ts';
import { expectLikeTorch } from '../torch/compare.ts';

useDevice();

// Which ops agree with this file of PyTorch's is noted by losses.test.ts.
const fixture = { ...readFixture('losses'), shows: () => {} };
const SEED = 7;

const load = (key: string): Tensor => {
  const { data, shape } = fixture.tensors[key]!;
  return tensor(data as Float32Array, shape);
};
const learnedOf = (name: string) => ['w', 'b', 'v', 'e'].map((key) => load(`${name}.${key}`));

function critic(x: Tensor, [w, b, v, e]: readonly Tensor[]): Tensor {
  const h = leakyRelu(add(conv2d(x, w!, { stride: 2, padding: 1 }), b!), 0.2);
  return add(matmul(tanh(reshape(h, [h.shape[0]!, -1])), v!), e!);
}

const PENALTIES: Record<string, (learned: readonly Tensor[]) => { penalty: Tensor; slope?: Tensor }> = {
  gradientPenalty: (learned: readonly Tensor[]) => {
    const [real, fake] = [load('gradientPenalty.real'), load('gradientPenalty.fake')];
    return gradientPenalty((x) => critic(x, learned), real, fake, randomGenerator(SEED));
  },
  r1Penalty: (learned: readonly Tensor[]) => {
    const real = load('r1Penalty.real');
    return { penalty: r1Penalty(critic(real, learned), real) };
  },
};

describe.each(Object.entries(PENALTIES))('%s of a convolutional critic', (name, of) => {
  it('has PyTorch’s value and, by double backward, its gradients', async () => {
    const learned = learnedOf(name);
    const { penalty, ...more } = of(learned);
    await expectLikeTorch(fixture, `${name}.penalty`, penalty, 'forward');
    for (const [key, value] of Object.entries(more)) await expectLikeTorch(fixture, `${name}.${key}`, value, 'forward');
    const gradients = grad(penalty, learned, { unused: 'zero' });
    for (const [i, key] of ['w', 'b', 'v', 'e'].entries())
      await expectLikeTorch(fixture, `${name}.d${key}`, gradients[i]!, 'gradient');
  });
});

const normals = (seed: number, ...shape: number[]) =>
  tensor(new Rng(seed).normals(shape.reduce((a, b) => a * b)), shape);

describe('by finite differences', () => {
  /** Without kinks, on images [3, 4, 4, 1]. */
  const smooth = (x: Tensor, w: Tensor, v: Tensor) =>
    matmul(reshape(tanh(conv2d(x, w, { stride: 2, padding: 1 })), [3, -1]), tanh(v));
  const [w, v] = [() => normals(3, 4, 4, 1, 2), () => normals(4, 8, 1)];

  it('the gradients of gradientPenalty by what the critic learns', async () => {
    const [real, fake] = [normals(1, 3, 4, 4, 1), normals(2, 3, 4, 4, 1)];
    const penalty = (w: Tensor, v: Tensor) =>
      gradientPenalty((x) => smooth(x, mul(w, 0.3), v), real, fake, randomGenerator(SEED)).penalty;
    expect(await gradcheck(penalty, [w(), v()])).toMatchObject({ ok: true });
  });

  it('the gradients of r1Penalty by what D learns', async () => {
    const real = normals(1, 3, 4, 4, 1);
    const penalty = (w: Tensor, v: Tensor) => r1Penalty(smooth(real, mul(w, 0.3), v), real);
    expect(await gradcheck(penalty, [w(), v()])).toMatchObject({ ok: true });
  });
});

describe('gradientPenalty', () => {
  it('of a linear critic is (‖w‖ − 1)², whatever the examples', async () => {
    const w = tensor([3, 0, -4], [3, 1]);
    const { penalty, slope } = gradientPenalty(
      (x) => matmul(x, w),
      normals(1, 5, 3),
      normals(2, 5, 3),
      randomGenerator(1),
    );
    expect([await slope.item(), await penalty.item()]).toEqual([5, 16]);
    const [dw] = grad(penalty, [w]); // 2 (‖w‖ − 1) w / ‖w‖
    expect(Array.from(await dw.data())).toEqual([4.8, 0, -6.4].map((x) => expect.closeTo(x, 5)));
  });

  it('measures the slope of a pack as one', async () => {
    const w = tensor([1, 2, 2, 4], [4, 1]);
    const packs = (x: Tensor) => matmul(reshape(x, [3, 4]), w);
    const { slope } = gradientPenalty(packs, normals(1, 6, 2), normals(2, 6, 2), randomGenerator(1));
    expect(await slope.item()).toBe(5);
  });

  it('looks at points between, one share an example, and at others the next time', async () => {
    const shape = [40, 2, 3];
    const [real, fake] = [normals(1, ...shape), normals(2, ...shape)];
    const generator = randomGenerator(3);
    const seen: Tensor[] = [];
    const look = () =>
      gradientPenalty(
        (x) => {
          seen.push(x);
          return matmul(reshape(x, [40, 6]), normals(4, 6, 1));
        },
        real,
        fake,
        generator,
      );
    look();
    look();
    const rng = new Rng(3);
    const [x, y] = [await real.data(), await fake.data()];
    for (const points of await Promise.all(seen.map((t) => t.data()))) {
      for (let n = 0; n < 40; n++) {
        const share = rng.uniform();
        for (let i = 6 * n; i < 6 * n + 6; i++)
          expect(points[i]).toBeCloseTo(share * Number(x[i]) + (1 - share) * Number(y[i]), 5);
      }
    }
  });

  it('is finite where the slope is 0, and so are its gradients', async () => {
    const [w, v] = [tensor(new Float32Array(3), [3, 1]), tensor([-1])];
    const dead = (x: Tensor) => mul(relu(sub(matmul(x, w), 1)), v);
    const { penalty, slope } = gradientPenalty(dead, normals(1, 4, 3), normals(2, 4, 3), randomGenerator(1));
    expect(await penalty.item()).toBeCloseTo(1, 5);
    expect(await slope.item()).toBeLessThan(1e-5);
    for (const g of grad(penalty, [w, v], { unused: 'zero' }))
      expect((await g.data()).every((x) => Number(x) === 0)).toBe(true);
    const flat = gradientPenalty((x) => matmul(x, w), normals(1, 4, 3), normals(2, 4, 3), randomGenerator(1));
    expect((await grad(flat.penalty, [w])[0].data()).every((x) => Number(x) === 0)).toBe(true);
  });

  it('gives G nothing to learn from, and refuses examples that do not pair', () => {
    const [real, fake, w] = [normals(1, 4, 3), normals(2, 4, 3), normals(3, 3, 1)];
    const squares = (x: Tensor) => matmul(tanh(x), w);
    const { penalty } = gradientPenalty(squares, real, fake, randomGenerator(1));
    expect(() => grad(penalty, [fake])).toThrow('grad: the loss does not depend on wrt[0]');
    expect(() => gradientPenalty(squares, real, normals(2, 5, 3), randomGenerator(1))).toThrow(
      'gradientPenalty: expected as many real and generated examples, of one shape, got [4,3] and [5,3]',
    );
  });

  it('captured, computes what it computes by itself', async () => {
    const learned = learnedOf('gradientPenalty');
    const eager = PENALTIES.gradientPenalty!(learned);
    const [real, fake] = [load('gradientPenalty.real'), load('gradientPenalty.fake')];
    const generator = randomGenerator(SEED);
    const step = capture((real: Tensor, fake: Tensor) => {
      const { penalty } = gradientPenalty((x) => critic(x, learned), real, fake, generator);
      return pack([penalty, ...grad(penalty, learned.slice(0, 3))]);
    });
    const first = (await step(real, fake).data()).slice();
    expect(first[0]).toBeCloseTo(await eager.penalty.item(), 5);
    expect(first.every((x) => Number.isFinite(Number(x)))).toBe(true);
    expect((await step(real, fake).data())[0]).not.toBe(first[0]);
  });
});

it('r1Penalty of a linear critic is ‖w‖², and of packs that of a pack', async () => {
  const real = normals(1, 6, 2);
  expect(await r1Penalty(matmul(real, tensor([3, 4], [2, 1])), real).item()).toBe(25);
  const packs = matmul(reshape(real, [3, 4]), tensor([1, 2, 2, 4], [4, 1]));
  expect(await r1Penalty(packs, real).item()).toBe(25);
});
