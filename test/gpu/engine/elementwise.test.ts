/** What fixtures of floats do not hold: whole numbers, f16's rules, and what is refused. */
import * as ops from '@ganvas/tensor';
import { capture, type Tensor, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();
const values = async (t: Tensor): Promise<number[]> => Array.from(await t.data());
const i32 = (...numbers: number[]) => tensor(Int32Array.from(numbers));
const u32 = (...numbers: number[]) => tensor(Uint32Array.from(numbers));

describe('whole numbers', () => {
  it('mod has the sign of the divisor', async () => {
    const remainder = ops.mod(i32(7, -7, 7, -7, 6, -6), i32(3, 3, -3, -3, 3, -3));
    expect([remainder.dtype, await values(remainder)]).toEqual(['i32', [1, 2, -2, -1, 0, 0]]);
    expect(await values(ops.mod(u32(7, 6, 4_294_967_295), 4))).toEqual([3, 2, 3]);
  });

  it('are compared, chosen and clamped, and are always finite', async () => {
    const x = i32(-5, 0, 5, 2_139_095_041); // the last has the bits of a NaN
    expect(await values(ops.maximum(x, 1))).toEqual([1, 1, 5, 2_139_095_041]);
    expect(await values(ops.clamp(x, { min: -1, max: 3 }))).toEqual([-1, 0, 3, 3]);
    expect(await values(ops.isNaN(x))).toEqual([0, 0, 0, 0]);
    expect(await values(ops.isFinite(x))).toEqual([1, 1, 1, 1]);
    expect(await values(ops.notEqual(x, 5))).toEqual([1, 1, 0, 1]);
    const masks = [ops.logicalAnd(x, i32(1)), ops.logicalNot(x), ops.logicalXor(x, i32(1))];
    expect(await Promise.all(masks.map(values))).toEqual([
      [1, 0, 1, 1],
      [0, 1, 0, 0],
      [0, 1, 0, 0],
    ]);
    expect(masks.map((m) => m.dtype)).toEqual(['f32', 'f32', 'f32']);
  });

  const { floor, ceil, round, sin, cos, expm1, erf, elu } = ops;
  it.each(Object.entries({ floor, ceil, round, sin, cos, expm1, erf, elu }))('have no %s', (name, op) => {
    expect(() => op(i32(1, 2))).toThrow(`${name}: expected f32 or f16, got i32[2]`);
  });
});

describe('refusals', () => {
  const x = () => tensor([1, 2]);
  it('clamp wants a bound', () => {
    expect(() => ops.clamp(x(), {})).toThrow('clamp: expected min, max or both, finite; got undefined and undefined');
    expect(() => ops.clamp(x(), { max: Number.NaN })).toThrow('got undefined and NaN');
  });
  it('gelu knows two approximations', () => {
    const approximate = 'sigmoid' as 'tanh';
    expect(() => ops.gelu(x(), { approximate })).toThrow("gelu: approximate: expected 'none' or 'tanh', got sigmoid");
  });
  it('shapes broadcast or are named', () => {
    expect(() => ops.pow(x(), tensor([1, 2, 3]))).toThrow('pow: shapes [2] and [3] do not broadcast');
    expect(() => ops.logicalOr(x(), i32(1))).toThrow('logicalOr: operands have different dtypes');
  });
});

it('pow by numbers that have ways of their own is pow', async () => {
  const x = tensor([0.5, 2, 9]);
  for (const y of [-1, 0.5, 2, 3]) {
    const [own, general] = [await values(ops.pow(x, y)), await values(ops.pow(x, tensor([y])))];
    own.forEach((v, i) => {
      expect(v).toBeCloseTo(general[i]!, 3);
    });
  }
});

it('activations run as one dispatch where captured', async () => {
  const step = capture((x: Tensor) => ops.gelu(ops.silu(ops.logSigmoid(ops.elu(x)))));
  const x = tensor([-3, -0.5, 0, 2]);
  const eager = await values(ops.gelu(ops.silu(ops.logSigmoid(ops.elu(x)))));
  const captured = await values(step(x));
  expect(step.plan!.dispatches).toHaveLength(1);
  captured.forEach((v, i) => {
    expect(v).toBeCloseTo(eager[i]!, 6);
  });
});

it('sine and cosine keep their digits over a thousand turns', async () => {
  const at = Float32Array.from({ length: 500 }, (_, i) => (i - 250) * 25.13);
  for (const [op, exact] of [
    [ops.sin, Math.sin],
    [ops.cos, Math.cos],
  ] as const) {
    const y = await values(op(tensor(at)));
    y.forEach((v, i) => {
      expect(Math.abs(v - exact(at[i]!))).toBeLessThan(3e-7);
    });
  }
});

/** By its series, which float64 holds to 1e-12 for |x| ≤ 3. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

it('erf, expm1 and log1p keep six digits', async () => {
  const at = Float32Array.from({ length: 601 }, (_, i) => (i - 300) / 100 + 1e-5);
  const small = at.map((x) => x / 1000);
  const errors = async (op: (x: Tensor) => Tensor, exact: (x: number) => number, points: Float32Array) =>
    Math.max(...(await values(op(tensor(points)))).map((v, i) => Math.abs(v / exact(points[i]!) - 1)));
  expect(await errors(ops.erf, erf, at)).toBeLessThan(1e-6);
  expect(await errors(ops.expm1, Math.expm1, at)).toBeLessThan(2e-6);
  expect(await errors(ops.expm1, Math.expm1, small)).toBeLessThan(1e-6);
  expect(await errors(ops.log1p, Math.log1p, small)).toBeLessThan(1e-6);
});
