/** The peers' side of the suite, where their packages are not installed: what they are given, and what installs them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeConfig, modeCoverage, stepsPerEpoch } from '@ganvas/gan';
import { CATALOGUE, type Conv2dShape } from '@ganvas/kernels-wgsl';
import { CASES, type DcganCase, type MlpGanCase } from '../../bench/cases.ts';
import { UsageError } from '../../bench/options.ts';
import { ACGAN_SCRIPT, acganReport, acganStart } from '../../bench/peers/acgan.ts';
import { dcganLayers } from '../../bench/peers/dcgan.ts';
import { PEER_ENGINES } from '../../bench/peers/engine.ts';
import { ganFlops, ganRecipe } from '../../bench/peers/gan.ts';
import { inputsOf, type OpProblem } from '../../bench/peers/inputs.ts';
import {
  HWIO_TO_OIHW,
  NCHW_TO_NHWC,
  NHWC_TO_NCHW,
  OIHW_TO_HWIO,
  permuted,
  permutedShape,
} from '../../bench/peers/layout.ts';
import { requirePackage } from '../../bench/peers/packages.ts';
import { ROOT } from '../documents.ts';

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('packages', () => {
  const { dependencies, private: isPrivate } = json('bench/peers/package.json');

  it('are pinned, in the manifest and in a lockfile that agrees with it', () => {
    expect(isPrivate).toBe(true);
    expect(Object.values(dependencies)).toEqual(
      Object.values(dependencies).map(() => expect.stringMatching(/^\d+\.\d+\.\d+$/)),
    );
    const { packages } = json('bench/peers/package-lock.json');
    expect(packages[''].dependencies).toEqual(dependencies);
    for (const [name, version] of Object.entries(dependencies))
      expect(packages[`node_modules/${name}`].version).toBe(version);
  });

  it('are not installed with the library', () => {
    const library = Object.keys(json('package-lock.json').packages);
    const shared = Object.keys(dependencies).filter((name) =>
      library.some((path) => path.endsWith(`node_modules/${name}`)),
    );
    expect(shared).toEqual([]);
    expect(library.filter((path) => path.startsWith('bench'))).toEqual([]);
  });

  it('say how they are installed where they are missing', () => {
    const missing = () => requirePackage('@tensorflow/no-such-package');
    expect(missing).toThrow(UsageError);
    expect(missing).toThrow(/no @tensorflow\/no-such-package.*npm ci --prefix bench\/peers$/);
  });
});

describe('inputs', () => {
  const shape: Conv2dShape = {
    ...{ batch: 2, height: 6, width: 6, inChannels: 3, outHeight: 3, outWidth: 3, outChannels: 5 },
    ...{ kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, padTop: 1, padLeft: 1 },
  };
  const conv = 'x=2x6x6x3,w=4x4x3x5,stride=2,padding=1';
  const problems: [OpProblem, family: string, shape: string][] = [
    [{ op: 'matmul', m: 3, k: 4, n: 5 }, 'matmul', 'm=3,k=4,n=5'],
    [{ op: 'conv2d', shape }, 'conv2d', conv],
    [{ op: 'conv2d-input-grad', shape }, 'conv2d-input-grad', conv],
    [{ op: 'conv-transpose2d', shape }, 'conv2d-input-grad', conv],
    [{ op: 'conv2d-weight-grad', shape }, 'conv2d-weight-grad', conv],
    [{ op: 'elementwise', size: 7 }, 'map', 'a=7,b=7,c=7'],
    [{ op: 'sum', size: 9 }, 'reduce-sum', 'x=9,axes=0'],
    [{ op: 'adam', size: 6 }, 'adam', 'size=6'],
  ];

  it.each(problems)('of %p are those of the kernels', (problem, name, text) => {
    const inputs = inputsOf(problem);
    const kernels = CATALOGUE.find((family) => family.name === name)!
      .problem(text)
      .values();
    // Adam's hyper-parameters are no tensor to the peers.
    expect(inputs).toEqual(kernels.slice(0, problem.op === 'adam' ? 4 : undefined));
  });

  it('are asked for in the families of the suite', () => {
    const suite = CASES.flatMap(({ problem, kernel }) => (kernel ? [`${problem.op} ${kernel.family}`] : []));
    const here = problems.map(([problem, family]) => `${problem.op} ${family}`);
    const drawn = ['random-normal random-normal', 'softmax softmax']; // no inputs; one tensor with the usual values
    expect([...new Set(suite)].filter((known) => !here.includes(known) && !drawn.includes(known))).toEqual([]);
  });
});

describe('layouts', () => {
  it('permutes axes as NumPy does', () => {
    // x[i][j][k] = 100 i + 10 j + k
    const x = Array.from({ length: 24 }, (_, n) => 100 * Math.floor(n / 12) + 10 * (Math.floor(n / 4) % 3) + (n % 4));
    const moved = permuted(x, [2, 3, 4], [2, 0, 1]);
    expect(Array.from(moved.slice(0, 8))).toEqual([0, 10, 20, 100, 110, 120, 1, 11]);
    expect(permutedShape([2, 3, 4], [2, 0, 1])).toEqual([4, 2, 3]);
  });

  it.each([
    [NHWC_TO_NCHW, NCHW_TO_NHWC],
    [HWIO_TO_OIHW, OIHW_TO_HWIO],
  ])('%p and %p undo each other', (there, back) => {
    const shape = [2, 3, 4, 5];
    const x = Float32Array.from({ length: 120 }, (_, i) => i);
    expect(permuted(permuted(x, shape, there), permutedShape(shape, there), back)).toEqual(x);
  });
});

describe('the DCGAN', () => {
  const problem: DcganCase = { op: 'dcgan', size: 28, width: 64, batch: 64 };

  it('has the channels of a pyramid, and needs the products and convolutions of one step', () => {
    const { generator, discriminator } = dcganLayers({ size: 64, width: 64 });
    const channels = (layers: typeof generator) =>
      layers.flatMap((l) => (l.op.startsWith('conv') && 'to' in l ? [[l.from, l.to]] : []));
    expect(channels(generator)).toEqual([
      [512, 256],
      [256, 128],
      [128, 64],
      [64, 1],
    ]);
    expect(channels(discriminator)).toEqual([
      [1, 64],
      [64, 128],
      [128, 256],
      [256, 512],
    ]);
    // By hand, padding counted: per image 0.63 M multiply-adds in G's first layer, 6.4 M in an inner convolution, 0.2 M in
    // one at the image. Forward G, 3 D; back 2 D without the image's gradient; back D to the image; back G.
    const [fc, inner, outer] = [100 * 6272, 49 * 16 * 64 * 128, 196 * 16 * 64];
    const padded = 2 * 64 * (fc * 2 + inner * (1 + 3 + 4 + 1 + 2) + outer * (1 + 3 + 2 + 1 + 2));
    expect(ganFlops(problem) / padded).toBeGreaterThan(0.85);
    expect(ganFlops(problem)).toBeLessThan(padded * 1.01);
  });

  it('starts from N(0, 0.02²) weights, zero biases, and images in [−1, 1]', () => {
    const { weights, real, shape, noise, latent } = ganRecipe({ ...problem, width: 8, batch: 4 });
    const { generator, discriminator } = weights;
    expect(Object.keys(generator)).toEqual([
      'fc.weight',
      'bn1.weight',
      'bn1.bias',
      'up1.weight',
      'bn2.weight',
      'bn2.bias',
      'up2.weight',
      'up2.bias',
    ]);
    expect(Object.keys(discriminator)).toEqual([
      'conv1.weight',
      'conv1.bias',
      'conv2.weight',
      'bn2.weight',
      'bn2.bias',
      'fc.weight',
      'fc.bias',
    ]);
    expect(generator['up1.weight']!.shape).toEqual([4, 4, 8, 16]);
    const { values } = generator['fc.weight']!;
    expect(Math.sqrt(values.reduce((sum, w) => sum + w * w, 0) / values.length)).toBeCloseTo(0.02, 3);
    expect(discriminator['fc.bias']!.values).toEqual(new Float32Array(1));
    expect(shape).toEqual([4, 28, 28, 1]);
    expect(real.map((x) => x.length)).toEqual([4 * 28 * 28]);
    expect(Math.min(...real[0]!)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...real[0]!)).toBeLessThanOrEqual(1);
    expect(noise.map((z) => z.length)).toEqual([4 * latent, 4 * latent]);
    expect(noise[0]).not.toEqual(noise[1]);
  });
});

describe('the GAN on points', () => {
  const problem: MlpGanCase = { op: 'mlp-gan', data: 'ring', batch: 64, hidden: 32 };

  it('needs the products of one step', () => {
    // Multiply-adds a point, by hand, layer by layer. Forward G, 3 D; back 2 D without the points' gradient; back D to the
    // points and G to its weights.
    const [g, d] = [2 * 32 + 32 * 32 + 32 * 2, 2 * 32 + 32 * 32 + 32];
    const back = { d: 2 * d - 2 * 32, dToPoints: d, g: 2 * g - 2 * 32 };
    expect(ganFlops(problem)).toBe(2 * 64 * (g + 3 * d + 2 * back.d + back.dToPoints + back.g));
  });

  it("starts from PyTorch's uniform weights, and draws points and noise anew in each step", () => {
    const { weights, noise, real, shape, mixture } = ganRecipe(problem);
    expect(Object.entries(weights.discriminator).map(([name, p]) => [name, p.shape])).toEqual([
      ['fc1.weight', [2, 32]],
      ['fc1.bias', [32]],
      ['fc2.weight', [32, 32]],
      ['fc2.bias', [32]],
      ['fc3.weight', [32, 1]],
      ['fc3.bias', [1]],
    ]);
    const largest = Math.max(...weights.generator['fc2.weight']!.values.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(32));
    expect(largest).toBeGreaterThan(0.9 / Math.sqrt(32));
    expect(shape).toEqual([64, 2]);
    for (const batches of [noise, real]) {
      expect(batches.map((values) => values.length)).toEqual([128, 128]);
      expect(batches[0]).not.toEqual(batches[1]);
    }
    expect(modeCoverage(mixture!, real[0]!).modes).toBe(8);
  });
});

describe("tfjs-examples' ACGAN", () => {
  const sizes = { width: 32, batch: 100 };

  it('needs the products and convolutions of its script, or of the step of ganvas', () => {
    // Multiply-adds of a layer's kernel at each pixel of the smaller image, padding counted.
    const g = 100 * 9 * 384 + 9 * 25 * 384 * 192 + 49 * 25 * 192 * 96 + 196 * 25 * 96;
    const first = 196 * 9 * 32;
    const d = first + 9 * (196 * 32 * 64 + 49 * 64 * 128 + 49 * 128 * 256) + 49 * 256 * 11;
    // D learns from 200 images of which G makes 100, and G from 200 more; in ganvas's step 100 of G's images serve both.
    const script = 100 * (g + 2 * (3 * d - first)) + 200 * (3 * g + 2 * d);
    const own = 100 * (3 * g + 2 * (3 * d - first) + 2 * d);
    const flops = [
      ganFlops({ op: 'acgan-script', ...sizes, dropout: 0.3 }),
      ganFlops({ op: 'acgan', size: 28, ...sizes }),
    ] as const;
    for (const [i, padded] of [script, own].entries()) {
      expect(flops[i]! / (2 * padded)).toBeGreaterThan(0.85);
      expect(flops[i]! / (2 * padded)).toBeLessThanOrEqual(1);
    }
  });

  it('sees MNIST once in 600 steps of ganvas, with the width, the optimiser, the dropout and the target of its script', () => {
    const config = completeConfig({ model: 'acgan', steps: 600 }, 'standard');
    expect(stepsPerEpoch({ count: 60_000, batch: config.batch })).toBe(600);
    const { adam, latent, softOne } = ACGAN_SCRIPT;
    const { lr, betas } = adam;
    expect(config).toMatchObject({ size: 28, width: 32, latent, lrG: lr, lrD: lr, betas, dropout: 0.3 });
    expect(1 - config.labelSmoothing).toBeCloseTo(softOne, 12);
  });

  it('starts from weights of its shapes, and asks for all classes', () => {
    const { weights, asked } = acganStart({ op: 'acgan-script', width: 8, batch: 50, dropout: 0 });
    const shapes = (parameters: typeof weights.generator) =>
      Object.fromEntries(
        Object.entries(parameters).flatMap(([name, { shape, values }]) => {
          expect(values).toHaveLength(shape.reduce((a, b) => a * b));
          return name.endsWith('.weight') ? [[name.replace('.weight', ''), shape]] : [];
        }),
      );
    expect(shapes(weights.generator)).toEqual({
      ...{ embed: [10, 100], fc: [100, 864], up1: [5, 5, 48, 96], up2: [5, 5, 24, 48], up3: [5, 5, 1, 24] },
    });
    expect(shapes(weights.discriminator)).toEqual({
      ...{ conv1: [3, 3, 1, 8], conv2: [3, 3, 8, 16], conv3: [3, 3, 16, 32], conv4: [3, 3, 32, 64] },
      ...{ fc: [3136, 1], aux: [3136, 10] },
    });
    for (const { forD, forG } of asked) {
      expect([forD.labels.length, forG.labels.length, forD.z.length, forG.z.length]).toEqual([50, 100, 5000, 10000]);
      expect(new Set(forG.labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
      expect(Math.min(...forG.z)).toBeLessThan(-0.99);
      expect(Math.max(...forG.z)).toBeGreaterThan(0.99);
    }
  });

  it('is compared by its losses only where nothing is dropped, but finite they must be', () => {
    expect(acganReport({ dropout: 0 }, [[1], [2]], [3, 4])).toEqual([1, 2, 3, 4]);
    expect(acganReport({ dropout: 0.3 }, [[1]], [3, 4])).toEqual([1, 0, 0]);
    expect(acganReport({ dropout: 0.3 }, [], [3, Number.POSITIVE_INFINITY])).toEqual([0, Number.NaN]);
  });
});

it('names each engine once', () => {
  expect(new Set(PEER_ENGINES).size).toBe(PEER_ENGINES.length);
});
