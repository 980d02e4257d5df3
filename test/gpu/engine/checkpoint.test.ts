/** `checkpoint`: the same values and gradients as without, effects and random draws once. */
import { checkpoint, grad, nn } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  capture,
  exp,
  full,
  greater,
  matmul,
  mul,
  randomGenerator,
  randomUniform,
  relu,
  square,
  state,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();

const values = (size: number, seed: number) => new Rng(seed).normals(size, 0, 0.5);
const data = (shape: number[], seed: number) =>
  tensor(
    values(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );
const arrays = (tensors: readonly Tensor[]) => Promise.all(tensors.map(async (t) => Array.from(await t.data())));

type Wrap = <I extends readonly Tensor[]>(fn: (...inputs: I) => Tensor) => (...inputs: I) => Tensor;
const plain: Wrap = (fn) => fn;

/** Results of `compute` with and without checkpoints, eager and captured, must agree: in every bit where no tolerance is given. */
async function expectSame(compute: (wrap: Wrap) => Tensor[], tolerance = 0): Promise<void> {
  const pairs = [
    [await arrays(compute(checkpoint)), await arrays(compute(plain))],
    [await arrays(capture(() => compute(checkpoint))()), await arrays(capture(() => compute(plain))())],
  ] as const;
  for (const [actual, expected] of pairs) {
    expect(actual.map((a) => a.length)).toEqual(expected.map((e) => e.length));
    const wrong = actual
      .flat()
      .filter((a, i) => !(Math.abs(a - expected.flat()[i]!) <= tolerance * Math.abs(expected.flat()[i]!)));
    expect(wrong).toEqual([]);
  }
}

describe('checkpoint', () => {
  it('changes no bit of a value or a gradient', async () => {
    const [x, w1, w2] = [data([8, 6], 1), data([6, 6], 2), data([6, 6], 3)];
    await expectSame((wrap) => {
      const block1 = wrap((h: Tensor) => tanh(matmul(tanh(matmul(h, w1)), w2)));
      const block2 = wrap((h: Tensor, w: Tensor) => relu(add(matmul(square(h), w), h)));
      const loss = sum(square(block2(block1(x), w1)));
      return [loss, ...grad(loss, [x, w1, w2])];
    });
  });

  it('adds up where a tensor is both an input and found around', async () => {
    const [x, w] = [data([4, 4], 4), data([4, 4], 5)];
    await expectSame((wrap) => {
      const h = matmul(x, w); // w leads to the input as well
      const loss = sum(wrap((a: Tensor, b: Tensor) => mul(tanh(matmul(a, w)), mul(exp(h), b)))(h, h));
      return [loss, ...grad(loss, [x, w])];
    });
  });

  it('nests', async () => {
    const [x, w] = [data([4, 4], 6), data([4, 4], 7)];
    await expectSame((wrap) => {
      const inner = wrap((h: Tensor) => square(tanh(matmul(h, w))));
      const outer = wrap((h: Tensor) => matmul(inner(tanh(inner(h))), w));
      const loss = sum(square(outer(x)));
      return [loss, ...grad(loss, [x, w])];
    });
  });

  it('has a second derivative', async () => {
    const [x, w] = [data([3, 4], 8), data([4, 4], 9)];
    await expectSame((wrap) => {
      const loss = sum(square(wrap((h: Tensor) => tanh(matmul(square(h), w)))(x)));
      const [dx] = grad(loss, [x]);
      return [dx, ...grad(sum(square(dx)), [x, w])];
    }, 1e-5); // what comes over the computation and over its repetition is added in another order
  });

  it('takes and returns structures, and passes on what does not depend on its inputs', async () => {
    const [x, w] = [data([3, 3], 10), data([3, 3], 11)];
    const block = checkpoint((h: Tensor) => ({ both: [square(h), tanh(h)] as const, weight: w, twice: mul(w, 2) }));
    const { both, weight, twice } = block(x);
    expect(weight).toBe(w);
    const loss = sum(add(mul(both[0], both[1]), twice));
    const expected = sum(add(mul(square(x), tanh(x)), mul(w, 2)));
    expect(await arrays(grad(loss, [x, w]))).toEqual(await arrays(grad(expected, [x, w])));
  });

  it('takes constants', async () => {
    const block = checkpoint((h: Tensor) => square(add(h, 1)));
    const loss = sum(block(full([2], 2)));
    expect(await loss.item()).toBe(18);
  });

  it('updates running statistics once', async () => {
    const x = data([2, 2, 2, 3], 12);
    const statistics = async (wrap: Wrap) => {
      const norm = nn.batchNorm2d(3, { rng: new Rng(1) });
      const loss = sum(square(tanh(wrap((h: Tensor) => norm.forward(h, 'train'))(x))));
      const gradients = grad(loss, [x, ...Object.values(norm.parameters)]);
      return arrays([...gradients, ...Object.values(norm.buffers)]);
    };
    expect(await statistics(checkpoint)).toEqual(await statistics(plain));
  });

  it('draws random numbers once', async () => {
    const x = data([16], 13);
    const dropped = async (wrap: Wrap) => {
      const generator = randomGenerator(5);
      const step = capture((h: Tensor) => {
        const dropout = wrap((t: Tensor) => mul(tanh(t), greater(randomUniform(generator, t.shape), 0.5)));
        const y = dropout(h);
        return [y, grad(sum(y), [h])[0]];
      });
      const runs = [await arrays(step(x)), await arrays(step(x))];
      return [...runs, await arrays([generator])];
    };
    const results = await dropped(checkpoint);
    expect(results).toEqual(await dropped(plain));
    expect(results[0]).not.toEqual(results[1]);
    // A dropped element has neither value nor gradient.
    const [y, dx] = results[0]!;
    expect(dx!.map((g) => g === 0)).toEqual(y!.map((v) => v === 0));
  });

  it.each(['eager', 'captured'])('refuses, %s, where what it read was assigned since', (mode) => {
    const [w, x] = [state([1, 2]), state([3, 4])];
    const late = (changed: Tensor) => () => {
      const run = () => {
        const loss = sum(checkpoint((h: Tensor) => square(mul(h, w)))(x));
        assign(changed, tensorLike());
        return grad(loss, [x]);
      };
      if (mode === 'eager') run();
      else capture(run).record();
    };
    const tensorLike = () => full([2], 5);
    expect(late(w)).toThrow('a state tensor of shape [2] was assigned after');
    expect(late(x)).toThrow('a state tensor of shape [2] was assigned after');
  });
});
