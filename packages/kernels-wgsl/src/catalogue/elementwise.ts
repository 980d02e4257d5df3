/** Kernels that compute each element on its own, in the catalogue. A family of these has one kernel and no ladder. */
import { adam } from '../adam.ts';
import type { Candidate, Slot } from '../candidate.ts';
import { gatherImages } from '../gather.ts';
import type { Kernel } from '../kernel.ts';
import { type MapSpec, map } from '../map.ts';
import { advance, RANDOM_STATE_WORDS, random } from '../random.ts';
import { applyScalar, operand } from '../scalar.ts';
import { broadcastView, sizeOf } from '../view.ts';
import { type KernelFamily, kernelFamily } from './family.ts';
import { count, shape } from './field.ts';

/** The one way, whose kernel binds its inputs in order and then its outputs. */
function onlyCandidate(name: string, kernel: Kernel, inputs: number): Candidate[] {
  const slots = kernel.bindings.map(
    (_, i): Slot => (i < inputs ? { kind: 'input', index: i } : { kind: 'output', index: i - inputs }),
  );
  return [{ name, temps: [], stages: [{ kernel, slots }] }];
}

export const mapFamily = kernelFamily({
  name: 'map',
  about: 'a fused elementwise chain: relu(a * b + c), where b and c broadcast to a',
  fields: { a: shape, b: shape, c: shape },
  // A batch normalisation's scale and shift, and its activation.
  shapes: ['a=64x14x14x64,b=64,c=64'],
  answer: ({ a, b, c }) => {
    const astray = Object.entries({ b, c }).find(
      ([, from]) => from.length > a.length || !from.every((d, i) => d === 1 || d === a[a.length - from.length + i]),
    );
    if (astray) return `${astray[0]}=${astray[1].join('x')} does not broadcast to a=${a.join('x')}`;
    const expr = applyScalar('relu', applyScalar('add', applyScalar('mul', operand(0), operand(1)), operand(2)));
    const operands = [a, b, c].map((from) => ({ type: 'f32', size: sizeOf(from), ...broadcastView(from, a) }) as const);
    const spec: MapSpec = { name: 'relu-mul-add', shape: a, operands, outputs: [{ expr, type: 'f32' }] };
    return {
      inputs: [a, b, c].map(sizeOf),
      outputs: [sizeOf(a)],
      candidates: () => onlyCandidate('map', map(spec), 3),
    };
  },
});

/** Radford, Metz, Chintala, 2015. */
const DCGAN_ADAM = { beta1: 0.5, beta2: 0.999, eps: 1e-8, weightDecay: 0 };

export const adamFamily = kernelFamily({
  name: 'adam',
  about: "one update of all of an optimiser's parameters, with a DCGAN's hyper-parameters",
  fields: { size: count },
  shapes: ['size=1048576'],
  answer: ({ size }) => ({
    inputs: [size, size, size, size, 2],
    outputs: [],
    candidates: () => onlyCandidate('adam', adam({ size, ...DCGAN_ADAM }), 5),
  }),
});

const randomFamily = (distribution: 'uniform' | 'normal', about: string): KernelFamily =>
  kernelFamily({
    name: `random-${distribution}`,
    about,
    fields: { count },
    shapes: ['count=6400'],
    answer: ({ count: drawn }) => ({
      inputs: [RANDOM_STATE_WORDS],
      outputs: [drawn],
      candidates: () => onlyCandidate('threefry', random({ distribution, count: drawn }), 1),
    }),
  });

export const randomUniform = randomFamily('uniform', 'uniform numbers in [0, 1)');
export const randomNormal = randomFamily('normal', 'standard normal numbers: the noise that a generator starts from');

export const randomAdvance = kernelFamily({
  name: 'random-advance',
  about: 'the counter of random numbers moves on by what was drawn',
  fields: { count },
  shapes: ['count=6400'],
  answer: ({ count: drawn }) => ({
    inputs: [RANDOM_STATE_WORDS],
    outputs: [],
    candidates: () => onlyCandidate('advance', advance({ count: drawn }), 1),
  }),
});

export const gather = kernelFamily({
  name: 'gather',
  about: 'a batch of images out of a data set of bytes, normalised',
  fields: { count, pixels: count, batch: count },
  shapes: ['count=60000,pixels=784,batch=64'],
  answer: (spec) => ({
    inputs: [Math.ceil((spec.count * spec.pixels) / 4), spec.batch],
    outputs: [spec.batch * spec.pixels],
    candidates: () => onlyCandidate('gather', gatherImages(spec), 2),
  }),
});
