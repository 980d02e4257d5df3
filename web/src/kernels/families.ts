/** The families that the page shows: what each is for, shapes to start from, and how its buffers lie as matrices. */
import { CATALOGUE, type KernelFamily, type KernelProblem } from '@ganvas/kernels-wgsl';

/** A buffer as a matrix to draw. */
export interface View {
  rows: number;
  columns: number;
  /** What the rows and the columns are: `m × k`. */
  axes: string;
}

export interface Views {
  input: View[];
  output: View[];
}

export interface PageFamily {
  title: string;
  /** A few plain sentences. */
  about: string;
  /** Shape texts by name; the first is small enough to be drawn and to run anywhere. */
  shapes: readonly (readonly [name: string, shape: string])[];
  /** The figure of a product: A beside C, B above it. */
  product?: boolean;
  /** @param field numbers of a field of the shape, `1x2` as [1, 2] */
  views(field: (name: string) => number[], problem: KernelProblem): Views;
  kernels: KernelFamily;
}

type Declaration = Omit<PageFamily, 'kernels'>;

const DCGAN = 'a layer of the DCGAN';

/** The three tensors of a convolution: images as rows of pixels with their channels, weights as taps by output channels. */
function convolution(field: (name: string) => number[]): Record<'x' | 'w' | 'y', View> {
  const [batch, height, width, channels] = field('x') as [number, number, number, number];
  const [kernelHeight, kernelWidth, , outChannels] = field('w') as [number, number, number, number];
  const pair = (name: string): [number, number] => [field(name)[0]!, field(name).at(-1)!];
  const [strides, dilations, padding] = [pair('stride'), pair('dilation'), field('padding')];
  const around =
    padding.length === 1 ? [2 * padding[0]!, 2 * padding[0]!] : [padding[0]! + padding[1]!, padding[2]! + padding[3]!];
  const out = (size: number, kernel: number, axis: 0 | 1) =>
    Math.floor((size + around[axis]! - (kernel - 1) * dilations[axis] - 1) / strides[axis]) + 1;
  return {
    x: { rows: batch * height, columns: width * channels, axes: 'images and rows × columns and channels' },
    w: {
      rows: kernelHeight * kernelWidth * field('w')[2]!,
      columns: outChannels,
      axes: 'taps and input channels × output channels',
    },
    y: {
      rows: batch * out(height, kernelHeight, 0),
      columns: out(width, kernelWidth, 1) * outChannels,
      axes: 'images and rows × columns and channels',
    },
  };
}

const SMALL_CONVOLUTION = 'x=4x14x14x16,w=4x4x16x32,stride=2,padding=1,dilation=1';

const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);

const PAGE: Record<string, Declaration> = {
  matmul: {
    title: 'Matrix product',
    about:
      'C = A B. Each element of C is a row of A times a column of B. Everything else on this page that multiplies is this, ' +
      'with other addresses: what the rungs change is how often the same number is fetched.',
    shapes: [
      ['small', 'm=128,n=128,k=128'],
      [DCGAN, 'm=64,n=6272,k=100'],
      ['1024, for a GPU', 'm=1024,n=1024,k=1024'],
      ['few results of long sums', 'm=64,n=64,k=6272'],
    ],
    product: true,
    views: (field) => {
      const [m, n, k] = [field('m')[0]!, field('n')[0]!, field('k')[0]!];
      const [batchA, batchB] = [product(field('batchA')), product(field('batchB'))];
      return {
        input: [
          { rows: batchA * m, columns: k, axes: 'm × k' },
          { rows: batchB * k, columns: n, axes: 'k × n' },
        ],
        output: [{ rows: Math.max(batchA, batchB) * m, columns: n, axes: 'm × n' }],
      };
    },
  },
  conv2d: {
    title: 'Convolution',
    about:
      'A window slides over the image x; where it stands, its pixels times the weights w make one pixel of y. Read as a ' +
      'product, A is x gathered window by window, and is never stored. A tap outside the image loads the first pixel, and drops it.',
    shapes: [
      ['small', SMALL_CONVOLUTION],
      ['a layer, batch of 8', 'x=8x14x14x64'],
      [DCGAN, 'x=64x14x14x64'],
    ],
    views: (field) => {
      const { x, w, y } = convolution(field);
      return { input: [x, w], output: [y] };
    },
  },
  'conv2d-input-grad': {
    title: 'Transposed convolution',
    about:
      'What a generator enlarges images with, and the gradient of a convolution’s input. With stride 2 an output pixel meets ' +
      'only every second tap, so the pixels fall into four phases, each a small dense convolution of its own. A tap outside the ' +
      'image loads the first pixel, and drops it.',
    shapes: [
      ['small', SMALL_CONVOLUTION],
      ['a layer, batch of 8', 'x=8x14x14x64'],
      [DCGAN, 'x=64x14x14x64'],
      ['to one channel', 'x=64x28x28x1,w=4x4x1x64'],
    ],
    views: (field) => {
      const { x, w, y } = convolution(field);
      return { input: [y, w], output: [x] };
    },
  },
  'conv2d-weight-grad': {
    title: 'Weight gradient',
    about:
      'How each weight of a convolution should change: a sum over every pixel of every image that the weight met. Few ' +
      'results, long sums; so the upper rungs cut the sums into parts that run side by side.',
    shapes: [
      ['small', SMALL_CONVOLUTION],
      ['a layer, batch of 8', 'x=8x14x14x64'],
      [DCGAN, 'x=64x14x14x64'],
    ],
    views: (field) => {
      const { x, w, y } = convolution(field);
      return { input: [x, y], output: [w] };
    },
  },
  'reduce-sum': {
    title: 'Reduction',
    about:
      'A sum over some axes of x. One addition a number that is read, so only memory counts: how wide the loads are, how ' +
      'many are on their way at once, and how few partial results travel.',
    shapes: [
      ['small', 'x=64x784,axes=1'],
      ['columns', 'x=256x64,axes=0'],
      ['gradient of a bias', 'x=64x14x14x64,axes=0x1x2'],
    ],
    views: (field, problem) => {
      const x = field('x');
      const axes = field('axes');
      const kept = x.filter((_, axis) => !axes.includes(axis));
      const columns = kept.at(-1) ?? 1;
      return {
        input: [{ rows: product(x.slice(0, -1)), columns: x.at(-1)!, axes: 'outer axes × last axis' }],
        output: [{ rows: problem.outputs[0]! / columns, columns, axes: 'what is kept' }],
      };
    },
  },
  moments: {
    title: 'Batch norm',
    about:
      'Mean and variance of every channel over a batch: what batch normalisation subtracts and divides by. The variance is ' +
      'summed around a first guess of the mean, so that no digits are lost.',
    shapes: [
      ['small', 'rows=512,channels=64'],
      ['few rows', 'rows=16,channels=64'],
      [DCGAN, 'rows=12544,channels=64'],
    ],
    views: (field) => {
      const channels = field('channels')[0]!;
      const one = { rows: 1, columns: channels, axes: '1 × channels' };
      return { input: [{ rows: field('rows')[0]!, columns: channels, axes: 'rows × channels' }], output: [one, one] };
    },
  },
  adam: {
    title: 'Adam',
    about:
      'One step of the optimiser, for all parameters of a network at once: they lie in one buffer, so one dispatch is enough. ' +
      'Seven numbers are moved for each that changes: memory alone decides.',
    shapes: [
      ['small', 'size=4096'],
      ['a million parameters', 'size=1048576'],
    ],
    views: (field) => {
      const size = field('size')[0]!;
      const flat = { rows: Math.ceil(size / 64), columns: Math.min(64, size), axes: '64 in a row' };
      return { input: [flat, flat, flat, flat, { rows: 1, columns: 2, axes: 't, learning rate' }], output: [] };
    },
  },
};

/** In the page's order. */
export const FAMILIES: readonly PageFamily[] = Object.entries(PAGE).map(([name, page]) => ({
  ...page,
  kernels: CATALOGUE.find((family) => family.name === name)!,
}));

/** Values of a problem's shape text by field. */
export const fieldsOf = (shape: string): Map<string, string> =>
  new Map(shape.split(',').map((pair) => pair.split('=') as [string, string]));

/** How the buffers of a problem lie. */
export function viewsOf(family: PageFamily, problem: KernelProblem): Views {
  const fields = fieldsOf(problem.shape);
  return family.views((name) => fields.get(name)!.split('x').map(Number), problem);
}
