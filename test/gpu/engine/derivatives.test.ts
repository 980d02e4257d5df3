/** vjp, jvp, hvp, jacobian, hessian, any order, and derivatives of one's own: against closed forms. */
import { customGradient, GradientError, grad, gradcheck, hessian, hvp, jacobian, jvp, vjp } from '@ganvas/autograd';
import {
  add,
  batchNorm,
  capture,
  conv2d,
  detach,
  exp,
  greater,
  matmul,
  mul,
  neg,
  randomGenerator,
  randomUniform,
  reshape,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();

const values = async (t: Tensor) => Array.from(await t.data());
const expectValues = async (t: Tensor, expected: readonly number[]) => {
  const got = await values(t);
  expect(got.length).toBe(expected.length);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 4);
  });
};
/** What `fn` returns, once computed op by op and once captured. */
const both = async (fn: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], expected: readonly number[]) => {
  await expectValues(fn(...inputs), expected);
  await expectValues(capture((...xs: Tensor[]) => fn(...xs))(...inputs), expected);
};

/** f(x, y) = [x²·y, x + 3y] for x and y of one element each, as a vector. */
const f = (x: Tensor, y: Tensor) => add(mul(mul(square(x), y), tensor([1, 0])), mul(add(x, mul(y, 3)), tensor([0, 1])));
const [x, y] = [2, 5];
const at = () => [tensor([x]), tensor([y])] as const;

describe('vjp', () => {
  it('is cotangentᵀ · J, for as many cotangents as one likes', async () => {
    const { value, pullback } = vjp(f, at());
    await expectValues(value, [x * x * y, x + 3 * y]);
    for (const [a, b] of [
      [1, 0],
      [0, 1],
      [2, -1],
    ] as const) {
      const [dx, dy] = pullback(tensor([a, b]));
      await expectValues(dx, [2 * x * y * a + b]);
      await expectValues(dy, [x * x * a + 3 * b]);
    }
  });

  it('is zero for an input that nothing depends on', async () => {
    const { pullback } = vjp((x, _) => mul(x, 2), [tensor([1, 2]), tensor([[3]])]);
    const [, zero] = pullback(tensor([1, 1]));
    expect(zero.shape).toEqual([1, 1]);
    await expectValues(zero, [0]);
  });

  it('wants a cotangent of the shape of the value', () => {
    const { pullback } = vjp(f, at());
    expect(() => pullback(tensor([1]))).toThrow("vjp: expected a cotangent of the value's shape [2], got shape [1]");
  });

  it('refuses an op without a derivative, by name', () => {
    const generator = randomGenerator(1);
    const { pullback } = vjp((g) => mul(randomUniform(g, [2]), 2), [generator]);
    expect(() => pullback(tensor([1, 1]))).toThrow(GradientError);
    expect(() => pullback(tensor([1, 1]))).toThrow('grad: uniform has no derivative');
  });
});

describe('jvp', () => {
  it('is J · t', () =>
    both(
      (x, y) => jvp(f, [x!, y!], [tensor([0.5]), tensor([-1])]).tangent,
      [...at()],
      [2 * x * y * 0.5 - x * x, 0.5 - 3],
    ));

  it('goes through convolutions, batch norm and softmax as differences do', async () => {
    const inputs = [
      tensor(
        Float32Array.from({ length: 32 }, (_, i) => Math.sin(i * 1.7)),
        [2, 4, 4, 1],
      ),
      tensor(
        Float32Array.from({ length: 18 }, (_, i) => Math.cos(i * 2.3)),
        [3, 3, 1, 2],
      ),
    ] as const;
    const tangents = [
      tensor(
        Float32Array.from({ length: 32 }, (_, i) => Math.cos(i * 0.9)),
        [2, 4, 4, 1],
      ),
      tensor(
        Float32Array.from({ length: 18 }, (_, i) => Math.sin(i * 1.1)),
        [3, 3, 1, 2],
      ),
    ] as const;
    const net = (x: Tensor, w: Tensor) => {
      const h = batchNorm(conv2d(x, w, { stride: 2, padding: 1 }), tensor([1, 2]), tensor([0, 1])).y;
      return softmax(reshape(tanh(h), [2, -1]));
    };
    const { tangent } = jvp(net, inputs, tangents);
    const step = 1e-2;
    const moved = (by: number) => net(add(inputs[0], mul(tangents[0], by)), add(inputs[1], mul(tangents[1], by)));
    const difference = await values(mul(sub(moved(step), moved(-step)), 1 / (2 * step)));
    expect(Math.max(...difference.map(Math.abs))).toBeGreaterThan(0.01);
    (await values(tangent)).forEach((value, i) => {
      expect(Math.abs(value - difference[i]!)).toBeLessThan(2e-3);
    });
  });

  it('is zero where nothing flows, and the tangent where nothing happens', async () => {
    const t = tensor([3, 4]);
    await expectValues(jvp((x) => greater(x, 0), [tensor([1, 2])], [t]).tangent, [0, 0]);
    await expectValues(jvp((x) => x, [tensor([1, 2])], [t]).tangent, [3, 4]);
  });

  it('wants a tangent for each input, of its shape', () => {
    expect(() => jvp(f, at(), [tensor([1]), tensor([1, 2])])).toThrow(
      "jvp: tangent 1 must have its input's shape [1], got [2]",
    );
  });
});

describe('hvp, jacobian, hessian', () => {
  const A = [
    [2, -1, 0],
    [3, 1, 4],
  ];
  const quadratic = (x: Tensor) => mul(sum(square(matmul(tensor(A), x))), 0.5); // H = AᵀA
  const H = [0, 1, 2].map((i) => [0, 1, 2].map((j) => A[0]![i]! * A[0]![j]! + A[1]![i]! * A[1]![j]!));
  const point = () => tensor([1, -2, 0.5]);

  it('hvp is H · v', () => {
    const v = [1, 2, -1];
    const expected = H.map((row) => row.reduce((total, h, j) => total + h * v[j]!, 0));
    return both((x) => hvp(quadratic, [x!], [tensor(v)])[0], [point()], expected);
  });

  it('hvp of several inputs has the mixed derivatives', async () => {
    const fn = (x: Tensor, y: Tensor) => sum(mul(square(x), y)); // ∂²: [[2y, 2x], [2x, 0]]
    const [dx, dy] = hvp(fn, at(), [tensor([3]), tensor([7])]);
    await expectValues(dx, [2 * y * 3 + 2 * x * 7]);
    await expectValues(dy, [2 * x * 3]);
  });

  it('the Jacobian of a linear map is its matrix', async () => {
    const J = jacobian((x) => matmul(tensor(A), x), point());
    expect(J.shape).toEqual([2, 3]);
    await expectValues(J, A.flat());
  });

  it('the Jacobian keeps the axes of both', async () => {
    const J = jacobian((x) => exp(x), tensor([[0, 1]]));
    expect(J.shape).toEqual([1, 2, 1, 2]);
    await expectValues(J, [1, 0, 0, Math.E]);
  });

  it('the Hessian of a quadratic form, of something linear, and a Jacobian of a Jacobian', async () => {
    await both((x) => hessian(quadratic, x!), [point()], H.flat());
    await expectValues(
      hessian((x) => sum(x), point()),
      new Array(9).fill(0),
    );
    const cubes = (x: Tensor) => sum(mul(square(x), x));
    const third = jacobian((x) => hessian(cubes, x), tensor([2, 3]));
    await expectValues(third, [6, 0, 0, 0, 0, 0, 0, 6]);
  });
});

it('derivatives of x⁴ up to the fifth', async () => {
  const powers = (x: Tensor, order: number): Tensor => {
    let value = sum(square(square(x)));
    for (let i = 0; i < order; i++) value = sum(grad(value, [x], { unused: 'zero' })[0]);
    return value;
  };
  for (const [order, expected] of [16, 32, 48, 48, 24, 0].entries())
    await both((x) => powers(x!, order), [tensor([2])], [expected]);
});

it('eight derivatives of e^(2x)', () =>
  both(
    (x) => {
      let value = exp(mul(x!, 2));
      for (let i = 0; i < 8; i++) [value] = grad(value, [x!]) as [Tensor];
      return value;
    },
    [tensor([0])],
    [256],
  ));

describe('customGradient', () => {
  const reversed = customGradient(
    (x: Tensor) => x,
    (g) => [neg(g)],
  );

  it('has the values of the function and the gradient of the rule', () =>
    both((x) => add(grad(sum(square(reversed(x!))), [x!])[0], reversed(x!)), [tensor([1, 3])], [1 - 2, 3 - 6]));

  it('lets a gradient through what has none', async () => {
    const step = customGradient(
      (x: Tensor) => greater(x, 0),
      (g) => [g],
    );
    const x = tensor([-1, 2]);
    await expectValues(step(x), [0, 1]);
    await expectValues(grad(sum(mul(step(x), tensor([3, 4]))), [x])[0], [3, 4]);
  });

  it('is differentiated again through its rule', async () => {
    const cube = customGradient(
      (x: Tensor) => mul(square(x), x),
      (g, { inputs: [x] }) => [mul(g, mul(square(x), 3))],
    );
    const x = tensor([2]);
    const [dx] = grad(cube(x), [x]);
    const [ddx] = grad(dx, [x]);
    await expectValues(dx, [12]);
    await expectValues(ddx, [12]);
    expect(await gradcheck(cube, [tensor([1, 2])], { order: 2 })).toMatchObject({ ok: true });
  });

  it('gives nothing where the rule answers null, nor to what the function was not called with', () => {
    const [x, w] = [tensor([1]), tensor([2])];
    const first = customGradient(
      (a: Tensor, b: Tensor) => mul(a, b),
      (g, { inputs: [, b] }) => [mul(g, b), null],
    );
    expect(() => grad(first(x, w), [w])).toThrow('does not depend on wrt[0]');
    const around = customGradient(
      (a: Tensor) => mul(a, w),
      (g) => [g],
    );
    expect(() => grad(around(x), [w])).toThrow('does not depend on wrt[0]');
  });

  it('refuses answers that do not fit', () => {
    const x = tensor([1, 2]);
    const none = customGradient(
      (x: Tensor) => square(x),
      () => [],
    );
    expect(() => grad(sum(none(x)), [x])).toThrow('customGradient: the rule gave 0 gradients for 1 inputs');
    const scalar = customGradient(
      (x: Tensor) => square(x),
      (g) => [sum(g)],
    );
    expect(() => grad(sum(scalar(x)), [x])).toThrow('gave a gradient of shape [] for input 0 of shape [2]');
  });
});

describe('gradcheck', () => {
  it('goes to the third order', async () => {
    const cubes = (x: Tensor) => mul(square(x), x);
    expect(await gradcheck(cubes, [tensor([0.5, -1])], { order: 3 })).toMatchObject({ ok: true });
    // x³ whose first two derivatives are right, and whose third is that of the detached x.
    const wrong = customGradient(cubes, (g, { inputs: [x] }) => [
      mul(
        g,
        customGradient(
          (x: Tensor) => mul(square(x), 3),
          (h, { inputs: [x] }) => [mul(h, mul(detach(x), 6))],
        )(x),
      ),
    ]);
    expect(await gradcheck(wrong, [tensor([0.5, -1])], { order: 2 })).toMatchObject({ ok: true });
    expect(await gradcheck(wrong, [tensor([0.5, -1])], { order: 3 })).toMatchObject({ ok: false, worst: { order: 3 } });
  });

  it('refuses an order that is none', async () => {
    await expect(gradcheck(square, [tensor([1])], { order: 0 })).rejects.toThrow(
      'gradcheck: expected an order of 1, 2',
    );
  });
});
