/** The classifier of digits: its net, its augmentation, a short training on some of MNIST, and what is made of its answers. */
import {
  classifier,
  classify,
  confusion,
  createClassifierTrainer,
  formatConfusion,
  type LabelledImages,
  loadMnist,
  randomShift,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { randomGenerator, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';

const device = useDevice();

/** The first digits of a set. */
const some = ({ images, labels, height, width, ...rest }: LabelledImages, count: number): LabelledImages => ({
  ...{ ...rest, count, height, width },
  images: images.slice(0, count * height * width),
  labels: labels.slice(0, count),
});

it('answers images with logits, and refuses a size that cannot be halved twice', () => {
  const net = classifier({ size: 8, width: 2, classes: 3, rng: new Rng(1) });
  expect(net.forward(tensor(new Float32Array(2 * 64), [2, 8, 8, 1])).shape).toEqual([2, 3]);
  expect(() => classifier({ size: 30, rng: new Rng(1) })).toThrow('classifier: size: expected a multiple of 4');
});

it('randomShift moves each image by pixels that the host can draw too, with 0 from outside', async () => {
  const [count, height, width, most] = [40, 5, 6, 2];
  const values = new Rng(3).normals(count * height * width);
  const shifted = await randomShift(tensor(values, [count, height, width, 1]), randomGenerator(9), most).data();
  const rng = new Rng(9);
  const [down, across] = [0, 1].map(() => Array.from({ length: count }, () => rng.integer(2 * most + 1) - most));
  expect(new Set(down).size).toBe(5);
  const pixel = (n: number, y: number, x: number) =>
    y < 0 || y >= height || x < 0 || x >= width ? 0 : values[(n * height + y) * width + x]!;
  shifted.forEach((value, i) => {
    const [n, y, x] = [Math.floor(i / 30), Math.floor(i / 6) % 5, i % 6];
    expect(value).toBe(pixel(n, y + down![n]!, x + across![n]!));
  });
});

const lossesOf = async (trainer: ReturnType<typeof createClassifierTrainer>): Promise<number[]> => {
  const losses: number[] = [];
  await trainer.train((arrived) => void losses.push(...arrived));
  return losses;
};

it('learns from 2,000 digits to know more than 85 of 100 others', async () => {
  const [digits, test] = [some(loadMnist('train'), 2000), some(loadMnist('test'), 600)];
  const trainer = createClassifierTrainer(device(), { epochs: 2, batch: 50, seed: 1, width: 8 }, digits);
  expect(trainer.steps).toBe(80);
  await trainer.prepare();
  const losses = await lossesOf(trainer);
  expect(losses).toHaveLength(80);
  expect(losses[0]).toBeGreaterThan(2);
  expect(Math.max(...losses.slice(-20))).toBeLessThan(1);
  const answers = await classify(device(), trainer.model, test);
  expect(confusion(test.labels, answers).accuracy).toBeGreaterThan(0.85);
});

it('ends in the same bits for the same seed, and in others for another', async () => {
  const digits = some(loadMnist('train'), 200);
  const run = async (seed: number) => {
    const trainer = createClassifierTrainer(device(), { epochs: 2, batch: 20, seed, width: 4 }, digits);
    return [await lossesOf(trainer), await trainer.model.parameters['fc2.weight']!.data()];
  };
  const first = await run(1);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});

describe('confusion', () => {
  it('counts, and finds what is wrong', () => {
    const { counts, accuracy, wrong } = confusion([0, 1, 2, 2, 1], [0, 2, 2, 2, 1], 3);
    expect(counts).toEqual([
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 2],
    ]);
    expect(accuracy).toBeCloseTo(0.8, 12);
    expect(wrong).toEqual([1]);
  });

  it('prints a row a truth', () => {
    const { counts } = confusion([0, 1, 1, 1], [0, 1, 1, 2], 3);
    expect(formatConfusion({ counts })).toBe(
      ['truth   0  1  2  right', '0       1  ·  ·  100.0 %', '1       ·  2  1  66.7 %', '2       ·  ·  ·  –'].join(
        '\n',
      ),
    );
  });

  it('refuses what does not fit', () => {
    expect(() => confusion([0, 1], [0])).toThrow('confusion: expected as many predictions as labels, got 1 and 2');
    expect(() => confusion([0, 3], [0, 1], 3)).toThrow(
      'confusion: expected classes 0 to 2, got label 3 and prediction 1',
    );
  });
});
