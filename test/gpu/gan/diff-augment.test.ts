/** DiffAugment against the paper's code in float64 with the same draws, its distributions, and its gradients. */
import { gradcheck } from '@ganvas/autograd';
import { type Augmentation, diffAugment, randomShift } from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, mean, ones, pack, randomGenerator, type Tensor, tanh, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

useDevice();

/** An image by row, column and channel. */
type Image = number[][][];
type Reference = (images: Image[], rng: Rng) => Image[];

const average = (xs: number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
const draw = <T>(images: Image[], one: () => T): T[] => images.map(() => one());
const map = (image: Image, f: (value: number, y: number, x: number) => number): Image =>
  image.map((row, y) => row.map((pixel, x) => pixel.map((value) => f(value, y, x))));

/** DiffAugment_pytorch.py, in loops. */
const REFERENCES: Record<Augmentation, Reference> = {
  color(images, rng) {
    const brightness = draw(images, () => rng.uniform() - 0.5);
    let changed = images.map((image, n) => map(image, (v) => v + brightness[n]!));
    if (images[0]![0]![0]!.length === 3) {
      const saturation = draw(images, () => rng.uniform() * 2);
      changed = changed.map((image, n) =>
        image.map((row) =>
          row.map((pixel) => pixel.map((v) => (v - average(pixel)) * saturation[n]! + average(pixel))),
        ),
      );
    }
    const contrast = draw(images, () => rng.uniform() + 0.5);
    return changed.map((image, n) => {
      const middle = average(image.flat(2));
      return map(image, (v) => (v - middle) * contrast[n]! + middle);
    });
  },

  translation(images, rng) {
    const [height, width] = [images[0]!.length, images[0]![0]!.length];
    const [far, wide] = [height, width].map((size) => Math.floor(size * 0.125 + 0.5)) as [number, number];
    const down = draw(images, () => rng.below(2 * far + 1) - far);
    const across = draw(images, () => rng.below(2 * wide + 1) - wide);
    return images.map((image, n) => {
      const black = image[0]![0]!.map(() => 0);
      const empty = Array.from({ length: width + 2 }, () => black);
      const padded = [empty, ...image.map((row) => [black, ...row, black]), empty];
      return image.map((row, y) =>
        row.map((_, x) => padded[clamp(y + down[n]! + 1, 0, height + 1)]![clamp(x + across[n]! + 1, 0, width + 1)]!),
      );
    });
  },

  cutout(images, rng) {
    const sizes = [images[0]!.length, images[0]![0]!.length] as const;
    const windows = sizes.map((size) => Math.floor(size * 0.5 + 0.5));
    const offsets = sizes.map((size, axis) => draw(images, () => rng.below(size + (1 - (windows[axis]! % 2)))));
    return images.map((image, n) => {
      const mask = image.map((row) => row.map(() => 1));
      for (let y = 0; y < windows[0]!; y++)
        for (let x = 0; x < windows[1]!; x++) {
          const [row, column] = [y, x].map((at, axis) =>
            clamp(at + offsets[axis]![n]! - Math.floor(windows[axis]! / 2), 0, sizes[axis]! - 1),
          );
          mask[row!]![column!] = 0;
        }
      return map(image, (v, y, x) => v * mask[y]![x]!);
    });
  },
};

const unflatten = (values: ArrayLike<number>, [n, h, w, c]: readonly number[]): Image[] => {
  let at = 0;
  const list = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  return list(n!, () => list(h!, () => list(w!, () => list(c!, () => values[at++]!))));
};
/** Its values; a product with 0 may be −0, which is as good. */
const numbers = async (t: Tensor): Promise<number[]> => Array.from(await t.data(), (value) => Number(value) + 0);
const images = (...shape: number[]): Tensor => tensor(new Rng(5).normals(shape.reduce((a, b) => a * b)), shape);

const POLICIES: Augmentation[][] = [
  ['color'],
  ['translation'],
  ['cutout'],
  ['color', 'translation', 'cutout'],
  ['cutout', 'color'],
];

describe.each(POLICIES.map((policy) => [policy.join(', '), policy] as const))('%s', (_, policy) => {
  it.each([
    [7, 8, 12, 3],
    [7, 9, 6, 1],
    [5, 13, 7, 3],
  ])('does to [%i, %i, %i, %i] what the paper’s code does', async (...shape) => {
    const x = images(...shape);
    const rng = new Rng(9);
    const before = unflatten(await numbers(x), shape);
    const expected = policy.reduce((now, name) => REFERENCES[name](now, rng), before).flat(3);
    const changed = await numbers(diffAugment(x, policy, randomGenerator(9)));
    expect(changed).toHaveLength(expected.length);
    changed.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(2e-6);
    });
    if (!policy.includes('color')) expect(changed).toEqual(expected.map((v) => v + 0));
  });

  it('has first and second gradients that finite differences agree with', async () => {
    const changed = (x: Tensor) => tanh(diffAugment(x, policy, randomGenerator(9)));
    expect(await gradcheck(changed, [images(1, 4, 4, 3)], { order: 2 })).toMatchObject({ ok: true });
  });
});

it('changes real and generated examples alike, each by draws of its own, and every time anew', async () => {
  const generator = randomGenerator(9);
  const step = capture((x: Tensor) => {
    const [real, fake] = [1, 2].map(() => diffAugment(x, ['color', 'translation', 'cutout'], generator));
    return pack([real!, fake!]);
  });
  const x = images(4, 8, 8, 1);
  const own = randomGenerator(9);
  const eager = async () => numbers(diffAugment(x, ['color', 'translation', 'cutout'], own));
  for (let i = 0; i < 2; i++) {
    const both = Array.from(await step(x).data(), Number);
    for (const part of [both.slice(0, 256), both.slice(256)])
      (await eager()).forEach((value, k) => {
        expect(part[k]).toBeCloseTo(value, 5);
      });
    expect(both.slice(0, 256)).not.toEqual(both.slice(256));
  }
});

/** Of counts that should be equal, Σ (count − mean)² / mean: about as much as there are counts, seldom far more. */
const chiSquare = (counts: number[]) =>
  counts.reduce((sum, n) => sum + (n - average(counts)) ** 2 / average(counts), 0);

describe('of many images', () => {
  const COUNT = 3600;

  it('brightness is uniform on (−½, ½), and contrast and saturation keep the mean', async () => {
    const grey = tensor(new Float32Array(COUNT * 4), [COUNT, 2, 2, 1]);
    const shifts = await numbers(mean(diffAugment(grey, ['color'], randomGenerator(1)), [1, 2, 3]));
    const bins = Array.from({ length: 10 }, () => 0);
    for (const shift of shifts) bins[Math.floor((shift + 0.5) * 10)]!++;
    expect(bins).toHaveLength(10);
    expect(chiSquare(bins)).toBeLessThan(27.9); // 1 in 1,000 by chance
    const colors = images(20, 4, 4, 3);
    const [before, after] = await Promise.all(
      [colors, diffAugment(colors, ['color'], randomGenerator(1))].map((t) => numbers(mean(t, [1, 2, 3]))),
    );
    const rng = new Rng(1);
    before!.forEach((value, n) => {
      expect(after![n]).toBeCloseTo(value + rng.uniform() - 0.5, 5);
    });
  });

  it('each translation is as likely as another', async () => {
    // One white pixel in the middle: where it went tells the translation.
    const [size, middle] = [9, 4];
    const dots = new Float32Array(COUNT * size * size);
    for (let n = 0; n < COUNT; n++) dots[(n * size + middle) * size + middle] = 1;
    const moved = await numbers(diffAugment(tensor(dots, [COUNT, size, size, 1]), ['translation'], randomGenerator(2)));
    const places = Array.from({ length: size * size }, () => 0);
    moved.forEach((value, i) => {
      places[i % (size * size)]! += value;
    });
    expect(places.filter((n) => n > 0)).toHaveLength(9); // −1, 0, 1 down and across
    expect(chiSquare(places.filter((n) => n > 0))).toBeLessThan(26.1);
  });

  it('each place of the window is as likely as another', async () => {
    const left = await numbers(diffAugment(ones([COUNT, 4, 4, 1]), ['cutout'], randomGenerator(3)));
    const patterns = new Map<string, number>();
    for (let n = 0; n < COUNT; n++) {
      const pattern = left.slice(16 * n, 16 * n + 16).join('');
      patterns.set(pattern, (patterns.get(pattern) ?? 0) + 1);
    }
    expect(patterns.size).toBe(25); // centres 0 to 4 down and across: half a window may lie outside
    expect(chiSquare([...patterns.values()])).toBeLessThan(51.2);
  });
});

it('randomShift moves all channels of an image alike', async () => {
  const [n, h, w, c] = [30, 5, 6, 3] as const;
  const x = images(n, h, w, c);
  const values = await numbers(x);
  const shifted = await numbers(randomShift(x, randomGenerator(4), 2));
  const rng = new Rng(4);
  const [down, across] = [0, 1].map(() => Array.from({ length: n }, () => rng.integer(5) - 2));
  expect([new Set(down).size, new Set(across).size]).toEqual([5, 5]);
  shifted.forEach((value, i) => {
    const [image, y, at, channel] = [
      Math.floor(i / (h * w * c)),
      Math.floor(i / (w * c)) % h,
      Math.floor(i / c) % w,
      i % c,
    ];
    const [row, column] = [y + down![image]!, at + across![image]!];
    const inside = row >= 0 && row < h && column >= 0 && column < w;
    expect(value).toBe(inside ? values[((image * h + row) * w + column) * c + channel] : 0);
  });
});

it('leaves images without a policy as they are, and refuses what are no images', () => {
  const x = images(2, 4, 4, 1);
  expect(diffAugment(x, [], randomGenerator(1))).toBe(x);
  expect(() => diffAugment(images(5, 2), ['color'], randomGenerator(1))).toThrow(
    'diffAugment: expected images [batch, height, width, channels], got [5,2]',
  );
});
