/** `gan evaluate` of a file of digits, with neighbours: digits of the training set, which are their own. Minutes of a software adapter. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, loadMnist, writeIdx } from '@ganvas/gan';
import { PNG } from 'pngjs';
import { evaluate } from '../../packages/gan/src/cli/evaluate.ts';

const COUNT = 1000;
const folder = mkdtempSync(join(tmpdir(), 'ganvas-evaluate-'));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

it('reads digits as what they are, and finds copies', async () => {
  const { images, labels, height, width } = loadMnist('train');
  writeIdx(path('x.idx3-ubyte'), [COUNT, height, width], images.subarray(0, COUNT * height * width));
  writeIdx(path('x.idx1-ubyte'), [COUNT], Uint8Array.from(labels.subarray(0, COUNT)));
  const adapter = process.env.GANVAS_TEST_ADAPTER ?? 'swiftshader';
  const files = ['--json', path('x.json'), '--neighbours', path('x.png')];
  await evaluate([`${path('x.idx3-ubyte')}:${path('x.idx1-ubyte')}`, '--adapter', adapter, ...files]);

  const { figures } = JSON.parse(readFileSync(path('x.json'), 'utf8')) as { figures: Figure[] };
  const figure = (name: string) => figures.find((one) => one.name === name)!;
  expect(figure('label accuracy').value).toBeGreaterThan(0.98);
  expect(figure('label accuracy').samples).toBe(COUNT);
  expect(figure('classes hit').value).toBe(10);
  const distance = figure('MNIST-FD');
  expect(distance.value).toBeLessThan(3);
  expect(distance.low!).toBeLessThan(distance.value);
  expect(distance.high!).toBeGreaterThan(distance.value);

  // Three images a row, three times as large, with lines of 2: the sample, and twice itself.
  const picture = PNG.sync.read(readFileSync(path('x.png')));
  expect(picture.width).toBe(2 + 3 * 86);
  for (let y = 0; y < picture.height; y++)
    for (let x = 2; x < 86; x++) {
      const tones = [0, 86, 172].map((left) => picture.data[4 * (y * picture.width + left + x)]);
      if (new Set(tones).size > 1) throw new Error(`row ${y}, column ${x}: expected one tone, got ${tones}`);
    }
}, 1_800_000);
