/** Kernels that move elements, in the catalogue. A family of these has one kernel and no ladder. */
import {
  concatCandidate,
  gatherAxisCandidate,
  type IndexedAxis,
  linspaceCandidate,
  MOST_PARTS,
  scatterAddCandidate,
  unsliceCandidate,
  wordOf,
} from '../movement/index.ts';
import {
  concatReference,
  gatherAxisReference,
  linspaceReference,
  scatterAddReference,
  unsliceReference,
} from '../reference/index.ts';
import { sizeOf } from '../view.ts';
import { only } from './elementwise.ts';
import { kernelFamily } from './family.ts';
import { axes, count, flag, shape } from './field.ts';
import { scattered } from './scattered.ts';

export const unslice = kernelFamily({
  name: 'unslice',
  about: 'the transpose of a slice, as padding is: x laid into zeros',
  fields: { x: shape, out: shape, start: axes, step: shape },
  // One pixel of zeros around every image.
  shapes: ['x=64x14x14x64,out=64x16x16x64,start=0x1x1x0,step=1x1x1x1'],
  answer: ({ x, out, start, step }) => {
    if ([out, start, step].some((list) => list.length !== x.length))
      return `out, start and step must have the ${x.length} axes of x=${x.join('x')}`;
    const astray = x.findIndex((size, axis) => start[axis]! + (size - 1) * step[axis]! >= out[axis]!);
    if (astray >= 0) return `along axis ${astray} x=${x.join('x')} does not fit into out=${out.join('x')}`;
    const spec = { shape: out, sizes: x, starts: start, steps: step };
    return {
      inputs: [sizeOf(x)],
      outputs: [sizeOf(out)],
      ...only(unsliceCandidate({ ...spec, word: 0 })),
      reference: ([values]) => unsliceReference(spec, values!, 0),
    };
  },
});

export const concat = kernelFamily({
  name: 'concat',
  about: 'matrices of as many rows side by side: tensors joined along an axis',
  fields: { rows: count, columns: shape },
  // An image and its label's channels.
  shapes: ['rows=12544,columns=64x64'],
  answer: (spec) => {
    if (spec.columns.length > MOST_PARTS) return `expected at most ${MOST_PARTS} parts, got ${spec.columns.length}`;
    const inputs = spec.columns.map((n) => spec.rows * n);
    return {
      inputs,
      outputs: [inputs.reduce((a, b) => a + b, 0)],
      ...only(concatCandidate(spec)),
      reference: (parts) => concatReference(spec, parts),
    };
  },
});

const indexedFields = { outer: count, range: count, inner: count, count, each: flag };
/** A table of 1000 rows of 64, and a batch of 256 of them. */
const EMBEDDING = 'outer=1,range=1000,inner=64,count=256,each=false';

const indicesOf = ({ outer, range, inner, count: places, each }: IndexedAxis): Uint32Array =>
  Uint32Array.from({ length: each ? outer * places * inner : places }, (_, i) => (i * 37) % range);

export const gatherAxis = kernelFamily({
  name: 'gather-axis',
  about: 'elements at given places of an axis: rows, or one for each index',
  fields: indexedFields,
  shapes: [EMBEDDING],
  answer: (spec) => ({
    inputs: [spec.outer * spec.range * spec.inner, indicesOf(spec).length],
    outputs: [spec.outer * spec.count * spec.inner],
    ...only(gatherAxisCandidate({ ...spec, missing: wordOf(Number.NaN, 'f32') })),
    values: () => [scattered(spec.outer * spec.range * spec.inner, 1), indicesOf(spec)],
    reference: ([x, indices]) => gatherAxisReference(spec, x!, indices!, Number.NaN),
  }),
});

export const scatterAdd = kernelFamily({
  name: 'scatter-add',
  about: 'the transpose of a gather: sums over equal indices, in their order',
  fields: indexedFields,
  shapes: [EMBEDDING],
  answer: (spec) => ({
    inputs: [spec.outer * spec.count * spec.inner, indicesOf(spec).length],
    outputs: [spec.outer * spec.range * spec.inner],
    ...only(scatterAddCandidate({ ...spec, type: 'f32' })),
    values: () => [scattered(spec.outer * spec.count * spec.inner, 1), indicesOf(spec)],
    reference: ([updates, indices]) => scatterAddReference(spec, updates!, indices!),
  }),
});

export const linspace = kernelFamily({
  name: 'linspace',
  about: 'count numbers at equal distances, from 0 to last',
  fields: { last: count, count },
  shapes: ['last=1,count=1024'],
  answer: (spec) => ({
    inputs: [],
    outputs: [spec.count],
    ...only(linspaceCandidate({ first: 0, ...spec, type: 'f32' })),
    reference: () => linspaceReference({ first: 0, ...spec }),
  }),
});
