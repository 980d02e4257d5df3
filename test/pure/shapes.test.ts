/** Shapes, legal or not, of random ranks and sizes: an op answers with the shape that its rule gives, or with an error that names it. */
import {
  adaptiveAvgPool2d,
  add,
  avgPool2d,
  broadcastTo,
  concat,
  conv2d,
  cumSum,
  expandDims,
  logSumExp,
  matmul,
  maxPool2d,
  reshape,
  type Shape,
  ShapeError,
  setDefaultDevice,
  softmax,
  squeeze,
  stack,
  state,
  sum,
  type Tensor,
  transpose,
  where,
} from '@ganvas/tensor';
import fc from 'fast-check';
import { fakeDevice } from './compile/fake-device.ts';
import { record } from './compile/record.ts';

beforeAll(() => setDefaultDevice(fakeDevice()));
afterAll(() => setDefaultDevice(null));

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const shapes = (least: number, most: number, largest = 4) =>
  fc.array(fc.integer({ min: 1, max: largest }), { minLength: least, maxLength: most });
const make = (shape: Shape): Tensor => state(new Float32Array(size(shape)), shape);

/** The shape that an op call answers with; null where it refuses. Any other error than a `ShapeError` in its name is thrown. */
function answer(name: RegExp, call: () => Tensor): number[] | null {
  let shape: number[] | null = null;
  try {
    record(() => {
      shape = [...call().shape];
    });
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    expect(error.message).toMatch(name);
    expect(error.message.length).toBeGreaterThan(15);
    return null;
  }
  return shape;
}

/** NumPy's rule; null where it has none. */
function broadcast(a: readonly number[], b: readonly number[]): number[] | null {
  const rank = Math.max(a.length, b.length);
  const [x, y] = [a, b].map((s) => [...new Array<number>(rank - s.length).fill(1), ...s]) as [number[], number[]];
  const both = x.map((d, i) => (d === y[i] || y[i] === 1 ? d : d === 1 ? y[i]! : -1));
  return both.includes(-1) ? null : both;
}

const RUNS = { numRuns: 300, seed: 3 };

it('no tensor has an axis of size 0, or of part of an element', () => {
  fc.assert(
    fc.property(shapes(1, 4), fc.nat(3), fc.constantFrom(0, -1, 1.5, Number.NaN), (shape, at, wrong) => {
      const bad = shape.map((d, axis) => (axis === at % shape.length ? wrong : d));
      expect(() => state(new Float32Array(0), bad)).toThrow(ShapeError);
      if (wrong !== -1) expect(answer(/^(reshape|broadcastTo)/, () => reshape(make(shape), bad))).toBeNull();
      expect(answer(/^broadcastTo/, () => broadcastTo(make(shape), bad))).toBeNull();
    }),
    RUNS,
  );
});

it('operands broadcast as in NumPy', () => {
  fc.assert(
    fc.property(shapes(0, 4, 3), shapes(0, 4, 3), shapes(0, 2, 3), (a, b, c) => {
      expect(answer(/^add/, () => add(make(a), make(b)))).toEqual(broadcast(a, b));
      const three = broadcast(broadcast(a, b) ?? [-1, -1, -1, -1, -1], c);
      const legal = broadcast(a, b) ? three : null;
      expect(answer(/^where/, () => where(make(a), make(b), make(c)))).toEqual(legal);
      const to = broadcast(a, b);
      expect(answer(/^broadcastTo/, () => broadcastTo(make(a), b))).toEqual(to?.join() === b.join() ? b : null);
    }),
    RUNS,
  );
});

it('axes may be negative, and must be there once', () => {
  const axes = fc.array(fc.integer({ min: -5, max: 4 }), { maxLength: 3 });
  fc.assert(
    fc.property(shapes(0, 4), axes, fc.boolean(), (shape, over, keepDims) => {
      const rank = shape.length;
      const places = over.map((a) => (a < 0 ? a + rank : a));
      const legal = places.every((a) => a >= 0 && a < rank) && new Set(places).size === places.length;
      const expected = legal ? shape.flatMap((d, axis) => (places.includes(axis) ? (keepDims ? [1] : []) : [d])) : null;
      for (const reduce of [sum, logSumExp])
        expect(answer(/^(sum|max|logSumExp)/, () => reduce(make(shape), over, { keepDims }))).toEqual(expected);
      const [axis = 0] = over;
      const one = axis >= -rank && axis < rank ? shape : null;
      expect(answer(/^softmax/, () => softmax(make(shape), axis))).toEqual(one);
      expect(answer(/^cumSum/, () => cumSum(make(shape), axis))).toEqual(one);
    }),
    RUNS,
  );
});

it('products need equal inner sizes and batches that broadcast', () => {
  fc.assert(
    fc.property(shapes(2, 4, 3), shapes(2, 4, 3), fc.boolean(), fc.boolean(), (a, b, transposeA, transposeB) => {
      const matrix = (s: readonly number[], turned: boolean) => (turned ? s.slice(-2).reverse() : s.slice(-2));
      const [[m, k], [other, n]] = [matrix(a, transposeA), matrix(b, transposeB)];
      const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
      const legal = k === other && batch !== null;
      const product = () => matmul(make(a), make(b), { transposeA, transposeB });
      expect(answer(/^matmul/, product)).toEqual(legal ? [...batch, m!, n!] : null);
    }),
    RUNS,
  );
  // A vector is a row on the left, a column on the right, and its axis is gone from the result.
  expect(answer(/^matmul/, () => matmul(make([3]), make([2, 3, 4])))).toEqual([2, 4]);
  expect(answer(/^matmul/, () => matmul(make([2, 4, 3]), make([3])))).toEqual([2, 4]);
  expect(answer(/^matmul/, () => matmul(make([3]), make([4])))).toBeNull();
  expect(answer(/^matmul/, () => matmul(make([]), make([1])))).toBeNull();
});

it('joins need equal shapes, but for the axis of a concat', () => {
  fc.assert(
    fc.property(shapes(1, 3, 2), shapes(1, 3, 2), fc.integer({ min: -4, max: 4 }), (a, b, axis) => {
      const rank = a.length;
      const at = axis < 0 ? axis + rank : axis;
      const there = at >= 0 && at < rank;
      const alike = a.length === b.length && a.every((d, i) => i === at || d === b[i]);
      const joined = there && alike ? a.map((d, i) => (i === at ? d + b[i]! : d)) : null;
      expect(answer(/^concat/, () => concat([make(a), make(b)], axis))).toEqual(joined);
      const place = axis < 0 ? axis + rank + 1 : axis;
      const same = a.join() === b.join() && place >= 0 && place <= rank;
      expect(answer(/^(stack|expandDims)/, () => stack([make(a), make(b)], axis))).toEqual(
        same ? a.toSpliced(place, 0, 2) : null,
      );
    }),
    RUNS,
  );
});

it('shapes are changed without losing elements', () => {
  fc.assert(
    fc.property(shapes(0, 4), shapes(0, 4), fc.shuffledSubarray([0, 1, 2, 3]), (a, b, order) => {
      expect(answer(/^reshape/, () => reshape(make(a), b))).toEqual(size(a) === size(b) ? b : null);
      const permutation = [...order].sort((x, y) => x - y).join() === a.map((_, i) => i).join();
      expect(answer(/^transpose/, () => transpose(make(a), order))).toEqual(
        permutation ? order.map((axis) => a[axis]!) : null,
      );
      expect(answer(/^squeeze/, () => squeeze(make(a)))).toEqual(a.filter((d) => d !== 1));
      const at = order[0] ?? 0;
      expect(answer(/^expandDims/, () => expandDims(make(a), at))).toEqual(
        at <= a.length ? a.toSpliced(at, 0, 1) : null,
      );
    }),
    RUNS,
  );
});

it('windows must fit into the padded image', () => {
  const whole = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(
      fc.tuple(whole(1, 7), whole(1, 7), whole(1, 3), whole(1, 3)),
      fc.tuple(whole(1, 5), whole(1, 5), whole(1, 3)),
      whole(1, 3),
      whole(0, 2),
      ([height, width, cin, cout], [kh, kw, wanted], stride, padding) => {
        const x = make([2, height, width, cin]);
        const out = (input: number, taps: number) => Math.floor((input + 2 * padding - taps) / stride) + 1;
        const fits = height + 2 * padding >= kh && width + 2 * padding >= kw;
        const area = [2, out(height, kh), out(width, kw)];
        const convolved = () => conv2d(x, make([kh, kw, wanted, cout]), { stride, padding });
        expect(answer(/^conv2d/, convolved)).toEqual(fits && wanted === cin ? [...area, cout] : null);
        const pads = padding <= Math.floor(kh / 2) && padding <= Math.floor(kw / 2);
        for (const pool of [maxPool2d, avgPool2d])
          expect(answer(/^(max|avg)Pool2d/, () => pool(x, [kh, kw], { stride, padding }))).toEqual(
            fits && pads ? [...area, cin] : null,
          );
        expect(answer(/^adaptive/, () => adaptiveAvgPool2d(x, [kh, kw]))).toEqual([2, kh, kw, cin]);
      },
    ),
    RUNS,
  );
});
