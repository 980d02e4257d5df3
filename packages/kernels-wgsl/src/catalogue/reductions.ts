/** Sums, and means and variances, in the catalogue. */
import { NO_EPILOGUE } from '../epilogue.ts';
import { momentsCandidates } from '../moments.ts';
import { reduceCandidates } from '../reduce/index.ts';
import { operand } from '../scalar.ts';
import { contiguousStrides, sizeOf } from '../view.ts';
import { kernelFamily } from './family.ts';
import { axes, count, shape } from './field.ts';

export const reduceSum = kernelFamily({
  name: 'reduce-sum',
  about: 'sum over any axes',
  fields: { x: shape, axes },
  // The gradient of a bias; the mean of a loss.
  shapes: ['x=64x14x14x64,axes=0x1x2', 'x=64x1,axes=0x1'],
  answer: ({ x, axes: over }) => {
    if (over.some((a, i) => a >= x.length || over.indexOf(a) !== i))
      return `axes=${over.join('x')}: expected axes of x, each once, from 0 to ${x.length - 1}`;
    const size = sizeOf(x);
    const view = { type: 'f32', size, strides: contiguousStrides(x), offset: 0 } as const;
    const spec = { op: 'sum', shape: x, axes: over, operands: [view], expr: operand(0) } as const;
    return {
      inputs: [size],
      outputs: [sizeOf(x.filter((_, axis) => !over.includes(axis)))],
      candidates: (adapter) => reduceCandidates(spec, NO_EPILOGUE, adapter),
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
  }),
});
