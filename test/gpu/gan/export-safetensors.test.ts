/** Nets as PyTorch's state dicts: held against nets that PyTorch made, and back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Module, nn } from '@ganvas/autograd';
import {
  createModel,
  decodeSafetensors,
  encodeSafetensors,
  encodeTorchState,
  exportSafetensors,
  FileError,
  importSafetensors,
  type Nets,
  type StoredTensor,
  unconditionalGenerator,
} from '@ganvas/gan';
import { Rng } from '@ganvas/kernels-wgsl';
import { add, reshape, state, tensor } from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { EXPORT_CASES, type ExportCase, openCase } from './export-cases.ts';

const device = useDevice();
const NETS = ['generator', 'discriminator'] as const;

const folder = mkdtempSync(join(tmpdir(), 'ganvas-export-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, `${name}.safetensors`);

const fixture = decodeSafetensors(
  readFileSync(new URL('../../fixtures/export.safetensors', import.meta.url)),
  'export.safetensors',
);
const torchCases = JSON.parse(fixture.metadata.cases!) as Record<string, ExportCase & { step: number }>;

/** What PyTorch saved of one net, as a file of its own. */
function torchFile(name: string, net: keyof Nets): { path: string; bytes: Uint8Array } {
  const { config, data } = torchCases[name]!;
  const prefix = `${name}/${net}/`;
  const tensors = Object.entries(fixture.tensors).flatMap(([key, t]) =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), t] as const] : [],
  );
  const metadata = { format: 'pt', net, config: JSON.stringify(config), data: JSON.stringify(data) };
  const bytes = encodeSafetensors(Object.fromEntries(tensors), metadata);
  const path = file(`${name}-${net}`);
  writeFileSync(path, bytes);
  return { path, bytes };
}

const open = ({ config, data }: ExportCase, seed = 1): Nets =>
  createModel(config, data, { rng: new Rng(seed), device: device() });

/** PyTorch's [batch, channels, height, width] as ours; points as they are. */
function nhwc(data: Float32Array, [batch, channels, height, width]: readonly number[]): Float32Array {
  if (width === undefined) return data;
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [c, pixel] = [i % channels!, Math.floor(i / channels!) % (height! * width)];
    const n = Math.floor(i / (channels! * height! * width));
    expect(n).toBeLessThan(batch!);
    return data[(n * channels! + c) * height! * width + pixel]!;
  });
}

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));
};

/** All f32 tensors of a net. */
const contents = async (net: Nets[keyof Nets]) =>
  Object.fromEntries(
    await Promise.all(
      Object.entries({ ...net.parameters, ...net.buffers })
        .filter(([, t]) => t.dtype === 'f32')
        .map(async ([name, t]) => [name, await t.data()] as const),
    ),
  );

describe.each(Object.keys(torchCases))('PyTorch’s %s', (name) => {
  const stored = (key: string) => fixture.tensors[`${name}/${key}`];

  it('makes and says here what it does there, and goes back in the same bytes', async () => {
    const about = torchCases[name]!;
    const nets = open(about);
    for (const net of NETS) {
      const { path, bytes } = torchFile(name, net);
      const { step, metadata } = importSafetensors(path, nets, net);
      const counts = Object.keys(nets[net].buffers).some((key) => key.endsWith('running_mean'));
      expect(step).toBe(counts ? about.step : 0);
      expect(metadata.net).toBe(net);
      expect(await encodeTorchState(nets, net, { ...about, step })).toEqual(bytes);
    }
    const { generator, discriminator } = nets;
    const images = stored('images')!;
    const [count] = images.shape as [number];
    const z = tensor(stored('z')!.data, [count, generator.latent]);
    const labels = generator.classes > 0 ? tensor(Uint32Array.from(stored('labels')!.data), [count]) : null;
    const expected = nhwc(images.data as Float32Array, images.shape);
    expect(difference(await generator.forward(z, labels, 'eval').data(), expected)).toBeLessThan(1e-4);

    const x = tensor(expected, [count, ...generator.example]);
    const { logits, classLogits } = discriminator.forward(x, labels, 'eval');
    expect(difference(await logits.data(), stored('logits')!.data)).toBeLessThan(1e-4);
    expect(classLogits === null).toBe(stored('classLogits') === undefined);
    if (classLogits) expect(difference(await classLogits.data(), stored('classLogits')!.data)).toBeLessThan(1e-4);
  });
});

describe.each(Object.entries(EXPORT_CASES))('%s', (name, about) => {
  it('comes back as it was', async () => {
    const [from, to] = [openCase(device(), about), open(about, 2)];
    for (const net of NETS) {
      await exportSafetensors(file(name), from, net, { ...about, step: 7 });
      importSafetensors(file(name), to, net);
      expect(await contents(to[net])).toEqual(await contents(from[net]));
    }
  });
});

describe('a layout', () => {
  const made = (seed: number) => ({ rng: new Rng(seed), device: device() });
  const zeros = { config: EXPORT_CASES.dcgan!.config, data: { example: [2, 2, 3], classes: 0 } };
  const encode = async (module: Module) => {
    const generator = unconditionalGenerator(module, { latent: 4, example: [2, 2, 3] });
    const { discriminator } = openCase(device(), EXPORT_CASES.dcgan!);
    return decodeSafetensors(await encodeTorchState({ generator, discriminator }, 'generator', zeros), 'test').tensors;
  };
  const counting = (size: number) => Float32Array.from({ length: size }, (_, i) => i);
  /** Our element at [row, column, channel] of 2×2×3, in the order of [channel, row, column]. */
  const channelsFirst = [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11];

  it('follows an image through what stands before it is unfolded, and through its own norm', async () => {
    const layers = {
      fc: nn.linear(4, 12, made(1)),
      bn: nn.batchNorm1d(12, made(2)),
      relu: nn.relu,
      unflatten: nn.unflatten([2, 2, 3]),
      norm: nn.layerNorm([2, 2, 3], { device: device() }),
    };
    const module = nn.sequential(layers);
    for (const name of ['fc.bias', 'bn.weight', 'norm.weight']) module.parameters[name]!.write(counting(12));
    const tensors = await encode(module);
    expect(tensors['norm.weight']!.shape).toEqual([3, 2, 2]);
    for (const name of ['fc.bias', 'bn.weight', 'norm.weight'])
      expect(Array.from(tensors[name]!.data)).toEqual(channelsFirst);
  });

  it('is the same as here for a matrix that is no image’s', async () => {
    const module = nn.sequential({ fc1: nn.linear(4, 12, made(1)), fc2: nn.linear(12, 12, made(2)) });
    module.parameters['fc1.bias']!.write(counting(12));
    expect((await encode(module))['fc1.bias']!.data).toEqual(counting(12));
  });

  it('is refused where one axis would need two, or a tensor takes no part', async () => {
    const fc = nn.linear(4, 12, made(1));
    const twice: Module = {
      ...fc,
      forward: (z) => {
        const y = fc.forward(z);
        const as = (...image: number[]) => reshape(add(reshape(y, [-1, ...image]), 1), [-1, 12]);
        return add(as(2, 2, 3), as(2, 3, 2));
      },
    };
    await expect(encode(twice)).rejects.toThrow(/^export: (weight|bias): axis . is used in two orders/);
    const idle = { ...fc, parameters: { ...fc.parameters, idle: state([[1, 2]]) } };
    await expect(encode(idle)).rejects.toThrow("export: idle takes no part in the generator's evaluation");
  });
});

describe('a DCGAN’s file', () => {
  const about = EXPORT_CASES.dcgan!;

  it('has PyTorch’s names, shapes and order of elements', async () => {
    const nets = openCase(device(), about);
    const { tensors, metadata } = decodeSafetensors(
      await encodeTorchState(nets, 'generator', { ...about, step: 5 }),
      'test',
    );
    expect(
      Object.fromEntries(Object.entries(tensors).map(([name, { dtype, shape }]) => [name, [dtype, ...shape]])),
    ).toEqual({
      'fc.weight': ['F32', 392, 8],
      ...Object.fromEntries(
        [1, 2].flatMap((i) => [
          ...['weight', 'bias', 'running_mean', 'running_var'].map((key) => [`bn${i}.${key}`, ['F32', 8 / i]]),
          [`bn${i}.num_batches_tracked`, ['I64']],
        ]),
      ),
      'up1.weight': ['F32', 8, 4, 4, 4],
      'up2.weight': ['F32', 4, 1, 4, 4],
      'up2.bias': ['F32', 1],
    });
    expect(tensors['bn1.num_batches_tracked']!.data).toEqual(Int32Array.of(5));
    expect(metadata).toMatchObject({ format: 'pt', net: 'generator' });
    expect(JSON.parse(metadata.config!)).toEqual(about.config);

    const ours = await nets.generator.parameters['fc.weight']!.data(); // [8, 7·7·8]
    const theirs = tensors['fc.weight']!.data; // [8·7·7, 8]
    const up = await nets.generator.parameters['up1.weight']!.data(); // [4, 4, 4, 8]
    for (const [c, pixel, z] of [
      [0, 0, 0],
      [3, 17, 5],
      [7, 48, 7],
    ] as const)
      expect(theirs[(c * 49 + pixel) * 8 + z]).toBe(ours[z * 392 + pixel * 8 + c]);
    expect(tensors['up1.weight']!.data[((6 * 4 + 2) * 4 + 3) * 4 + 1]).toBe(up[((3 * 4 + 1) * 4 + 2) * 8 + 6]);
  });

  it('is refused by another net, which stays as it was, with what does not fit in one line', async () => {
    const wider = { ...about, config: { ...about.config, width: 6 } };
    const [from, to] = [openCase(device(), about), openCase(device(), wider)];
    const before = await contents(to.generator);
    await exportSafetensors(file('narrow'), from, 'generator', about);
    const load = () => importSafetensors(file('narrow'), to, 'generator');
    expect(load).toThrow(FileError);
    expect(load).toThrow(
      /^\S+narrow\.safetensors: does not fit the generator: fc\.weight F32 \[588, 8\] is expected, F32 \[392, 8\] is there; .*; and 7 more$/,
    );
    expect(await contents(to.generator)).toEqual(before);
  });

  it('is refused where a tensor is missing, unknown or of another type', async () => {
    const nets = openCase(device(), about);
    const { tensors } = decodeSafetensors(await encodeTorchState(nets, 'discriminator', about), 'test');
    const { 'fc.bias': bias, ...others } = tensors;
    const load = (changed: typeof tensors) => () => {
      writeFileSync(file('changed'), encodeSafetensors(changed));
      importSafetensors(file('changed'), nets, 'discriminator');
    };
    expect(load(tensors)).not.toThrow();
    expect(load(others)).toThrow('fc.bias F32 [1] is expected, nothing is there');
    expect(load({ ...tensors, 'fc2.bias': bias! })).toThrow('fc2.bias is not in the net');
    const whole: StoredTensor = { dtype: 'I32', shape: [1], data: Int32Array.of(1) };
    expect(load({ ...tensors, 'fc.bias': whole })).toThrow('fc.bias F32 [1] is expected, I32 [1] is there');
    expect(() => importSafetensors(file('absent'), nets, 'generator')).toThrow(FileError);
  });
});
