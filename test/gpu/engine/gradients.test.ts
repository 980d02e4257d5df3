/** Every op of the table against finite differences, first and second order; a new op without a case here fails. */
import { adam, GradientError, grad, gradcheck, valueAndGrad } from '@ganvas/autograd';
import { Rng } from '@ganvas/kernels-wgsl';
import * as ops from '@ganvas/tensor';
import {
  add,
  assign,
  batchNorm,
  broadcastTo,
  capture,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convTranspose2d,
  detach,
  exp,
  gatherBatch,
  greater,
  leakyRelu,
  log,
  log1p,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  moments,
  mul,
  neg,
  OPS,
  type OpName,
  pack,
  randomGenerator,
  randomNormal,
  randomUniform,
  reciprocal,
  relu,
  reshape,
  rsqrt,
  sigmoid,
  softplus,
  sqrt,
  square,
  state,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  where,
} from '@ganvas/tensor';
import { GRADIENTS } from '../../../packages/autograd/src/gradients.ts';
import { printProgram } from '../../../packages/tensor/src/program.ts';
import { record } from '../../pure/compile/record.ts';
import { useDevice } from '../device.ts';

const device = useDevice();

/** A function of f32 tensors, and how to draw its inputs: shape and range of each. */
interface Case {
  fn: (...inputs: Tensor[]) => Tensor;
  inputs: Input[];
}
interface Input {
  shape: number[];
  draw: (rng: Rng) => number;
}

/** Any number of moderate size. */
const any = (...shape: number[]): Input => ({ shape, draw: (rng) => 2 * rng.uniform() - 1 });
/** Well above 0, for divisors, logarithms and roots. */
const positive = (...shape: number[]): Input => ({ shape, draw: (rng) => 0.7 + rng.uniform() });
/** At least 0.2 away from 0, where the op has a kink. */
const offZero = (...shape: number[]): Input => ({
  shape,
  draw: (rng) => (rng.below(2) ? 1 : -1) * (0.2 + rng.uniform()),
});
/** All at least 0.1 apart, so that no step changes which one is the largest. */
const apart = (...shape: number[]): Input => {
  const left: number[] = [];
  return {
    shape,
    draw: (rng) => {
      if (left.length === 0) left.push(...Array.from({ length: 16 }, (_, i) => (i - 8) / 8));
      return left.splice(rng.below(left.length), 1)[0]!;
    },
  };
};

const unary = (fn: (x: Tensor) => Tensor, draw = any): Case => ({ fn, inputs: [draw(2, 3)] });
/** Both operands broadcast: [2,3] with [3], and [2,1] with [2,3]. */
const binary = (fn: (x: Tensor, y: Tensor) => Tensor, drawX = any, drawY = any): Case[] => [
  { fn: fn as Case['fn'], inputs: [drawX(2, 3), drawY(3)] },
  { fn: fn as Case['fn'], inputs: [drawX(2, 1), drawY(1, 3)] },
];
/** x and y whose difference is never near 0. */
const contest = (fn: (x: Tensor, y: Tensor) => Tensor): Case[] => [
  { fn: (x, y) => fn(x!, y!), inputs: [{ ...apart(4) }, { shape: [1], draw: () => 0.0625 }] },
  { fn: (x, y) => fn(x!, add(y!, 3)), inputs: [any(2, 1), any(3)] },
];

const window = {
  stride: 2,
  padding: [
    [1, 0],
    [0, 1],
  ],
} as const;
const X = [1, 3, 3, 2];
const W = [2, 2, 2, 2];
const Y = [1, 2, 2, 2];
const mask = () => tensor([1, 0, 1]);

const CASES: { [N in OpName]?: Case | Case[] } = {
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(ops.div, any, positive),
  maximum: contest(maximum),
  minimum: contest(minimum),
  neg: unary(neg),
  abs: unary(ops.abs, offZero),
  exp: unary(exp),
  log: unary(log, positive),
  log1p: unary(log1p, positive),
  sqrt: unary(sqrt, positive),
  rsqrt: unary(rsqrt, positive),
  square: unary(square),
  reciprocal: unary(reciprocal, positive),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  relu: unary((x) => mul(relu(x), x), offZero),
  leakyRelu: [unary((x) => mul(leakyRelu(x, 0.2), x), offZero), unary((x) => mul(leakyRelu(x, -0.5), x), offZero)],
  where: { fn: (x, y) => where(mask(), mul(x!, y!), square(y!)), inputs: [any(2, 3), any(2, 1)] },
  reshape: unary((x) => square(reshape(x, [3, 2]))),
  broadcastTo: { fn: (x) => square(broadcastTo(x!, [2, 3, 2])), inputs: [any(3, 1)] },
  transpose: { fn: (x) => square(transpose(x!, [1, 2, 0])), inputs: [any(2, 1, 3)] },
  sum: [unary((x) => square(sum(x, 0))), unary((x) => square(sum(x, [0, 1], { keepDims: true })))],
  max: [unary((x) => square(max(x, 1)), apart), unary((x) => square(max(x)), apart)],
  min: [unary((x) => square(min(x, 0)), apart), unary((x) => square(min(x, 1, { keepDims: true })), apart)],
  matmul: [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({
      fn: (a: Tensor, b: Tensor) => matmul(a, b, { transposeA, transposeB }),
      inputs: [transposeA ? any(2, 3) : any(3, 2), transposeB ? any(4, 2) : any(2, 4)],
    })),
  ) as Case[],
  conv2d: { fn: (x, w) => conv2d(x!, w!, window), inputs: [any(...X), any(...W)] },
  conv2dInputGrad: [
    { fn: (dy, w) => conv2dInputGrad(dy!, w!, X, window), inputs: [any(...Y), any(...W)] },
    { fn: (x, w) => convTranspose2d(x!, w!, { stride: 2 }), inputs: [any(1, 2, 1, 1), any(2, 2, 2, 1)] },
  ],
  conv2dWeightGrad: { fn: (x, dy) => conv2dWeightGrad(x!, dy!, W, window), inputs: [any(...X), any(...Y)] },
  moments: {
    fn: (x) => {
      const [mean, variance] = moments(x!);
      return add(square(mean), variance);
    },
    inputs: [any(4, 2)],
  },
  batchNorm: {
    fn: (x, gamma, beta) => {
      const { y, mean, variance } = batchNorm(x!, gamma!, beta!, 0.1);
      return add(y, mul(mean, variance));
    },
    inputs: [any(5, 2), any(2), any(2)],
  },
};

const drawn = ({ inputs }: Case, rng: Rng): Tensor[] =>
  inputs.map(({ shape, draw }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(
      Float32Array.from({ length: size }, () => draw(rng)),
      shape,
    );
  });

const differentiable = (Object.keys(OPS) as OpName[]).filter((name) => typeof GRADIENTS[name] === 'function');

describe.each(differentiable)('%s', (name) => {
  it('agrees with finite differences, in first and second order', async () => {
    const entry = CASES[name];
    if (!entry) throw new Error(`${name} has a gradient rule and no case in this file`);
    for (const [i, one] of [entry].flat().entries()) {
      // The case must call the op that it is for.
      const { program } = record(() => one.fn(...drawn(one, new Rng(i))));
      expect(program.nodes.map((n) => n.op.name)).toContain(name);
      const result = await gradcheck(one.fn, drawn(one, new Rng(i + 1)), { order: 2 });
      expect(result).toMatchObject({ ok: true });
    }
  });
});

describe('gradcheck', () => {
  it('finds a gradient that is wrong', async () => {
    const half = (x: Tensor) => mul(x, detach(x)); // x² with the gradient of x·c
    expect(await gradcheck(half, [tensor([1, 2])])).toMatchObject({ ok: false, worst: { order: 1, input: 0 } });
  });

  it('finds a second derivative that is wrong where the first is right', async () => {
    const flat = (x: Tensor) => sub(mul(x, detach(mul(x, 2))), detach(square(x))); // x², x ↦ 2x, and then 0
    expect(await gradcheck(flat, [tensor([1, 2])])).toMatchObject({ ok: true });
    expect(await gradcheck(flat, [tensor([1, 2])], { order: 2 })).toMatchObject({ ok: false, worst: { order: 2 } });
  });
});

const gradients = async (fn: (...xs: Tensor[]) => Tensor, inputs: Tensor[]) =>
  Promise.all(grad(sum(fn(...inputs)), inputs).map(async (g) => Array.from(await g.data())));

it('batchNorm by its rule is batchNorm by its meaning', async () => {
  const one = CASES.batchNorm as Case;
  const weighted = (...xs: Tensor[]) =>
    mul(
      one.fn(...xs),
      tensor([
        [1, 2],
        [-1, 0.5],
        [3, 1],
        [0, 2],
        [1, 1],
      ]),
    );
  const inputs = drawn(one, new Rng(5));
  const byRule = await gradients(weighted, inputs);
  const table = GRADIENTS as { batchNorm?: (typeof GRADIENTS)['batchNorm'] };
  const rule = table.batchNorm;
  delete table.batchNorm;
  try {
    const byMeaning = await gradients(weighted, inputs);
    byRule.flat().forEach((g, i) => {
      expect(g).toBeCloseTo(byMeaning.flat()[i]!, 4);
    });
  } finally {
    table.batchNorm = rule;
  }
});

describe('ops without a derivative', () => {
  const generator = () => randomGenerator(1);
  const REFUSALS: { [N in OpName]?: () => [Tensor, Tensor] } = {
    uniform: () => {
      const g = generator();
      return [sum(randomUniform(g, [3])), g];
    },
    normal: () => {
      const g = generator();
      return [sum(randomNormal(g, [3])), g];
    },
    gatherBatch: () => {
      const data = tensor(new Uint8Array(8), [2, 4]);
      return [sum(gatherBatch(data, tensor(Uint32Array.of(1)))), data];
    },
    pack: () => {
      const x = tensor([1, 2]);
      return [sum(pack([x])), x];
    },
  };
  const refusing = (Object.keys(OPS) as OpName[]).filter((name) => GRADIENTS[name] === 'refuses');

  it.each(refusing)('%s refuses, by name', (name) => {
    const refusal = REFUSALS[name];
    if (!refusal) {
      // Only an op without outputs can do without: no loss depends on it.
      expect(OPS[name]).toHaveProperty('writes');
      return;
    }
    const [loss, x] = refusal();
    expect(() => grad(loss, [x])).toThrow(GradientError);
    expect(() => grad(loss, [x])).toThrow(`grad: ${name} has no derivative`);
  });
});

describe('grad', () => {
  it('refuses where a state was assigned since', () => {
    const s = state([1, 2]);
    const loss = sum(square(s));
    assign(s, tensor([3, 4]));
    expect(() => grad(loss, [s])).toThrow(GradientError);
    expect(() => grad(loss, [s])).toThrow('a state tensor of shape [2] was assigned after square read it');
  });

  it('refuses where an optimiser stepped since', () => {
    const s = state([1, 2]);
    const optimizer = adam([s]);
    const loss = sum(square(s));
    optimizer.step(grad(loss, [s]));
    expect(() => grad(loss, [s])).toThrow('was assigned after square read it');
  });

  it('says which tensor the loss does not depend on, or answers zeros', async () => {
    const [x, y] = [tensor([1, 2]), tensor([[3], [4]])];
    const loss = sum(square(x));
    expect(() => grad(loss, [x, y])).toThrow('does not depend on wrt[1] (shape [2,1])');
    const [, zero] = grad(loss, [x, y], { unused: 'zero' });
    expect(zero!.shape).toEqual([2, 1]);
    expect(Array.from(await zero!.data())).toEqual([0, 0]);
  });

  it('wants a scalar', () => {
    const x = tensor([1, 2]);
    expect(() => grad(square(x), [x])).toThrow('grad: expected a loss of one element, got shape [2]; use sum or mean');
  });

  it('stops at detach and at comparisons', async () => {
    const x = tensor([1, 2]);
    expect(await gradients((x) => mul(x!, detach(square(x!))), [x])).toEqual([[1, 4]]);
    expect(await gradients((x) => mul(x!, greater(x!, 1.5)), [x])).toEqual([[0, 1]]);
    expect(() => grad(sum(detach(x)), [x])).toThrow('does not depend on wrt[0]');
  });

  it('adds up what comes on several ways, and reaches what lies between', async () => {
    const x = tensor([1, 2]);
    const y = square(x);
    const loss = sum(add(mul(y, x), y)); // x³ + x²
    const [dx, dy] = grad(loss, [x, y]);
    expect(Array.from(await dx!.data())).toEqual([5, 16]);
    expect(Array.from(await dy!.data())).toEqual([2, 3]);
    const [one] = grad(loss, [loss]);
    expect(await one!.item()).toBe(1);
  });

  it('shares the gradient of a maximum among ties', async () => {
    const x = tensor([
      [3, 3, 1],
      [0, 2, 2],
    ]);
    expect(await gradients((x) => max(x!, 1), [x])).toEqual([[0.5, 0.5, 0, 0, 0.5, 0.5]]);
    expect(await gradients((x) => maximum(x!, 3), [x])).toEqual([[0.5, 0.5, 0, 0, 0, 0]]);
  });

  it('walks a chain of 5,000 ops', () => {
    const x = tensor([1]);
    const { program } = record(() => {
      let y = x;
      for (let i = 0; i < 5000; i++) y = mul(y, 1.0001);
      return grad(sum(y), [x])[0]!;
    });
    expect(program.nodes.filter((n) => n.op.name === 'mul').length).toBe(10000);
  });

  it('records the same gradient twice', () => {
    const x = tensor([1, 2]);
    const text = () => printProgram(record(() => grad(mean(square(tanh(x))), [x])[0]!).program);
    expect(text()).toBe(text());
  });
});

describe('valueAndGrad', () => {
  it('answers the loss and the gradients, and frees the rest', async () => {
    const x = state([1, 2]);
    const before = device().pool.inUse;
    const { value, gradients } = valueAndGrad((x) => sum(square(x)), [x]);
    expect(device().pool.inUse).toBe(before + 512);
    expect(await value.item()).toBe(5);
    expect(Array.from(await gradients[0]!.data())).toEqual([2, 4]);
  });

  it('works inside a capture, where a gradient may be a constant', async () => {
    const x = state([1, 2]);
    const step = capture(() => valueAndGrad((x) => sum(x), [x]));
    const { value, gradients } = step();
    expect(await value.item()).toBe(3);
    expect(Array.from(await gradients[0]!.data())).toEqual([1, 1]);
  });
});
