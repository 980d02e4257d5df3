/** Windows, pooling, resizing, filters and einsum: against plain loops on random shapes, as what dispatches, and what they refuse. */
import { grad, gradcheck, nn } from '@ganvas/autograd';
import { Rng, sizeOf } from '@ganvas/kernels-wgsl';
import * as ops from '@ganvas/tensor';
import { capture, mul, square, sum, type Tensor, tensor } from '@ganvas/tensor';
import fc from 'fast-check';
import { useDevice } from '../device.ts';
import { cases, expectClose } from '../rig.ts';

useDevice();

/** Small whole numbers: sums of their products are exact. */
const whole = (shape: readonly number[], rng: Rng): Tensor =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => rng.below(9) - 4),
    shape,
  );
const random = (shape: readonly number[], seed = 1): Tensor => tensor(new Rng(seed).normals(sizeOf(shape)), shape);
const numbers = async (t: Tensor): Promise<number[]> => [...(await t.data())];

describe('windows', () => {
  const axis = fc.record({
    taps: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    more: fc.integer({ min: 0, max: 4 }),
  });

  it('are read, and folded back, as plain loops do', async () => {
    const arbitrary = fc.record({ y: axis, x: axis, batch: fc.constantFrom(1, 2), channels: fc.constantFrom(1, 3, 4) });
    await cases(arbitrary, 8, async ({ y, x, batch, channels }) => {
      const [height, width] = [y, x].map((a) => (a.taps - 1) * a.dilation + 1 + a.more) as [number, number];
      const [oh, ow] = [y, x].map((a) => Math.floor(a.more / a.stride) + 1) as [number, number];
      const options = { stride: [y.stride, x.stride], dilation: [y.dilation, x.dilation] } as const;
      const rng = new Rng(height * width);
      const image = whole([batch, height, width, channels], rng);
      const read = ops.windows(image, [y.taps, x.taps], options);
      expect(read.shape).toEqual([batch, oh, ow, y.taps, x.taps, channels]);
      const back = whole(read.shape, rng);
      const [values, weights] = [await numbers(image), await numbers(back)];
      const folded = new Array<number>(image.size).fill(0);
      const expected = weights.map((weight, at) => {
        const c = at % channels;
        const [j, i] = [Math.floor(at / channels) % x.taps, Math.floor(at / (channels * x.taps)) % y.taps];
        const corner = Math.floor(at / (channels * x.taps * y.taps));
        const [left, top] = [(corner % ow) * x.stride, (Math.floor(corner / ow) % oh) * y.stride];
        const row = Math.floor(corner / (ow * oh)) * height + top + i * y.dilation;
        const from = (row * width + left + j * x.dilation) * channels + c;
        folded[from]! += weight;
        return values[from]!;
      });
      expect(await numbers(read)).toEqual(expected);
      expect(await numbers(ops.foldWindows(back, image.shape, options))).toEqual(folded);
    });
  });

  it('of what was moved before see it moved', async () => {
    const fn = (x: Tensor) => {
      const pooled = ops.maxPool2d(ops.pixelShuffle(ops.relu(x), 2), 3, { stride: 1 });
      return [pooled, grad(sum(square(pooled)), [x])[0]];
    };
    const x = random([2, 2, 3, 8]);
    const eager = fn(x);
    const captured = capture(fn)(x);
    for (const i of [0, 1]) expect(await numbers(captured[i]!)).toEqual(await numbers(eager[i]!));
  });
});

it('pooling is one dispatch, what comes before and after included', async () => {
  const dispatches = async (fn: (x: Tensor) => Tensor) => {
    const step = capture(fn);
    await step.prepare(random([2, 4, 6, 4]));
    return step.plan!.dispatches.length;
  };
  expect(await dispatches((x) => ops.relu(ops.maxPool2d(ops.leakyRelu(x), 2)))).toBe(1);
  expect(await dispatches((x) => ops.maxPool2d(x, 3, { stride: 1 }))).toBe(1);
  expect(await dispatches((x) => ops.avgPool2d(ops.square(x), 2))).toBe(1);
  expect(await dispatches((x) => ops.adaptiveAvgPool2d(x, 1))).toBe(1);
});

it('a max pool sends the gradient of a tie to the first of the largest', async () => {
  const x = tensor(new Float32Array(9).fill(-5), [1, 3, 3, 1]);
  const pooled = ops.maxPool2d(x, 2, { stride: 1, padding: 1 });
  expect(await numbers(pooled)).toEqual(new Array(16).fill(-5)); // not 0: the padding is no number that wins
  const [g] = grad(sum(pooled), [x]);
  // Row-major, each of the 4 × 4 windows gives 1 to its first element that is not padding.
  expect(await numbers(g)).toEqual([4, 2, 2, 2, 1, 1, 2, 1, 1]);
});

it('pixelUnshuffle undoes pixelShuffle, and channels have PyTorch’s order', async () => {
  const x = tensor(
    Float32Array.from({ length: 8 }, (_, i) => i),
    [1, 1, 1, 8],
  );
  const y = ops.pixelShuffle(x, 2);
  expect(y.shape).toEqual([1, 2, 2, 2]);
  expect(await numbers(y)).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
  expect(await numbers(ops.pixelUnshuffle(y, 2))).toEqual(await numbers(x));
});

describe('einsum', () => {
  const LETTERS = ['p', 'q', 'r', 's'];
  const SIZES: Record<string, number> = { p: 2, q: 3, r: 4, s: 1 };
  const term = fc.shuffledSubarray(LETTERS, { minLength: 0, maxLength: 4 });

  it('is the sum over all its indices', async () => {
    await cases(fc.tuple(term, term, term, fc.nat()), 12, async ([a, b, kept, seed]) => {
      const output = kept.filter((letter) => a.includes(letter) || b.includes(letter));
      const rng = new Rng(seed);
      const [x, y] = [a, b].map((letters) => {
        const shape = letters.map((letter) => SIZES[letter]!);
        return whole(shape, rng);
      }) as [Tensor, Tensor];
      const [xs, ys] = [await numbers(x), await numbers(y)];
      const expected = new Array<number>(sizeOf(output.map((letter) => SIZES[letter]!))).fill(0);
      const all = [...new Set([...a, ...b])];
      for (let flat = 0; flat < sizeOf(all.map((letter) => SIZES[letter]!)); flat++) {
        let rest = flat;
        const at: Record<string, number> = {};
        for (const letter of all) {
          at[letter] = rest % SIZES[letter]!;
          rest = Math.floor(rest / SIZES[letter]!);
        }
        const place = (letters: string[]) => letters.reduce((index, l) => index * SIZES[l]! + at[l]!, 0);
        expected[place(output)]! += xs[place(a)]! * ys[place(b)]!;
      }
      const result = ops.einsum(`${a.join('')}, ${b.join('')} -> ${output.join('')}`, x, y);
      expect(result.shape).toEqual(output.map((letter) => SIZES[letter]!));
      expectClose(await result.data(), expected, {}); // exact, but for the sign of 0
    });
  });

  it('is one product, without copies, where operands lie as a product reads them', async () => {
    const inputs = [random([2, 3, 4]), random([2, 5, 4])] as const;
    const step = capture((a: Tensor, b: Tensor) => ops.einsum('bij,bkj->bik', a, b));
    await step.prepare(...inputs);
    expect(step.plan!.dispatches).toHaveLength(1);
  });
});

const SMALL: Record<string, [fn: (x: Tensor) => Tensor, shape: number[]]> = {
  conv1d: [(x) => ops.conv1d(x, random([2, 2, 1]), { stride: 2, padding: [1, 0] }), [1, 3, 2]],
  avgPool2d: [(x) => ops.avgPool2d(x, 2, { stride: 1, padding: 1, countIncludePad: false }), [1, 2, 2, 1]],
  adaptiveAvgPool2d: [(x) => ops.adaptiveAvgPool2d(x, 2), [1, 3, 3, 1]],
  upsampleBilinear: [(x) => ops.upsampleBilinear(x, 2), [1, 2, 2, 2]],
  upfirdn2d: [(x) => ops.upfirdn2d(x, [1, 2, 1], { up: 2, padding: [1, 2] }), [1, 2, 2, 1]],
  einsum: [(x) => ops.einsum('ijk,kj->i', x, random([2, 2])), [2, 2, 2]],
};

it.each(Object.keys(SMALL))('%s squared agrees with finite differences in second order', async (name) => {
  const [fn, shape] = SMALL[name]!;
  expect(await gradcheck((x) => square(fn(x)), [random(shape)], { order: 2 })).toMatchObject({ ok: true });
});

it('cross entropy agrees with finite differences in second order', async () => {
  const soft = ops.softmax(random([2, 3], 2));
  const loss = (x: Tensor) =>
    mul(nn.softmaxCrossEntropy(x, tensor(Uint32Array.of(2, 0))), nn.softmaxCrossEntropy(x, soft));
  expect(await gradcheck(loss, [random([2, 3])], { order: 2 })).toMatchObject({ ok: true });
});

it('a blur keeps brightness', async () => {
  const flat = ops.blur(tensor(new Float32Array(49).fill(3), [1, 7, 7, 1]));
  const inner = ops.slice(flat, [null, [2, 6], [2, 6]]);
  expectClose(await inner.data(), new Array(16).fill(3), { rel: 1e-6 });
});

it('what cannot be is refused, by name', () => {
  const x = random([1, 4, 6, 3]);
  const v = random([4]);
  const refusals: [() => Tensor, RegExp][] = [
    [() => ops.windows(v, 2), /^windows: x must have 4 axes, got x \[4\]/],
    [() => ops.windows(x, 5), /^windows: the 5×5 window is larger than x \[1,4,6,3\]/],
    [() => ops.windows(x, 0), /^windows: the window must be whole numbers of at least 1, got 0/],
    [() => ops.windows(x, 2, { stride: 0 }), /^windows: stride must be whole numbers of at least 1/],
    [() => ops.foldWindows(x, [1, 4, 6, 3]), /^foldWindows: y must have 6 axes/],
    [() => ops.foldWindows(random([1, 3, 5, 2, 2, 3]), [1, 4, 7, 3]), /^foldWindows: y must be \[1,3,6,2,2,3\]/],
    [() => ops.maxPool2d(x, 2, { padding: 2 }), /^maxPool2d: padding 2 is more than half of the 2×2 window/],
    [() => ops.maxPool2d(x, [5, 1]), /^maxPool2d: the 5×1 window is larger than x/],
    [() => ops.avgPool2d(x, 2, { stride: 0.5 }), /^avgPool2d: stride must be whole numbers/],
    [() => ops.avgPool2d(x, 7), /^avgPool2d: the 7×7 window is larger than the padded x/],
    [() => ops.adaptiveAvgPool2d(v, 1), /^adaptiveAvgPool2d: x must have 4 axes/],
    [() => ops.adaptiveAvgPool2d(x, 0), /^adaptiveAvgPool2d: /],
    [() => ops.conv1d(x, v), /^conv1d: x must have 3 axes, got x \[1,4,6,3\]/],
    [() => ops.conv1d(random([1, 4, 2]), v), /^conv1d: w must have 3 axes, got w \[4\]/],
    [() => ops.resizeBilinear(x, [4, 0]), /^resizeBilinear: shape \[4,0\] must have whole sizes/],
    [() => ops.upsampleNearest(x, 1.5), /^upsampleNearest: factor must be whole numbers of at least 1, got 1.5/],
    [() => ops.pixelShuffle(x, 2), /^pixelShuffle: the 3 channels must be a multiple of 4 for factor 2/],
    [() => ops.pixelUnshuffle(x, 4), /^pixelUnshuffle: height and width must be multiples of factor 4/],
    [() => ops.upfirdn2d(x, [1, 3, 3, 1, 1]), /^upfirdn2d: the 5×5 filter is larger than the padded image/],
    [() => ops.upfirdn2d(x, [[1, 2], [3]]), /^upfirdn2d: the filter must be a row of numbers or rows of equal length/],
    [() => ops.upfirdn2d(x, [1], { up: 0 }), /^upfirdn2d: up must be whole numbers of at least 1, got 0/],
    [() => ops.dot(v, random([3])), /^dot: expected two vectors of one length, got a \[4\], b \[3\]/],
    [() => ops.outer(x, v), /^outer: expected two vectors/],
    [
      () => ops.einsum('ii,i->i', random([4, 4]), v),
      /^einsum: 'ii,i->i' names i twice in a; .* \(a \[4,4\], b \[4\]\)/,
    ],
    [() => ops.einsum('i,i->j', v, v), /names j in the result alone/],
    [() => ops.einsum('i,i->ii', v, v), /names i twice in the result/],
    [() => ops.einsum('ij,j', v, v), /names 2 axes of a, which has 1/],
    [() => ops.einsum('i,i', v, random([3])), /gives i the sizes 4 and 3/],
    [() => ops.einsum('i->i', v, v), /is no equation of two operands/],
    [() => ops.einsum('i,j,k->i', v, v), /is no equation of two operands/],
    [
      () => nn.softmaxCrossEntropy(random([2, 3]), tensor(Uint32Array.of(1))),
      /target must be classes \[2\] for logits/,
    ],
    [() => nn.softmaxCrossEntropy(random([2, 3]), random([3])), /target must be probabilities \[2,3\]/],
  ];
  for (const [call, message] of refusals) expect(call).toThrow(message);
});
