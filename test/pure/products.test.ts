/** What padding words, dilation, groups, output padding and batches make of shapes, arithmetic, initial weights and dispatches. */
import { nn } from '@ganvas/autograd';
import { type Conv2dShape, conv2dCost, conv2dReference, conv2dSizes, Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  compile,
  conv2d,
  convTranspose2d,
  type Device,
  matmul,
  ones,
  relu,
  setDefaultDevice,
  type Tensor,
} from '@ganvas/tensor';
import { fakeDevice } from './compile/fake-device.ts';
import { record } from './compile/record.ts';

let device: Device;
beforeEach(() => {
  device = fakeDevice();
  setDefaultDevice(device);
});
afterEach(() => setDefaultDevice(null));

const recorded = (fn: () => Tensor) => record(() => [fn()]);
const plan = (fn: () => Tensor) => compile(recorded(fn).program, device.traits).dispatches;

describe('the size of a convolution', () => {
  const size = (image: number, kernel: number, options: Conv2dOptions) =>
    recorded(() => conv2d(ones([1, image, image, 1]), ones([kernel, kernel, 1, 1]), options)).outputs[0]!.shape[1];

  it.each([1, 2, 3, 5])("'same' is ⌈size / %i⌉, whatever the kernel and its dilation", (stride) => {
    for (const image of [4, 7, 10])
      for (const kernel of [1, 2, 3, 4])
        for (const dilation of [1, 2, 3])
          expect(size(image, kernel, { stride, dilation, padding: 'same' })).toBe(Math.ceil(image / stride));
  });

  it("puts an odd zero of 'same' at the end", () => {
    const { program } = recorded(() => conv2d(ones([1, 6, 5, 1]), ones([4, 3, 1, 1]), { stride: 2, padding: 'same' }));
    const attrs = program.nodes.find((n) => n.op.name === 'conv2d')!.attrs;
    // Rows: 3 outputs cover 8 of 6. Columns: 3 cover 7 of 5.
    expect(attrs).toEqual({ stride: [2, 2], padding: [[1, 1], [1, 1]] }); // biome-ignore format: as written
    const wide = recorded(() => conv2d(ones([1, 6, 6, 1]), ones([2, 4, 1, 1]), { padding: 'same' }));
    expect(wide.program.nodes.at(-1)!.attrs).toEqual({ stride: [1, 1], padding: [[0, 1], [1, 2]] }); // biome-ignore format: as written
  });

  it("'valid' has no zeros, and dilation widens the kernel", () => {
    expect(size(9, 3, { padding: 'valid' })).toBe(7);
    expect(size(9, 3, { padding: 'valid', dilation: 3 })).toBe(3);
    expect(size(9, 3, { dilation: 4, stride: 2 })).toBe(1);
  });

  it('output padding chooses among the sizes that the convolution rounds to one', () => {
    const transposed = (options: ConvTranspose2dOptions) =>
      recorded(() => convTranspose2d(ones([2, 4, 5, 6]), ones([3, 3, 2, 6]), options)).outputs[0]!.shape;
    expect(transposed({ stride: 2, padding: 1 })).toEqual([2, 7, 9, 2]);
    expect(transposed({ stride: 2, padding: 1, outputPadding: [1, 0] })).toEqual([2, 8, 9, 2]);
    expect(transposed({ stride: 3, dilation: 2, groups: 3, outputPadding: [0, 2] })).toEqual([2, 14, 19, 6]);
  });
});

it('counts the multiply-adds that meet a pixel, as a walk over them does', () => {
  const base: Conv2dShape = {
    ...{ batch: 2, height: 9, width: 8, inChannels: 6, outHeight: 4, outWidth: 6, outChannels: 4 },
    ...{ kernelHeight: 3, kernelWidth: 4, strideY: 2, strideX: 1, padTop: 2, padLeft: 3 },
  };
  for (const options of [{}, { dilationY: 2, dilationX: 3 }, { groups: 2 }, { dilationX: 2, groups: 2 }]) {
    const shape = { ...base, ...options };
    const sizes = conv2dSizes(shape);
    const y = conv2dReference(shape, new Float32Array(sizes.x).fill(1), new Float32Array(sizes.w).fill(1));
    expect(conv2dCost(shape).flops).toBe(2 * y.reduce((a, b) => a + b));
    expect(conv2dCost(shape).bytes).toBe(4 * (sizes.x + sizes.w + sizes.y));
  }
});

describe('layers', () => {
  /** A weight's shape, and the fan-in that its initialiser is told. */
  const weightOf = (make: (init: nn.Initializer) => nn.Module) => {
    const told: number[] = [];
    const { weight } = make((_, size, fanIn) => {
      told.push(fanIn);
      return new Float32Array(size);
    }).parameters;
    return { shape: weight!.shape, fanIn: told[0] };
  };
  const rng = new Rng(3);

  it('conv2d: a weight sees the channels of its group', () => {
    const { shape, fanIn } = weightOf((weightInit) =>
      nn.conv2d(12, 8, { kernel: [3, 2], groups: 4, dilation: 2, rng, weightInit }),
    );
    expect(shape).toEqual([3, 2, 3, 8]);
    expect(fanIn).toBe(3 * 2 * 3);
  });

  it('convTranspose2d: a weight reaches the channels of its group', () => {
    const { shape, fanIn } = weightOf((weightInit) =>
      nn.convTranspose2d(12, 8, { kernel: 3, groups: 4, stride: 2, outputPadding: 1, rng, weightInit }),
    );
    expect(shape).toEqual([3, 3, 2, 12]);
    expect(fanIn).toBe(3 * 3 * 2);
  });

  it('refuses groups that do not divide the channels', () => {
    expect(() => nn.conv2d(6, 8, { kernel: 3, groups: 4, rng })).toThrow(
      'nn.conv2d: 4 groups do not divide 6 channels',
    );
    expect(() => nn.convTranspose2d(6, 8, { kernel: 3, groups: 4, rng })).toThrow(
      'nn.convTranspose2d: 4 groups do not divide 6 channels',
    );
  });
});

describe('a product with its bias and activation is one dispatch', () => {
  const layer = (x: number[], w: number[]) => () => relu(add(matmul(ones(x), ones(w)), ones([w.at(-1)!])));

  it.each([
    ['a matrix', [4, 3], [3, 8]],
    ['a batch of each', [5, 4, 3], [5, 3, 8]],
    ['a batch with one b', [5, 4, 3], [3, 8]],
  ])('%s', (_, x, w) => {
    const dispatches = plan(layer(x, w)).filter((d) => d.label.includes('matmul'));
    expect(dispatches.map((d) => d.label)).toEqual(['matmul+add+relu']);
  });

  it('depthwise convolution', () => {
    const labels = plan(() => relu(add(conv2d(ones([1, 6, 6, 8]), ones([3, 3, 1, 8]), { groups: 8 }), ones([8])))).map(
      (d) => d.label,
    );
    expect(labels).toContain('conv2d+add+relu');
  });
});
