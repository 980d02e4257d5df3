/** Sums, means and variances, softmax, and cumulative sums, in the catalogue. */
import { NO_EPILOGUE } from '../epilogue.ts';
import { momentsCandidates } from '../moments/index.ts';
import { reduceCandidates } from '../reduce/index.ts';
import { momentsReference, reduceReference, scanReference, softmaxReference } from '../reference/index.ts';
import { operand } from '../scalar.ts';
import { scanCandidates } from '../scan.ts';
import { softmaxCandidates } from '../softmax/index.ts';
import { contiguousStrides, sizeOf } from '../view.ts';
import { kernelFamily } from './family.ts';
import { axes, axis, count, flag, shape } from './field.ts';
import { scattered } from './scattered.ts';

export const reduceSum = kernelFamily({
  name: 'reduce-sum',
  about: 'sum over any axes',
  fields: { x: shape, axes },
  // The gradient of a bias; the squared norms of a batch's gradients, whose ranges run through memory.
  shapes: ['x=64x14x14x64,axes=0x1x2', 'x=64x784,axes=1'],
  answer: ({ x, axes: over }) => {
    if (over.some((a, i) => a >= x.length || over.indexOf(a) !== i))
      return `axes=${over.join('x')}: expected axes of x, each once, from 0 to ${x.length - 1}`;
    const size = sizeOf(x);
    const view = { type: 'f32', size, strides: contiguousStrides(x), offset: 0 } as const;
    const spec = { op: 'sum', shape: x, axes: over, operands: [view], exprs: [operand(0)] } as const;
    const kept = sizeOf(x.filter((_, axis) => !over.includes(axis)));
    return {
      inputs: [size],
      outputs: [kept],
      candidates: (adapter) => reduceCandidates(spec, NO_EPILOGUE, adapter),
      cost: { flops: size, bytes: 4 * (size + kept) },
      // Positive, so that a sum is large and its relative error means something.
      values: () => [scattered(size, 1).map((value) => value + 0.5)],
      reference: ([values]) => reduceReference(spec, [values!])[0]!,
    };
  },
});

export const moments = kernelFamily({
  name: 'moments',
  about: 'mean and variance of every channel of x [rows, channels], for batch normalisation',
  fields: { rows: count, channels: count },
  // After the inner layer's convolution; and rows too few to share.
  shapes: ['rows=12544,channels=64', 'rows=16'],
  answer: (spec) => ({
    inputs: [spec.rows * spec.channels],
    outputs: [spec.channels, spec.channels],
    candidates: (adapter) => momentsCandidates(spec, adapter),
    // A difference, its square, and two sums an element.
    cost: { flops: 4 * spec.rows * spec.channels, bytes: 4 * spec.channels * (spec.rows + 2) },
    reference: ([x]) => momentsReference(spec, x!).mean,
  }),
});

export const softmaxFamily = kernelFamily({
  name: 'softmax',
  about: 'softmax of x over one axis, or its logarithm',
  fields: { x: shape, axis, log: flag },
  // No layer of a DCGAN: the size at which engines are compared.
  shapes: ['x=4096x1024,axis=1,log=false'],
  answer: ({ x, axis: over, log }) => {
    if (over >= x.length) return `axis=${over}: expected an axis of x, from 0 to ${x.length - 1}`;
    const size = sizeOf(x);
    const spec = { outer: sizeOf(x.slice(0, over)), range: x[over]!, inner: sizeOf(x.slice(over + 1)), log };
    return {
      inputs: [size],
      outputs: [size],
      candidates: (adapter) => softmaxCandidates(spec, adapter),
      // A maximum; a difference, its exponential and a sum; a quotient.
      cost: { flops: 5 * size, bytes: 8 * size },
      reference: ([values]) => softmaxReference(spec, values!),
    };
  },
});

export const scan = kernelFamily({
  name: 'scan',
  about: 'cumulative sums of x along one axis, from either end, with or without each element',
  fields: { x: shape, axis, reverse: flag, exclusive: flag },
  // No layer of a DCGAN: as many elements as softmax has.
  shapes: ['x=4096x1024,axis=1,reverse=false,exclusive=false'],
  answer: ({ x, axis: over, reverse, exclusive }) => {
    if (over >= x.length) return `axis=${over}: expected an axis of x, from 0 to ${x.length - 1}`;
    const size = sizeOf(x);
    const [outer, inner] = [sizeOf(x.slice(0, over)), sizeOf(x.slice(over + 1))];
    const spec = { outer, range: x[over]!, inner, reverse, exclusive };
    return {
      inputs: [size],
      outputs: [size],
      candidates: (adapter) => scanCandidates(spec, adapter),
      cost: { flops: size, bytes: 8 * size },
      // Positive, so that a sum is large and its relative error means something.
      values: () => [scattered(size, 1).map((value) => value + 0.5)],
      reference: ([values]) => scanReference(spec, values!),
    };
  },
});
