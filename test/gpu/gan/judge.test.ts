/** The judge of digits: what it reads, what it finds of real digits, of noise and of collapsed samples, and the file of its weights. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  classifier,
  decodeSafetensors,
  type Figure,
  FileError,
  featureStatistics,
  formatJudgement,
  glanceAtDigits,
  type Judgement,
  judgeDigits,
  judgeStacked,
  likeliestClasses,
  loadClassifier,
  loadMnist,
  type MnistJudge,
  nearestDigits,
  openMnistJudge,
  saveClassifier,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

const WEIGHTS = fileURLToPath(new URL('../../../packages/gan/weights/mnist-classifier.safetensors', import.meta.url));
const device = useDevice();
const folder = mkdtempSync(join(tmpdir(), 'ganvas-judge-'));
const test = loadMnist('test');
let judge: MnistJudge;
beforeAll(() => {
  judge = openMnistJudge(device());
});
afterAll(() => {
  judge.dispose();
  rmSync(folder, { recursive: true });
});

const PIXELS = 28 * 28;
/** Test digits from `from` on. */
const digits = (count: number, from = 5000) => ({
  images: test.images.slice(from * PIXELS, (from + count) * PIXELS),
  labels: test.labels.slice(from, from + count),
  ...{ count, height: 28, width: 28, channels: 1 },
});
const floats = (bytes: Uint8Array) => Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
const figure = (judgement: Judgement, name: string): Figure => judgement.find((f) => f.name === name)!;
const value = (judgement: Judgement, name: string): number => figure(judgement, name).value;
const agreement = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).filter((x, i) => x === b[i]).length / a.length;

describe('read', () => {
  it('knows digits; probabilities are such, and features are not negative', async () => {
    const some = digits(300);
    const { probabilities, features } = await judge.read(some);
    expect([probabilities.count, probabilities.width, features.count, features.width]).toEqual([300, 10, 300, 128]);
    expect(agreement(likeliestClasses(probabilities), some.labels)).toBeGreaterThan(0.98);
    for (let row = 0; row < 300; row++) {
      const sum = Array.from(probabilities.values.subarray(10 * row, 10 * row + 10)).reduce((a, b) => a + b);
      expect(sum).toBeCloseTo(1, 5);
    }
    expect(Array.from(features.values).every((v) => v >= 0 && Number.isFinite(v))).toBe(true);
  });

  it('takes bytes for what they are in [−1, 1], and batches of any length', async () => {
    const some = digits(103);
    const bytes = await judge.read(some);
    expect(await judge.read({ ...some, images: floats(some.images) })).toEqual(bytes);
    const last = await judge.read(digits(3, 5100));
    expect(last.features.values).toEqual(bytes.features.values.slice(100 * 128));
  });

  it('reads each channel apart, an image’s side by side', async () => {
    const some = digits(6);
    const stacked = Uint8Array.from({ length: 6 * PIXELS }, (_, at) => {
      const [image, pixel, channel] = [Math.floor(at / (3 * PIXELS)), Math.floor(at / 3) % PIXELS, at % 3];
      return some.images[(3 * image + channel) * PIXELS + pixel]!;
    });
    const reading = await judge.read({ images: stacked, count: 2, height: 28, width: 28, channels: 3 });
    expect(reading).toEqual(await judge.read(some));
  });

  it('reads digits of another size', async () => {
    const some = digits(100);
    const doubled = Uint8Array.from({ length: 100 * 4 * PIXELS }, (_, at) => {
      const [image, y, x] = [Math.floor(at / (4 * PIXELS)), Math.floor(at / 56) % 56, at % 56];
      return some.images[image * PIXELS + Math.floor(y / 2) * 28 + Math.floor(x / 2)]!;
    });
    const { probabilities } = await judge.read({ images: doubled, count: 100, height: 56, width: 56 });
    expect(agreement(likeliestClasses(probabilities), some.labels)).toBeGreaterThan(0.95);
  });

  it('refuses images that are not as many as said, or not finite', async () => {
    const { images } = digits(2);
    await expect(judge.read({ images, count: 3, height: 28, width: 28 })).rejects.toThrow(
      'read: expected 3 images of 28×28×1 = 2352 values, got 1568',
    );
    const values = floats(images);
    values[800] = Number.NaN;
    await expect(judge.read({ images: values, count: 2, height: 28, width: 28 })).rejects.toThrow('image 1 holds NaN');
  });
});

describe('at a glance', () => {
  const NAMES = ['MNIST score', 'MNIST-FD', 'confidence', 'classes hit'];

  it('real digits are clear, even and near', async () => {
    const seen = await glanceAtDigits(judge, digits(400));
    expect(seen.map(({ name }) => name)).toEqual([...NAMES, 'label accuracy']);
    expect(seen.every(({ samples }) => samples === 400)).toBe(true);
    expect(value(seen, 'MNIST score')).toBeGreaterThan(9.3);
    // 400 real digits are no better than that: the distance has a bias.
    expect(value(seen, 'MNIST-FD')).toBeLessThan(8);
    expect(value(seen, 'confidence')).toBeGreaterThan(0.98);
    expect(value(seen, 'classes hit')).toBe(10);
    expect(value(seen, 'label accuracy')).toBeGreaterThan(0.98);
  });

  it('noise is far, and one digit again and again is of one class', async () => {
    const rng = new Rng(1);
    const noise = Float32Array.from({ length: 100 * PIXELS }, () => 2 * rng.uniform() - 1);
    const ofNoise = await glanceAtDigits(judge, { images: noise, count: 100, height: 28, width: 28 });
    expect(ofNoise.map(({ name }) => name)).toEqual(NAMES);
    expect(value(ofNoise, 'MNIST-FD')).toBeGreaterThan(100);
    expect(value(ofNoise, 'MNIST score')).toBeLessThan(2);
    const one = digits(1).images;
    const images = Uint8Array.from({ length: 100 * PIXELS }, (_, at) => one[at % PIXELS]!);
    const ofOne = await glanceAtDigits(judge, { images, count: 100, height: 28, width: 28 });
    expect(value(ofOne, 'MNIST score')).toBeCloseTo(1, 5);
    expect(value(ofOne, 'classes hit')).toBe(1);
    expect(value(ofOne, 'MNIST-FD')).toBeGreaterThan(50);
  });
});

it('judges in full, with intervals around the figures', async () => {
  const { features: real } = await judge.read(digits(200, 5300));
  const some = digits(200);
  const options = { real, resamples: 40 };
  const full = await judgeDigits(judge, some, options);
  const glance = await glanceAtDigits(judge, some);
  for (const { name, value: seen } of glance) expect(value(full, name)).toBeCloseTo(seen, 6);
  for (const { name, low, high, value: v } of full.filter((f) => f.low !== null)) {
    expect([name, low! <= high!]).toEqual([name, true]);
    expect([name, v >= low! && v <= high!]).toEqual([name, true]);
  }
  expect(value(full, 'precision')).toBeGreaterThan(0.4);
  expect(value(full, 'recall')).toBeGreaterThan(0.4);
  expect(Math.abs(value(full, 'kernel distance'))).toBeLessThan(0.2);
  const shares = full.filter(({ name }) => name.startsWith('share of'));
  expect(shares).toHaveLength(10);
  expect(shares.reduce((sum, f) => sum + f.value, 0)).toBeCloseTo(1, 12);
  expect(JSON.parse(JSON.stringify(full))).toEqual(full);

  const wrong = await judgeDigits(judge, { ...some, labels: some.labels.map((d) => (d + 1) % 10) }, options);
  expect(value(wrong, 'label accuracy')).toBeLessThan(0.02);
  const lines = formatJudgement(full).split('\n');
  expect(lines[0]).toMatch(/^figure +value +95 % interval +samples$/);
  expect(lines).toHaveLength(full.length + 1);
  await expect(judgeDigits(judge, digits(3), options)).rejects.toThrow(
    'judgeDigits: expected at least 4 samples, got 3',
  );
});

it('counts the numbers of stacked digits', async () => {
  const [count, some] = [66, digits(198)];
  const images = Uint8Array.from({ length: 3 * count * PIXELS }, (_, at) => {
    const [image, pixel, channel] = [Math.floor(at / (3 * PIXELS)), Math.floor(at / 3) % PIXELS, at % 3];
    return some.images[(3 * image + channel) * PIXELS + pixel]!;
  });
  const [modes, divergence] = await judgeStacked(judge, { images, count, height: 28, width: 28, channels: 3 });
  const numbers = Array.from({ length: count }, (_, i) => [...some.labels.subarray(3 * i, 3 * i + 3)].join(''));
  const shares = new Map<string, number>();
  for (const number of numbers) shares.set(number, (shares.get(number) ?? 0) + 1 / count);
  const expected = [...shares.values()].reduce((sum, p) => sum + p * Math.log(1000 * p), 0);
  expect(Math.abs(modes!.value - shares.size)).toBeLessThanOrEqual(3);
  expect(divergence!.value).toBeCloseTo(expected, 1);
  expect(divergence!.low!).toBeLessThan(divergence!.high!);
  await expect(judgeStacked(judge, digits(2))).rejects.toThrow('judgeStacked: expected images of 3 channels');
});

it('finds copies among digits at no distance, and what only looks alike at some', async () => {
  const among = digits(100);
  const copies = { ...digits(2, 5017), images: floats(digits(2, 5017).images) };
  const { pixels, features } = await nearestDigits(judge, copies, among, 2);
  for (const { indices, distances } of [pixels, features]) {
    expect([indices[0], indices[2]]).toEqual([17, 18]);
    expect([distances[0], distances[2]]).toEqual([0, 0]);
    expect(distances[1]).toBeGreaterThan(0);
  }
});

describe('the weights', () => {
  it('are small, and say how they were made', () => {
    expect(statSync(WEIGHTS).size).toBeLessThanOrEqual(1.5e6);
    const { metadata } = decodeSafetensors(readFileSync(WEIGHTS), WEIGHTS);
    expect(metadata).toMatchObject({ format: 'ganvas-classifier', samples: '10000', features: '128' });
    expect(metadata.command).toMatch(/^npm run classify -- .*--seed \d+/);
    expect(Number(/^[\d.]+/.exec(metadata.accuracy!)![0])).toBeGreaterThanOrEqual(0.992);
    for (const key of ['adapter', 'seed', 'layout']) expect(metadata[key]).toBeTruthy();
  });

  it('come back as they were saved, statistics to 48 bits', async () => {
    const path = join(folder, 'small.safetensors');
    const model = classifier({ size: 8, width: 2, features: 3, classes: 4, rng: new Rng(5) });
    const rng = new Rng(6);
    const values = Float64Array.from({ length: 30 }, () => rng.normal());
    const statistics = featureStatistics({ values, count: 10, width: 3 });
    await saveClassifier(path, { model, statistics }, { seed: '5' });
    const loaded = loadClassifier(path, device());
    expect(loaded.model.shape).toEqual(model.shape);
    expect(loaded.statistics.count).toBe(10);
    statistics.covariance.forEach((v, i) => {
      expect(Math.abs(loaded.statistics.covariance[i]! - v)).toBeLessThanOrEqual(2 ** -48 * Math.abs(v));
    });
    const x = tensor(new Rng(7).normals(2 * 64), [2, 8, 8, 1]);
    const logits = await model.forward(x, 'eval').data();
    expect(await loaded.model.forward(x, 'eval').data()).toEqual(logits);
    expect(await model.logits(model.features(x, 'eval')).data()).toEqual(logits);
  });

  it.each<[string, (bytes: Buffer) => Uint8Array, RegExp]>([
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 5), /not a sound safetensors file/],
    [
      'of another format',
      (bytes) => replaced(bytes, 'ganvas-classifier', 'ganvas-classifies'),
      /metadata of ganvas-classifier version 1; format/,
    ],
    [
      'of another width',
      (bytes) => replaced(bytes, '"width":"24"', '"width":"25"'),
      /expected conv1.weight F32 \[5, 5, 1, 25\], found F32 \[5, 5, 1, 24\]/,
    ],
    [
      'without a tensor',
      (bytes) => replaced(bytes, '"fc2.bias"', '"fc2.bies"'),
      /expected fc2.bias F32 \[10\], found nothing/,
    ],
  ])('are refused in one line: %s', (_, damage, message) => {
    const path = join(folder, 'damaged.safetensors');
    writeFileSync(path, damage(readFileSync(WEIGHTS)));
    const load = () => loadClassifier(path, device());
    expect(load).toThrow(FileError);
    expect(load).toThrow(message);
    expect(() => loadClassifier(join(folder, 'none'), device())).toThrow(/^cannot read .*none/);
  });

  function replaced(bytes: Buffer, from: string, to: string): Uint8Array {
    const at = bytes.indexOf(from);
    expect(at).toBeGreaterThan(0);
    const copy = Buffer.from(bytes);
    copy.write(to, at);
    return copy;
  }
});
