/** What each pass makes of a small program, seen in the plan. */

import { grad } from '@ganvas/autograd';
import {
  add,
  assign,
  batchNorm,
  broadcastTo,
  compile,
  type Device,
  exp,
  full,
  matmul,
  mean,
  mul,
  neg,
  PASSES,
  type Pass,
  randomGenerator,
  randomNormal,
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
  device = fakeDevice(16);
  setDefaultDevice(device);
});
afterEach(() => setDefaultDevice(null));

const data = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const large = () => data(64, 128); // more elements than what is merged for its dispatch alone
const planOf = (fn: () => Structure, passes: readonly Pass[] = PASSES) =>
  compile(record(fn).program, device.traits, { passes });
/** The ops of each dispatch. */
const labels = (fn: () => Structure, passes?: readonly Pass[]) => planOf(fn, passes).dispatches.map((d) => d.label);
const bytes = (fn: () => Structure, passes?: readonly Pass[]) => planOf(fn, passes).slots.reduce((a, b) => a + b, 0);

describe('share-works', () => {
  const only: Pass[] = ['share-works'];

  it('computes equal things once, whoever asks', () => {
    const [x, w] = [data(4, 4), data(4, 4)];
    expect(labels(() => [tanh(matmul(x, w)), neg(matmul(x, w))], only)).toEqual(['matmul', 'tanh', 'neg']);
    expect(labels(() => [add(tanh(exp(x)), tanh(exp(x)))], only)).toEqual(['exp', 'tanh', 'add']);
    expect(labels(() => [tanh(x), tanh(x)], only)).toEqual(['tanh']);
  });

  it('tells operands, attributes and views apart', () => {
    const [x, y] = [data(4, 4), data(4, 4)];
    expect(labels(() => [matmul(x, y), matmul(y, x)], only)).toHaveLength(2);
    expect(labels(() => [sum(x, 0), sum(x, 1)], only)).toHaveLength(2);
    expect(labels(() => [tanh(transpose(x)), tanh(x)], only)).toHaveLength(3);
    expect(labels(() => [add(x, 1), add(x, 2)], only)).toHaveLength(4);
  });

  it('knows that a state changes', () => {
    const s = state([1, 2, 3]);
    const twice = () => {
      const before = tanh(s);
      assign(s, mul(s, 2));
      return [before, tanh(s)];
    };
    expect(labels(twice, only).filter((l) => l === 'tanh')).toHaveLength(2);
  });

  it('never shares random numbers', () => {
    const generator = randomGenerator(1);
    expect(labels(() => [randomNormal(generator, [4]), randomNormal(generator, [4])], only)).toEqual([
      'normal',
      'advance',
      'normal',
      'advance',
    ]);
  });
});

describe('merge-works', () => {
  it('a value that is used twice stays in a register, and is stored where it is wanted', () => {
    const [x, y] = [large(), large()];
    const shared = () => {
      const product = mul(x, y);
      return [tanh(product), exp(product)];
    };
    const plan = planOf(shared);
    expect(plan.dispatches.map((d) => d.label)).toEqual(['mul+tanh+exp']);
    expect(plan.dispatches[0]!.bindings).toHaveLength(4);
    expect(plan.dispatches[0]!.kernel.code.match(/\/\/ mul$/gm)).toHaveLength(1);
    const stored = () => {
      const product = mul(x, y);
      return [product, tanh(product)];
    };
    expect(planOf(stored).dispatches[0]!.bindings).toHaveLength(4);
    expect(planOf(stored).dispatches).toHaveLength(1);
  });

  it('maps that read the same tensor read it once; those that share nothing stay apart, unless they are small', () => {
    const [x, y] = [large(), large()];
    expect(labels(() => [tanh(x), exp(x)])).toEqual(['tanh+exp']);
    expect(labels(() => [tanh(x), exp(y)])).toEqual(['tanh', 'exp']);
    const [a, b] = [data(8), data(1, 8)];
    expect(labels(() => [tanh(a), exp(b)])).toEqual(['tanh+exp']);
  });

  it('a value read in another order is read from memory', () => {
    const [x, y] = [data(64, 64), data(64, 64)];
    const turned = () => {
      const product = mul(x, y);
      return [tanh(product), exp(product), sigmoid(transpose(product))];
    };
    expect(labels(turned)).toEqual(['mul+tanh+exp', 'transpose+sigmoid']);
  });

  it('both sums of a batch normalization are one walk, stored where its gradient reads them', () => {
    const [x, dy] = [data(64, 4, 4, 32), data(64, 4, 4, 32)];
    const [gamma, beta] = [data(32), data(32)];
    const backward = () => {
      const { y } = batchNorm(x, gamma, beta);
      return grad(sum(mul(y, dy)), [x, gamma, beta]);
    };
    const sums = (passes?: readonly Pass[]) => planOf(backward, passes).dispatches.filter((d) => /sum/.test(d.label));
    const apart = sums(PASSES.filter((pass) => pass !== 'merge-works'));
    const merged = sums();
    expect(merged.length).toBe(apart.length / 2);
    expect(merged[0]!.kernel.code).toContain('mat2x4f');
    const read = (all: typeof apart) => all.reduce((total, d) => total + d.kernel.cost.bytes, 0);
    expect(read(apart) - read(merged)).toBeGreaterThanOrEqual(4 * dy.size);
  });

  it('a loss that adds up others is one dispatch', () => {
    const [a, b] = [data(64), data(64)];
    expect(labels(() => add(mean(square(a)), mean(tanh(b))))).toHaveLength(1);
  });

  it('reads a state before and after it is written, in one dispatch, each time as it is then', () => {
    const s = state(new Float32Array(8));
    const x = data(8);
    const around = () => {
      const before = add(s, x);
      assign(s, mul(x, 2));
      return [before, add(s, 1)];
    };
    const { dispatches } = planOf(around);
    expect(dispatches).toHaveLength(1);
    const { code } = dispatches[0]!.kernel;
    expect(code.match(/read_write/g)).toHaveLength(3); // the state in place, and two results
  });

  it('binds no more storage buffers than there are', () => {
    for (const limit of [4, 8]) {
      device = fakeDevice(limit);
      setDefaultDevice(device);
      const all = Array.from({ length: 12 }, () => data(8));
      const plan = planOf(() => all.map((t, i) => add(t, all[(i + 1) % 12]!)));
      for (const d of plan.dispatches) expect(d.bindings.length).toBeLessThanOrEqual(limit);
      const rows = Array.from({ length: 6 }, () => data(16, 8));
      const sums = planOf(() => rows.map((t) => mul(sum(t, 0), data(8))));
      for (const d of sums.dispatches) expect(d.bindings.length).toBeLessThanOrEqual(limit);
    }
  });
});

describe('forward-writes', () => {
  it('writes a state once that is written twice', () => {
    const s = state(new Float32Array(8));
    const [x, y] = [data(8), data(8)];
    const average = () => {
      assign(s, add(mul(s, 0.9), mul(x, 0.1)));
      assign(s, add(mul(s, 0.9), mul(y, 0.1)));
    };
    expect(labels(average)).toHaveLength(1);
    expect(planOf(average).dispatches[0]!.bindings).toHaveLength(3);
  });

  it('forgets a write that is overwritten unseen', () => {
    const s = state(new Float32Array(8));
    const [x, y] = [data(8), data(8)];
    const plan = planOf(() => {
      assign(s, tanh(x));
      assign(s, exp(y));
    });
    expect(plan.dispatches).toHaveLength(1);
    expect(plan.dispatches[0]!.bindings).toHaveLength(2);
  });

  it('keeps a write that somebody sees', () => {
    const s = state(new Float32Array(8192));
    const [x, y, w] = [data(8192), data(8192), data(8192, 1)];
    const seen = () => {
      assign(s, tanh(x));
      const product = matmul(reshape(s, [1, 8192]), w);
      assign(s, exp(y));
      return product;
    };
    expect(labels(seen).filter((l) => l.includes('assign'))).toHaveLength(2);
  });
});

describe('fold-constants', () => {
  it('does arithmetic among numbers before it runs', () => {
    const x = data(4);
    const code = (passes?: readonly Pass[]) =>
      planOf(() => mul(x, exp(add(full([4], 1), full([4], 2)))), passes).dispatches.at(-1)!.kernel.code;
    expect(code()).not.toContain('exp(');
    expect(code()).toContain(`${Math.fround(Math.exp(3))}`);
    expect(code(['inline-maps'])).toContain('exp(');
  });

  it('multiplies by one without a multiplication, and keeps what WGSL cannot write', () => {
    const x = data(4);
    const code = (factor: number) => planOf(() => tanh(mul(x, factor))).dispatches[0]!.kernel.code;
    expect(code(1)).not.toContain('// mul');
    expect(code(2)).toContain('// mul');
    expect(planOf(() => mul(x, exp(full([4], 1000)))).dispatches[0]!.kernel.code).toContain('exp(');
  });

  it('does not read what is not mentioned any more', () => {
    const x = data(4, 8);
    expect(planOf(() => broadcastTo(full([8], 3), x.shape)).dispatches[0]!.bindings).toHaveLength(1);
  });
});

describe('write-in-place', () => {
  const without = PASSES.filter((pass) => pass !== 'write-in-place');
  const [rows, columns] = [64, 128];

  it('gives a result the memory of an operand that ends there', () => {
    const [x, w] = [data(rows, columns), data(columns, columns)];
    // A transposed read keeps the product from taking the sum as its epilogue.
    const chain = () => matmul(add(matmul(x, w), sum(matmul(x, w), 0)), w);
    expect(bytes(chain)).toBeLessThan(bytes(chain, without));
    expect(planOf(chain).unplannedBytes).toBe(planOf(chain, without).unplannedBytes);
  });

  it('not that of an operand read in another order, read later, returned, or given', () => {
    const [x, w] = [data(64, 64), data(64, 64)];
    const programs = {
      turned: () => matmul(add(matmul(x, w), transpose(matmul(w, x))), w),
      returned: () => {
        const product = matmul(x, w);
        return [product, sub(product, sum(product, 0))];
      },
      given: () => neg(x),
    };
    for (const [name, program] of Object.entries(programs)) {
      for (const { kernel, label } of planOf(program).dispatches) {
        const maps = kernel.name.startsWith('map/');
        const written = kernel.bindings.filter((b) => b.access === 'read_write').length;
        if (maps) expect([name, label, kernel.bindings.length - written]).not.toEqual([name, label, 0]);
      }
    }
  });
});
