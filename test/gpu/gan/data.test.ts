/** What a training step draws: the bytes of the files, on the device, in an order that seed and step alone decide. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@ganvas/kernels-wgsl';
import { capture, gatherBatch, resizeBilinear, tensor } from '@ganvas/tensor';
import sharp from 'sharp';
import { batchIndices } from '../../../packages/gan/src/data/batches.ts';
import { writeIdx } from '../../../packages/gan/src/data/idx.ts';
import { loadMnist } from '../../../packages/gan/src/data/mnist.ts';
import { type DataOptions, loadData, openData } from '../../../packages/gan/src/data/open.ts';
import { grid, modeCoverage, ring } from '../../../packages/gan/src/data/points.ts';
import type { DataSource } from '../../../packages/gan/src/data/source.ts';
import { useDevice } from '../device.ts';

const device = useDevice();
const folder = mkdtempSync(join(tmpdir(), 'ganvas-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

const open = (spec: string, options: Partial<DataOptions> = {}): Promise<DataSource> =>
  openData(spec, { size: 28, channels: 1, batch: 4, seed: 7, device: device(), ...options });

/** The batches of these steps, drawn in a captured step as a training run does. */
async function batches(source: DataSource, steps: readonly number[]) {
  const draw = capture((...inputs: Parameters<DataSource['draw']>) => {
    const { x, labels } = source.draw(...inputs);
    expect(x.shape).toEqual([4, ...source.example]);
    return labels ? [x, labels] : [x];
  });
  const drawn: { x: Float32Array; labels: Uint32Array | undefined }[] = [];
  for (const step of steps) {
    const [x, labels] = await Promise.all(draw(...source.inputs(step)).map((t) => t.data()));
    drawn.push({ x: Float32Array.from(x!), labels: labels && Uint32Array.from(labels) });
  }
  draw.dispose();
  return drawn;
}
const batch = async (source: DataSource, step: number) => (await batches(source, [step]))[0]!;
const values = (bytes: Uint8Array): Float32Array => Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++)
    if (!(Math.abs(actual[i]! - expected[i]!) <= 1e-6))
      throw new Error(`[${i}]: ${actual[i]}, expected ${expected[i]}`);
}

describe('mnist', () => {
  it('draws the digits of its order, with their labels', async () => {
    const source = await open('mnist');
    const { images, labels } = loadMnist('train');
    expect(source).toMatchObject({ example: [28, 28, 1], classes: 10, count: 60000, state: {} });
    expect(source.classNames).toEqual([...'0123456789']);
    for (const [i, step] of [0, 15001].entries()) {
      const indices = batchIndices({ seed: 7, count: 60000, batch: 4, step });
      expect(source.inputs(step)).toEqual([indices]);
      const { x, labels: drawn } = (await batches(source, [0, 15001]))[i]!;
      indices.forEach((index, row) => {
        expectClose(x.subarray(784 * row, 784 * (row + 1)), values(images.subarray(784 * index, 784 * (index + 1))));
        expect(drawn![row]).toBe(labels[index]);
      });
    }
    source.dispose();
  });

  it.each([16, 64])('is resized to %d on the device', async (size) => {
    const source = await open('mnist', { size });
    const { x } = await batch(source, 3);
    const { images } = loadMnist('train');
    const chosen = Uint8Array.from(
      [...source.inputs(3)[0]!].flatMap((i) => [...images.subarray(784 * i, 784 * (i + 1))]),
    );
    const all = gatherBatch(tensor(chosen, [4, 28, 28, 1]), tensor(Uint32Array.of(0, 1, 2, 3)));
    expectClose(x, await resizeBilinear(all, size).data());
    source.dispose();
  });

  it('is repeated to three channels', async () => {
    const [grey, rgb] = [await open('mnist'), await open('mnist', { channels: 3 })];
    expect(rgb.example).toEqual([28, 28, 3]);
    const [one, three] = [await batch(grey, 0), await batch(rgb, 0)];
    expect(three.x).toEqual(Float32Array.from({ length: 3 * one.x.length }, (_, i) => one.x[Math.floor(i / 3)]!));
    for (const source of [grey, rgb]) source.dispose();
  });
});

describe('stacked-mnist', () => {
  it('puts three digits into the channels of an image', async () => {
    const source = await open('stacked-mnist', { channels: 3 });
    expect(source).toMatchObject({ example: [28, 28, 3], classes: 0, classNames: [], count: 0 });
    const [indices] = source.inputs(5) as [Uint32Array];
    expect(indices.length).toBe(12);
    const { images } = loadMnist('train');
    const { x, labels } = await batch(source, 5);
    expect(labels).toBeUndefined();
    for (let row = 0; row < 4; row++)
      for (let c = 0; c < 3; c++) {
        const index = indices[3 * row + c]!;
        const plane = x.subarray(row * 2352, (row + 1) * 2352).filter((_, i) => i % 3 === c);
        expectClose(plane, values(images.subarray(784 * index, 784 * (index + 1))));
      }
    source.dispose();
  });

  it('draws triples by seed and step alone, from all digits alike', async () => {
    const [a, b] = [
      await open('stacked-mnist', { channels: 3, batch: 64 }),
      await open('stacked-mnist', { channels: 3, batch: 64, seed: 8 }),
    ];
    const last = a.inputs(9);
    expect(a.inputs(2)).not.toEqual(last);
    expect(a.inputs(9)).toEqual(last);
    expect(b.inputs(9)).not.toEqual(last);
    const { labels } = loadMnist('train');
    const [share, truth] = [new Array<number>(10).fill(0), new Array<number>(10).fill(0)];
    const steps = 100;
    for (let step = 0; step < steps; step++) for (const index of a.inputs(step)[0]!) share[labels[index]!]!++;
    for (const label of labels) truth[label]! += (steps * 64 * 3) / 60000;
    // χ² with 9 degrees of freedom: 30 is passed by chance once in 2,000.
    expect(share.reduce((sum, n, i) => sum + (n - truth[i]!) ** 2 / truth[i]!, 0)).toBeLessThan(30);
    for (const source of [a, b]) source.dispose();
  });
});

describe.each([
  ['ring', ring()],
  ['grid', grid()],
] as const)('%s', (name, mixture) => {
  it('draws points of its modes, and resumes from its state', async () => {
    const source = await open(name);
    expect(source).toMatchObject({ example: [2], classes: 0, count: 0 });
    expect(source.inputs(0)).toEqual([]);
    const start = await source.state.random!.data();
    const first = await batches(source, [0, 1, 2]);
    expect(first[1]!.x).not.toEqual(first[0]!.x);
    expect(modeCoverage(mixture, Float32Array.from(first.flatMap(({ x }) => [...x]))).quality).toBeGreaterThan(0.7);
    const again = await open(name);
    expect(await again.state.random!.data()).toEqual(start);
    expect(await batches(again, [0, 1, 2])).toEqual(first);
    const other = await open(name, { seed: 8 });
    expect(await batches(other, [0])).not.toEqual(first.slice(0, 1));
    for (const s of [source, again, other]) s.dispose();
  });
});

describe('files', () => {
  it('a folder gives the pixels of its images, and its subfolders as labels', async () => {
    const path = join(folder, 'animals');
    for (const [k, name] of ['dog', 'cat'].entries()) {
      mkdirSync(join(path, name), { recursive: true });
      for (let i = 0; i < 3; i++) {
        const pixels = Uint8Array.from({ length: 75 }, (_, j) => 100 * k + 10 * i + j);
        const image = sharp(pixels, { raw: { width: 5, height: 5, channels: 3 } }).png();
        await image.toFile(join(path, name, `${i}.png`));
      }
    }
    // 5·5·3 bytes an image do not fill words: the device counts bytes.
    const format = { size: 5, channels: 3 } as const;
    const source = await open(path, format);
    expect(source).toMatchObject({ example: [5, 5, 3], classes: 2, classNames: ['cat', 'dog'], count: 6 });
    const set = await loadData(path, format);
    for (const [step, { x, labels }] of (await batches(source, [0, 1])).entries())
      source.inputs(step)[0]!.forEach((index, row) => {
        expectClose(x.subarray(75 * row, 75 * (row + 1)), values(set.images.subarray(75 * index, 75 * (index + 1))));
        expect(labels![row]).toBe(set.labels![index]);
        expect(x[75 * row]).toBeCloseTo((100 * (1 - labels![row]!) + 10 * (index % 3)) / 127.5 - 1, 5);
      });
    source.dispose();
  });

  it('IDX files give theirs', async () => {
    const random = new Rng(3);
    const images = Uint8Array.from({ length: 5 * 8 * 8 }, () => random.below(256));
    const paths = ['images', 'labels'].map((name) => join(folder, name)) as [string, string];
    writeIdx(paths[0], [5, 8, 8], images);
    writeIdx(paths[1], [5], Uint8Array.of(4, 3, 2, 1, 0));
    const source = await open(paths.join(':'), { size: 8 });
    const { x, labels } = await batch(source, 0);
    source.inputs(0)[0]!.forEach((index, row) => {
      expectClose(x.subarray(64 * row, 64 * (row + 1)), values(images.subarray(64 * index, 64 * (index + 1))));
      expect(labels![row]).toBe(4 - index);
    });
    source.dispose();
    await expect(open(paths[0], { size: 8, batch: 6 })).rejects.toThrow(
      `${paths[0]}: expected at least a batch of 6 images, found 5; take a smaller --batch`,
    );
  });
});

it('stays on the device as bytes, and is freed', async () => {
  const path = join(folder, 'many');
  writeIdx(path, [1000, 32, 32], new Uint8Array(1000 * 1024).fill(9));
  const uploaded: number[] = [];
  const create = device().createBuffer.bind(device());
  device().createBuffer = (size) => {
    uploaded.push(size);
    return create(size);
  };
  try {
    const source = await open(path, { size: 32 });
    expect(uploaded.reduce((a, b) => a + b, 0)).toBe(1000 * 1024);
    source.dispose();
    expect(() => source.draw(tensor(Uint32Array.of(0)))).toThrow(/disposed/);
  } finally {
    device().createBuffer = create;
  }
});

it('refuses stacked digits in grey', async () => {
  await expect(open('stacked-mnist')).rejects.toThrow('stacked-mnist: its images have 3 channels, got --channels 1');
});
