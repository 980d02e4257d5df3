/**
 * Generators as ONNX models. onnxruntime-node, which is large, is installed on its own: npm ci --prefix test/onnxruntime. Where it is
 * not, what runs a model is left out, and the log says so.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeOnnx, type Generator } from '@ganvas/gan';
import * as ops from '@ganvas/tensor';
import { randomGenerator, randomNormal, reshape, type Tensor } from '@ganvas/tensor';
import { ROOT } from '../../documents.ts';
import { useDevice } from '../device.ts';
import { EXPORT_CASES, inputsOf, openCase } from './export-cases.ts';

const device = useDevice();
const RUNTIME = join(ROOT, 'test/onnxruntime');
const installed = existsSync(join(RUNTIME, 'node_modules/onnxruntime-node'));
const itRuns = installed ? it : it.skip;
if (!installed)
  console.warn('left out, onnxruntime-node is not installed (npm ci --prefix test/onnxruntime): ONNX models run');

interface Job {
  model: Uint8Array;
  feeds: Record<string, { type: string; dims: number[]; data: number[] }>;
}
type Outputs = Record<string, { dims: number[]; data: number[] }>;

function runOnnx(jobs: readonly Job[]): Outputs[] {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-onnx-'));
  try {
    const listed = jobs.map(({ model, feeds }, i) => {
      writeFileSync(join(folder, `${i}.onnx`), model);
      return { model: `${i}.onnx`, feeds };
    });
    writeFileSync(join(folder, 'jobs.json'), JSON.stringify(listed));
    execFileSync(process.execPath, [join(RUNTIME, 'run.mjs'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Outputs[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const noise = (z: Float32Array, count: number) => ({
  type: 'float32',
  dims: [count, z.length / count],
  data: Array.from(z),
});

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));
};

/** [batch, height, width, channels] as [batch, channels, height, width]. */
function nchw(data: Float32Array, [height, width, channels]: readonly number[]): Float32Array {
  if (channels === undefined) return data;
  const area = height! * width!;
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [n, c, pixel] = [Math.floor(i / (area * channels)), Math.floor(i / area) % channels, i % area];
    return data[(n * area + pixel) * channels + c]!;
  });
}

/** A generator that is one function of noise [batch, 12]. */
const generatorOf = (forward: (z: Tensor) => Tensor, tensors: Record<string, Tensor> = {}): Generator => ({
  parameters: { unused: ops.state([0]), ...tensors },
  buffers: {},
  latent: 12,
  example: [1],
  classes: 0,
  forward,
});

const about = { config: EXPORT_CASES.points!.config, data: { example: [1], classes: 0 } };

describe('onnxruntime', () => {
  itRuns('makes the engine’s images of every generator, for two sizes of the batch', async () => {
    const cases = await Promise.all(
      Object.values(EXPORT_CASES).flatMap((made) =>
        [1, 5].map(async (count) => {
          const { generator } = openCase(device(), made);
          const { z, labels } = inputsOf(generator, count);
          const classes = generator.classes > 0 ? ops.tensor(labels) : null;
          const images = await generator.forward(ops.tensor(z, [count, generator.latent]), classes, 'eval').data();
          const told = { labels: { type: 'int64', dims: [count], data: Array.from(labels) } };
          const feeds = { z: noise(z, count), ...(generator.classes > 0 && told) };
          const job = { model: await encodeOnnx(generator, made), feeds };
          return { job, count, example: generator.example, images: images as Float32Array };
        }),
      ),
    );
    const results = runOnnx(cases.map(({ job }) => job));
    cases.forEach(({ count, example, images }, i) => {
      const [[name, { dims, data }]] = Object.entries(results[i]!) as [[string, Outputs[string]]];
      expect(name).toBe(example.length === 3 ? 'images' : 'points');
      expect(dims).toEqual([count, ...(example.length === 3 ? [example[2], example[0], example[1]] : example)]);
      expect(difference(data, nchw(images, example))).toBeLessThan(1e-4);
    });
  });

  itRuns('computes what the engine computes, for other ops as well', async () => {
    const kernel = ops.state(
      Float32Array.from({ length: 3 * 2 * 1 * 6 }, (_, i) => Math.sin(i)),
      [3, 2, 1, 6],
    );
    const image = (z: Tensor) => reshape(z, [-1, 2, 2, 3]);
    const flat = (x: Tensor) => reshape(x, [x.shape[0]!, -1]);
    const programs: Record<string, Generator> = {
      elementwise: generatorOf((z) => {
        const positive = ops.add(ops.square(z), 0.1);
        const parts = [
          ...[ops.sigmoid, ops.softplus, ops.erf, ops.elu, ops.leakyRelu, ops.abs, ops.sign, ops.floor, ops.ceil].map(
            (f) => f(z),
          ),
          ...[ops.sqrt, ops.rsqrt, ops.log, ops.log1p, ops.reciprocal].map((f) => f(positive)),
          ...[ops.round, ops.expm1, ops.neg, ops.gelu, ops.silu].map((f) => f(z)),
          ops.pow(positive, 1.7),
          ops.mod(z, 0.7),
          ops.clamp(z, { min: -0.5, max: 0.4 }),
          ops.clamp(z, { max: 0.4 }),
          ops.maximum(z, 0.2),
          ops.minimum(ops.div(z, 3), 0.1),
          ops.where(ops.greater(z, 0), z, ops.mul(z, 2)),
          ops.notEqual(z, z),
          ops.isFinite(z),
        ];
        return ops.concat(parts, 1);
      }),
      moves: generatorOf((z) => {
        const x = image(z);
        return ops.concat(
          [
            flat(ops.pad(x, [0, [0, 2], 1, 0], { value: 0.5 })),
            flat(ops.transpose(x, [0, 3, 1, 2])),
            flat(ops.upsampleNearest(x, 2)),
            flat(ops.flip(x, [1, 2])),
            flat(ops.stridedSlice(z, { starts: [0, 1], steps: [1, 3], sizes: [z.shape[0]!, 4] })),
            flat(ops.pixelShuffle(reshape(z, [-1, 1, 3, 4]), 2)),
          ],
          1,
        );
      }),
      reductions: generatorOf((z) => {
        const x = image(z);
        const parts = [
          ops.sum(x, [1, 2]),
          ops.max(x, 3),
          ops.min(x, [2, 3]),
          ops.mean(x, [1, 2, 3], { keepDims: true }),
        ];
        return ops.concat([...parts.map(flat), ops.softmax(z), ops.logSoftmax(z), flat(ops.prod(x, 1))], 1);
      }),
      indices: generatorOf((z) => {
        const places = ops.cast(ops.clamp(ops.abs(ops.mul(z, 4)), { max: 7 }), 'u32');
        return ops.concat([flat(ops.oneHot(places, 8)), ops.gatherElements(z, places, 1), ops.cast(places, 'f32')], 1);
      }),
      convolutions: generatorOf(
        (z) => {
          const x = reshape(z, [-1, 3, 2, 2]);
          const scale = ops.sigmoid(ops.mean(x, [1, 2], { keepDims: true }));
          const grouped = ops.conv2d(x, kernel, {
            padding: [
              [1, 2],
              [0, 1],
            ],
            groups: 2,
            stride: [2, 1],
          });
          const wide = ops.conv2dInputGrad(grouped, kernel, x.shape, {
            padding: [
              [1, 2],
              [0, 1],
            ],
            groups: 2,
            stride: [2, 1],
          });
          const dilated = ops.conv2d(ops.concat([x, ops.mul(wide, scale)], 3), ops.reshape(kernel, [3, 1, 4, 3]), {
            padding: 2,
            dilation: 2,
          });
          return flat(ops.tanh(dilated));
        },
        { kernel },
      ),
    };
    const count = 3;
    const z = Float32Array.from({ length: count * 12 }, (_, i) => 1.7 * Math.sin(1 + 3 * i));
    const jobs = await Promise.all(
      Object.values(programs).map(async (generator) => ({
        model: await encodeOnnx(generator, about),
        feeds: { z: noise(z, count) },
      })),
    );
    const results = runOnnx(jobs);
    for (const [i, [name, generator]] of Object.entries(programs).entries()) {
      const expected = await generator.forward(ops.tensor(z, [count, 12]), null, 'eval').data();
      const { dims, data } = results[i]!.points!;
      expect({ name, dims }).toEqual({ name, dims: [count, expected.length / count] });
      expect({ name, off: difference(data, expected) < 1e-4 }).toEqual({ name, off: true });
    }
  });
});

describe('exportOnnx', () => {
  it('gives the same bytes for the same net, with the names of its weights and its configuration', async () => {
    const made = EXPORT_CASES.projection!;
    const { generator } = openCase(device(), made);
    const bytes = await encodeOnnx(generator, made);
    expect(await encodeOnnx(generator, made)).toEqual(bytes);
    const text = Buffer.from(bytes).toString('latin1');
    for (const name of [...Object.keys(generator.parameters), 'bn2.running_var', 'labels', JSON.stringify(made.config)])
      expect(text).toContain(name);
  });

  it('names an op that it cannot say, and one that needs to know the batch', async () => {
    const random = randomGenerator([1, 2]);
    const noisy = generatorOf((z) => ops.add(z, randomNormal(random, z.shape)));
    await expect(encodeOnnx(noisy, about)).rejects.toThrow(/^exportOnnx: op normal has no ONNX nodes here; /);
    const first = generatorOf((z) => ops.broadcastTo(ops.sliceAxis(z, 0, 0, 1), z.shape));
    await expect(encodeOnnx(first, about)).rejects.toThrow(/^exportOnnx: op (slice|broadcastTo) works along the batch/);
  });
});

it('the runtime is pinned, and not installed with the library', () => {
  const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  const { dependencies } = json('test/onnxruntime/package.json');
  const { packages } = json('test/onnxruntime/package-lock.json');
  expect(packages[''].dependencies).toEqual(dependencies);
  expect(packages['node_modules/onnxruntime-node'].version).toBe(dependencies['onnxruntime-node']);
  expect(Object.keys(json('package-lock.json').packages)).not.toContain('node_modules/onnxruntime-node');
  expect(readFileSync(join(RUNTIME, '.npmrc'), 'utf8')).toContain('ignore-scripts=true');
});
