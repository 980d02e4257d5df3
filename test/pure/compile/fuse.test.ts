import {
  add,
  assign,
  broadcastTo,
  compile,
  concat,
  type Device,
  exp,
  leakyRelu,
  matmul,
  mean,
  mul,
  neg,
  ones,
  type Pass,
  relu,
  reshape,
  type Structure,
  setDefaultDevice,
  sigmoid,
  square,
  state,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
} from '@ganvas/tensor';
import { fakeDevice } from './fake-device.ts';
import { record } from './record.ts';

let device: Device;
beforeEach(() => {
  device = fakeDevice();
  setDefaultDevice(device);
});
afterEach(() => setDefaultDevice(null));

const data = (...shape: number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(new Float32Array(size), shape);
};
/** Elementwise work where its operands or its results already are; what other passes do is seen in passes.test.ts. */
const FUSION: readonly Pass[] = ['inline-maps', 'absorb-epilogues'];
const planOf = (fn: () => Structure, passes = FUSION) => compile(record(fn).program, device.traits, { passes });
/** The ops of each dispatch. */
const labels = (fn: () => Structure, passes = FUSION) => planOf(fn, passes).dispatches.map((d) => d.label);

describe('elementwise work', () => {
  it('a chain becomes one dispatch, which binds only its ends', () => {
    const x = data(4, 3);
    const chain = () => neg(tanh(add(mul(x, 2), 1)));
    const plan = planOf(chain);
    expect(plan.dispatches.map((d) => d.label)).toEqual(['mul+add+tanh+neg']);
    expect(plan.dispatches[0]!.bindings.length).toBe(2);
    expect(plan.slots).toEqual([48]);
    expect(labels(chain, [])).toEqual(['constant', 'mul', 'constant', 'add', 'tanh', 'neg']);
  });

  it('a map read twice is computed twice where it is cheap, and kept where it reads much', () => {
    const [x, y] = [data(8, 8), data(8, 8)];
    expect(
      labels(() => {
        const shared = mul(x, 2);
        return [tanh(shared), exp(shared)];
      }),
    ).toEqual(['mul+tanh', 'mul+exp']);
    expect(
      labels(() => {
        const shared = mul(x, y);
        return [tanh(shared), exp(shared)];
      }),
    ).toEqual(['mul', 'tanh', 'exp']);
    expect(
      labels(() => {
        const shared = mul(x, y);
        return mul(tanh(shared), exp(shared));
      }),
    ).toEqual(['mul', 'exp+tanh+mul']);
  });

  it('what the program returns is written, whoever else reads it', () => {
    const x = data(4);
    expect(
      labels(() => {
        const y = mul(x, 2);
        return [y, tanh(y)];
      }),
    ).toEqual(['mul', 'tanh']);
  });

  it('broadcasts and transposes are read through views', () => {
    const [x, row] = [data(2, 3), data(3)];
    expect(labels(() => add(x, broadcastTo(mul(row, 2), [2, 3])))).toEqual(['mul+broadcastTo+add']);
    expect(labels(() => add(transpose(neg(x)), 1))).toEqual(['neg+transpose+add']);
  });

  it('what is read past a reshape is read over the shape before it, where strides can', () => {
    const x = data(2, 3);
    const y = data(6);
    expect(labels(() => add(reshape(transpose(x), [6]), y))).toEqual(['transpose+add']);
    // Over [3, 2] one could read x, over [2, 3] z; over neither both.
    const z = data(3, 2);
    expect(labels(() => add(reshape(transpose(x), [2, 3]), transpose(z)))).toEqual(['transpose', 'transpose+add']);
    expect(labels(() => neg(reshape(tanh(x), [3, 2])))).toEqual(['tanh+neg']);
  });

  it('dear work on a few values is not done again at every place', () => {
    const [x, scale] = [data(64, 8), data(8)];
    const dear = () => tanh(exp(tanh(exp(tanh(exp(tanh(scale)))))));
    expect(labels(() => mul(x, dear()))).toHaveLength(2);
    expect(labels(() => mul(x, exp(scale)))).toEqual(['exp+mul']);
  });

  it('binds no more storage buffers than there are', () => {
    const many = Array.from({ length: 20 }, () => data(4));
    const total = () => many.reduce((a, b) => add(a, b));
    for (const limit of [4, 8, 10]) {
      device = fakeDevice(limit);
      const plan = planOf(total);
      for (const d of plan.dispatches) expect(d.bindings.length).toBeLessThanOrEqual(limit);
      expect(plan.dispatches.length).toBe(Math.ceil(19 / (limit - 2)));
    }
  });

  it('a chain of any length compiles, in dispatches of bounded size', () => {
    const x = data(4);
    const plan = planOf(() => {
      let y = x;
      for (let i = 0; i < 3000; i++) y = i % 2 ? tanh(y) : neg(y);
      return y;
    });
    for (const d of plan.dispatches) expect(d.kernel.code.length).toBeLessThan(20000);
    expect(plan.dispatches.length).toBeLessThan(100);
  });
});

describe('kernels', () => {
  it('bias and activation become the epilogue of a GEMM', () => {
    const [a, b, bias] = [data(8, 4), data(4, 8), data(8)];
    const plan = planOf(() => leakyRelu(add(matmul(a, b), bias), 0.2));
    expect(plan.dispatches.map((d) => d.label)).toEqual(['matmul+add+leakyRelu']);
    expect(plan.slots).toEqual([256]);
  });

  it('a residual of the same shape joins them, a column does not', () => {
    const [a, b] = [data(8, 4), data(4, 8)];
    expect(labels(() => relu(add(matmul(a, b), data(8, 8))))).toEqual(['matmul+add+relu']);
    expect(labels(() => add(matmul(a, b), data(8, 1)))).toEqual(['matmul', 'add']);
  });

  it('a result that someone else needs is stored as it is', () => {
    const [a, b] = [data(8, 4), data(4, 8)];
    expect(
      labels(() => {
        const c = matmul(a, b);
        return [relu(c), c];
      }),
    ).toEqual(['matmul', 'relu']);
    expect(
      labels(() => {
        const c = matmul(a, b);
        return [relu(c), sum(c)];
      }),
    ).toEqual(['matmul', 'relu', 'sum']);
  });

  it('a transposed reader cannot be an epilogue', () => {
    expect(labels(() => neg(transpose(matmul(data(4, 4), data(4, 4)))))).toEqual(['matmul', 'transpose+neg']);
  });

  it('elementwise work goes into a reduction, and after it', () => {
    const x = data(16, 4);
    expect(labels(() => mean(square(sub(x, 1))))).toEqual(['sub+square+sum+mul']);
    expect(labels(() => sigmoid(sum(mul(x, data(4)), 0)))).toEqual(['mul+sum+sigmoid']);
  });
});

describe('state', () => {
  it('an update reads and writes in place, in one dispatch', () => {
    const s = state([1, 2, 3, 4]);
    const plan = planOf(() => assign(s, mul(add(s, 1), 0.5)));
    expect(plan.dispatches.map((d) => [d.label, d.bindings.length])).toEqual([['add+mul+assign', 1]]);
  });

  it('a read never crosses an assignment', () => {
    const s = state([1, 2]);
    const x = data(2);
    expect(
      labels(() => {
        const old = mul(s, 2);
        assign(s, x);
        return neg(old);
      }),
    ).toEqual(['mul', 'assign', 'neg']);
    expect(
      labels(() => {
        assign(s, x);
        return neg(mul(s, 2));
      }),
    ).toEqual(['assign', 'mul+neg']);
  });

  it('a product whose operand is assigned later stays before the assignment', () => {
    const w = state(new Float32Array(16), [4, 4]);
    const x = data(4, 4);
    expect(
      labels(() => {
        const y = matmul(x, w);
        assign(w, x);
        return relu(y);
      }),
    ).toEqual(['matmul', 'assign', 'relu']);
  });

  it('a transposed state is copied before it is written over', () => {
    const s = state(new Float32Array(4), [2, 2]);
    expect(labels(() => assign(s, transpose(s)))).toEqual(['transpose', 'assign']);
  });
});

describe('pruning', () => {
  it('drops what nobody reads and keeps effects with what they need', () => {
    const s = state([1]);
    const x = data(1);
    expect(
      labels(() => {
        tanh(x);
        assign(s, exp(x));
        sum(square(x));
        return neg(x);
      }),
    ).toEqual(['exp+assign', 'neg']);
  });

  it('an empty program has an empty plan', () => {
    expect(planOf(() => undefined)).toMatchObject({ slots: [], dispatches: [], outputs: [] });
    expect(
      labels(() => {
        ones([2]);
      }),
    ).toEqual([]);
  });
});

describe('tensors joined along the first axis', () => {
  /** [32, 4]: 128 elements, so that the next part begins where a range may. */
  const operands = () => [data(32, 8), data(8, 4), data(4, 4)] as const;

  it('are made where they belong', () => {
    const [x, w, v] = operands();
    expect(labels(() => matmul(concat([matmul(x, w), tanh(matmul(x, neg(w)))]), v))).toEqual([
      'matmul',
      'neg',
      'matmul+tanh',
      'matmul',
    ]);
  });

  it('are copied where they lie elsewhere: one by itself, several at once', () => {
    const [x, w, v] = operands();
    const y = data(32, 4);
    expect(labels(() => matmul(concat([matmul(x, w), y]), v))).toEqual(['matmul', 'pack', 'matmul']);
    expect(labels(() => matmul(concat([y, matmul(x, w), y]), v))).toEqual(['matmul', 'concat', 'matmul']);
  });

  it('are copied where no range may begin', () => {
    const [short, few] = [data(3, 8), data(8, 5)];
    const part = () => matmul(short, few);
    expect(labels(() => tanh(concat([part(), matmul(short, neg(few))])))).toContain('concat');
  });
});
