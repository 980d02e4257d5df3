/** f16 in memory, f32 in kernels: rounding, every family of ops, gradients; and what an adapter without f16 says. */
import { adam, grad } from '@ganvas/autograd';
import { Rng, roundToHalf } from '@ganvas/kernels-wgsl';
import {
  add,
  assign,
  batchNorm,
  broadcastTo,
  capture,
  cast,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convTranspose2d,
  exp,
  full,
  greater,
  leakyRelu,
  matmul,
  max,
  maximum,
  mean,
  moments,
  mul,
  normalize,
  openDevice,
  pack,
  relu,
  reshape,
  softmax,
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
import { blocks, readDocument, runDocument } from '../../documents.ts';

const device = await openDevice({ adapter: process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader', tuning: 'off' });
afterAll(() => device.close());

const supported = device.traits.features.has('shader-f16');
if (!supported) console.log(`f16 tests are skipped: ${device.adapter.name} has no shader-f16`);
const withHalf = supported ? describe : describe.skip;
const withoutHalf = supported ? describe.skip : describe;

withoutHalf('an adapter without f16', () => {
  const message = 'f16 needs the feature shader-f16, which';
  it('says so wherever f16 would come to be', () => {
    expect(() => tensor([1], [1], { dtype: 'f16' })).toThrow(`tensor: ${message}`);
    expect(() => state([1], [1], { dtype: 'f16' })).toThrow(`state: ${message}`);
    expect(() => full([1], 1, { dtype: 'f16' })).toThrow(`fill: ${message}`);
    expect(() => cast(tensor([1]), 'f16')).toThrow(`toF16: ${message}`);
  });
});

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const half = (shape: number[], seed: number): Tensor =>
  tensor(new Rng(seed).normals(size(shape), 0, 0.5), shape, { dtype: 'f16' });
const list = async (t: Tensor) => Array.from(await t.data());

withHalf('f16 tensors', () => {
  it('round numbers to the nearest, ties to even, and keep subnormals and infinities', async () => {
    const given = [0, -0, 1, 0.1, -1 / 3, 2049, 2051, 65504, 65519, 65520, -1e9, Infinity, 6e-8, 5e-5, 2 ** -25];
    const rounded = given.map(roundToHalf);
    expect(rounded.slice(4, 10)).toEqual([-0.333251953125, 2048, 2052, 65504, 65504, Infinity]);
    const x = tensor(given, [given.length], { dtype: 'f16' });
    expect(x.bytes).toBe(32);
    expect(await list(x)).toEqual(rounded);
    expect(await list(tensor(Float32Array.from(given), [15], { dtype: 'f16' }))).toEqual(rounded);
    expect(x.toString()).toContain('f16');
  });

  it.each([1, 2, 3, 7, 8, 1000, 40_001])('cast to and fro, %i of them', async (n) => {
    const values = Float32Array.from(new Rng(n).normals(n, 0, 10));
    const there = cast(tensor(values), 'f16');
    const expected = Array.from(values, roundToHalf);
    expect(await list(there)).toEqual(expected);
    expect(await list(cast(there, 'f32'))).toEqual(expected);
    const fused = capture((x: Tensor) => cast(cast(x, 'f16'), 'f32'));
    expect(await list(fused(tensor(values)))).toEqual(expected); // rounded, though never stored
  });

  it('casts subnormals and what is too large', async () => {
    const values = [6e-8, 3.1e-5, -5.9e-5, 2 ** -24, 65519, 65520, -1e9, 1e38];
    const there = cast(tensor(values), 'f16');
    expect(await list(there)).toEqual(values.map(roundToHalf));
    expect(await list(cast(there, 'f32'))).toEqual(values.map(roundToHalf));
  });

  it('are written by the host, and read back', async () => {
    const s = state([1, 2, 3], [3], { dtype: 'f16' });
    s.write(Float32Array.of(0.1, 70_000, -3));
    expect(await list(s)).toEqual([roundToHalf(0.1), Infinity, -3]);
    expect(() => s.write(Uint32Array.of(1, 2, 3))).toThrow('write: expected values of f16');
    assign(s, mul(s, 2));
    const step = capture(() => assign(s, add(s, 1))); // in place
    step();
    step();
    expect(await list(s)).toEqual([roundToHalf(roundToHalf(roundToHalf(0.2) + 1) + 1), Infinity, -4]);
  });

  /** Each op on f16 operands against itself on the same values in f32. */
  const cases: Record<string, [number[][], (...xs: Tensor[]) => Tensor]> = {
    elementwise: [[[3, 5], [5]], (x, y) => add(mul(tanh(x!), y!), 0.1)],
    'elementwise by fours': [[[4, 8], [8]], (x, y) => sub(exp(x!), y!)],
    masks: [[[9], [9]], (x, y) => where(greater(x!, y!), x!, mul(maximum(x!, y!), greater(y!, 0)))],
    movement: [[[3, 4, 2]], (x) => broadcastTo(reshape(transpose(x!, [2, 0, 1]), [2, 1, 12]), [2, 3, 12])],
    sum: [[[7, 33]], (x) => sum(square(x!), 1)],
    'sum of all': [[[64, 64]], (x) => sum(x!)],
    mean: [[[300, 200]], (x) => mean(add(x!, 100))],
    max: [[[5, 7]], (x) => max(x!, 0)],
    softmax: [[[5, 7]], (x) => softmax(x!)],
    matmul: [
      [
        [9, 13],
        [13, 8],
      ],
      (a, b) => matmul(a!, b!),
    ],
    'matmul, bias, activation': [[[16, 16], [16, 8], [8]], (a, b, bias) => relu(add(matmul(a!, b!), bias!))],
    conv2d: [
      [
        [2, 6, 6, 3],
        [4, 4, 3, 8],
      ],
      (x, w) => leakyRelu(conv2d(x!, w!, { stride: 2, padding: 1 }), 0.2),
    ],
    convTranspose2d: [
      [
        [2, 3, 3, 8],
        [4, 4, 4, 8],
      ],
      (x, w) => convTranspose2d(x!, w!, { stride: 2, padding: 1 }),
    ],
    conv2dInputGrad: [
      [
        [2, 3, 3, 8],
        [4, 4, 3, 8],
      ],
      (dy, w) => conv2dInputGrad(dy!, w!, [2, 6, 6, 3], { stride: 2, padding: 1 }),
    ],
    conv2dWeightGrad: [
      [
        [2, 6, 6, 3],
        [2, 3, 3, 8],
      ],
      (x, dy) => conv2dWeightGrad(x!, dy!, [4, 4, 3, 8], { stride: 2, padding: 1 }),
    ],
  };

  it.each(Object.keys(cases))('%s computes in f32', async (name) => {
    const [shapes, fn] = cases[name]!;
    const inputs = shapes.map((shape, i) => half(shape, i + 1));
    const wide = inputs.map((x) => cast(x, 'f32'));
    const expected = await list(fn(...wide));
    for (const y of [fn(...inputs), capture((...xs: Tensor[]) => fn(...xs))(...inputs)]) {
      expect(y.dtype).toBe('f16');
      // An eager chain rounds after each op, a captured one where it stores: a few units in the last of 11 bits.
      const largest = Math.max(...expected.map(Math.abs));
      const off = (await list(y)).map((v, i) => Math.abs(v - expected[i]!) / (Math.abs(expected[i]!) + 0.1 * largest));
      expect(Math.max(...off)).toBeLessThan(4 * 2 ** -11);
    }
  });

  it('are normalized with statistics in f32', async () => {
    const [x, gamma, beta] = [half([50, 6], 1), tensor(new Rng(2).normals(6)), tensor(new Rng(3).normals(6))];
    const wide = cast(x, 'f32');
    const [narrow, expected] = [batchNorm(x, gamma, beta), batchNorm(wide, gamma, beta)];
    expect([narrow.y, narrow.mean, narrow.variance].map((t) => t.dtype)).toEqual(['f16', 'f32', 'f32']);
    expect(await list(narrow.mean)).toEqual(await list(expected.mean));
    expect(await list(narrow.y)).toEqual(await list(cast(expected.y, 'f16')));
    expect(await list(moments(x)[1])).toEqual(await list(expected.variance));
    const evaluated = normalize(x, narrow.mean, narrow.variance, gamma, beta, 1e-5);
    expect(evaluated.dtype).toBe('f16');
  });

  it('have gradients of their dtype, close to those in f32', async () => {
    const [x, w, v] = [half([4, 6, 6, 4], 1), half([4, 4, 4, 8], 2), half([72, 5], 3)];
    const loss = (a: Tensor, b: Tensor, c: Tensor) => {
      const h = leakyRelu(conv2d(a, b, { stride: 2, padding: 1 }), 0.2);
      return mean(square(tanh(matmul(reshape(h, [4, 72]), c))));
    };
    const narrow = grad(loss(x, w, v), [x, w, v]);
    const wide = [x, w, v].map((t) => cast(t, 'f32')) as [Tensor, Tensor, Tensor];
    const expected = grad(loss(...wide), wide);
    for (const [i, g] of narrow.entries()) {
      expect(g.dtype).toBe('f16');
      const [actual, exact] = [await list(g), await list(expected[i]!)];
      const largest = Math.max(...exact.map(Math.abs));
      expect(Math.max(...actual.map((a, k) => Math.abs(a - exact[k]!))) / largest).toBeLessThan(0.01);
    }
  });

  it('have gradients through a batch norm and through masks', async () => {
    const [x, y, gamma, beta] = [half([40, 6], 1), half([40, 6], 2), tensor(new Rng(3).normals(6)), full([6], 0.1)];
    const loss = (a: Tensor, b: Tensor) => mean(mul(max(maximum(batchNorm(a, gamma, beta).y, b), 1), 8));
    const narrow = grad(loss(x, y), [x, y, gamma]);
    const [wideX, wideY] = [cast(x, 'f32'), cast(y, 'f32')];
    const expected = grad(loss(wideX, wideY), [wideX, wideY, gamma]);
    expect(narrow.map((g) => g.dtype)).toEqual(['f16', 'f16', 'f32']);
    for (const [i, g] of narrow.entries()) {
      const exact = await list(expected[i]!);
      const off = (await list(g)).map((a, k) => Math.abs(a - exact[k]!));
      expect(Math.max(...off) / Math.max(...exact.map(Math.abs))).toBeLessThan(0.01);
    }
  });

  it('refuse to mix silently, to be packed, and constants beyond their range', () => {
    const [h, f] = [half([2, 2], 1), full([2, 2], 1)];
    expect(() => add(h, f)).toThrow('add: operands have different dtypes, f16[2,2] and f32[2,2]; use cast');
    expect(() => matmul(h, f)).toThrow('matmul: operands have different dtypes, f16[2,2] and f32[2,2]; use cast');
    expect(() => pack([h])).toThrow('pack: expected f32 tensors, got f16[2,2]');
    expect(() => mul(h, 70_000)).toThrow('mul: 70000 is no value of f16');
    expect(() => adam([state([1], [1], { dtype: 'f16' })])).toThrow('packStates: expected f32 state, got f16[1]');
  });

  it('do what docs/mixed-precision.md shows', async () => {
    const document = readDocument('docs/mixed-precision.md');
    const printed = await runDocument(document, async () => device);
    expect(printed).toEqual(blocks(document, 'text').join('\n').split('\n'));
  });

  it('train f32 weights, with gradients that f16 alone would lose', async () => {
    /** Weights after some steps of a loss whose gradients are below the least f16. */
    const trained = async (lossScale?: 'dynamic') => {
      const w = state([1, -1], [2]);
      const optimizer = adam([w], { lr: 0.01, eps: 1e-30, ...(lossScale && { lossScale }) });
      const step = capture(() => {
        const loss = cast(mean(square(cast(w, 'f16'))), 'f32');
        optimizer.step(grad(optimizer.scaleLoss(mul(loss, 1e-8)), [w]));
      });
      for (let i = 0; i < 5; i++) step();
      return list(w);
    };
    expect(await trained()).toEqual([1, -1]);
    const [a, b] = await trained('dynamic');
    expect(a).toBeCloseTo(0.95, 2);
    expect(b).toBeCloseTo(-0.95, 2);
  });
});
