/** Kernels that compute each element on its own, in the catalogue. A family of these has one kernel and no ladder. */
import { adamCandidate } from '../adam.ts';
import { type Candidate, slot } from '../candidate.ts';
import { gatherCandidate } from '../gather.ts';
import type { Cost } from '../kernel.ts';
import { type MapSpec, map, mapCandidate } from '../map.ts';
import { advanceCandidate, RANDOM_STATE_WORDS, randomCandidate } from '../random.ts';
import { adamReference, gatherReference, mapReference } from '../reference/index.ts';
import { applyScalar, operand } from '../scalar.ts';
import { Rng } from '../threefry.ts';
import { broadcastView, sizeOf } from '../view.ts';
import { type KernelFamily, kernelFamily } from './family.ts';
import { count, shape } from './field.ts';
import { scattered } from './scattered.ts';

/** The one way, in one dispatch, which costs what the problem asks for. */
export const only = (candidate: Candidate): { candidates: () => Candidate[]; cost: Cost } => ({
  candidates: () => [candidate],
  cost: candidate.stages[0]!.kernel.cost,
});

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
      candidates: (adapter) => [mapCandidate({ ...spec, adapter })],
      cost: map(spec).cost,
      reference: (inputs) => mapReference(spec, [...inputs])[0]!,
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
  answer: ({ size }) => {
    const spec = { size, ...DCGAN_ADAM };
    return {
      inputs: [size, size, size, size, 2],
      outputs: [],
      ...only(adamCandidate(spec)),
      values: () => [
        scattered(size, 1),
        scattered(size, 2),
        scattered(size, 3).map(Math.abs), // an average of squares
        scattered(size, 4),
        Float32Array.of(10, 2e-4), // the step's number, and the learning rate
      ],
      result: slot.input(0),
      reference: ([p, m, v, g, hyper]) =>
        adamReference(spec, { p: p!, m: m!, v: v! }, g!, { t: hyper![0]!, rate: hyper![1]! }).p,
    };
  },
});

/** [key, key, counter, counter] of the first number of a stream. */
const firstState = (): Uint32Array => Uint32Array.of(...new Rng(1).key, 0, 0);

const randomFamily = (distribution: 'uniform' | 'normal', about: string): KernelFamily =>
  kernelFamily({
    name: `random-${distribution}`,
    about,
    fields: { count },
    shapes: ['count=6400'],
    answer: ({ count: drawn }) => ({
      inputs: [RANDOM_STATE_WORDS],
      outputs: [drawn],
      ...only(randomCandidate({ distribution, count: drawn })),
      values: () => [firstState()],
      reference: ([state]) => {
        const rng = new Rng([state![0]!, state![1]!]);
        return Float64Array.from({ length: drawn }, () => rng[distribution]());
      },
    }),
  });

export const randomUniform = randomFamily('uniform', 'uniform numbers in [0, 1)');
export const randomNormal = randomFamily('normal', 'standard normal numbers: the noise that a generator starts from');

export const randomInteger = kernelFamily({
  name: 'random-integer',
  about: 'whole numbers below a limit, from 32 random bits each',
  fields: { count, limit: count },
  shapes: ['count=6400,limit=10'],
  answer: ({ count: drawn, limit }) => ({
    inputs: [RANDOM_STATE_WORDS],
    outputs: [drawn],
    ...only(randomCandidate({ distribution: 'integer', count: drawn, limit })),
    values: () => [firstState()],
    reference: ([state]) => {
      const rng = new Rng([state![0]!, state![1]!]);
      return Float64Array.from({ length: drawn }, () => rng.integer(limit));
    },
  }),
});

export const randomAdvance = kernelFamily({
  name: 'random-advance',
  about: 'the counter of random numbers moves on by what was drawn',
  fields: { count },
  shapes: ['count=6400'],
  answer: ({ count: drawn }) => ({
    inputs: [RANDOM_STATE_WORDS],
    outputs: [],
    ...only(advanceCandidate({ count: drawn })),
    values: () => [firstState()],
    result: slot.input(0),
    reference: ([state]) => [state![0]!, state![1]!, state![2]! + drawn, state![3]!],
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
    ...only(gatherCandidate(spec)),
    values: () => [
      Uint32Array.from(scattered(Math.ceil((spec.count * spec.pixels) / 4), 1), (value) => (value + 0.5) * 2 ** 32),
      Uint32Array.from({ length: spec.batch }, (_, i) => (i * 37) % spec.count),
    ],
    reference: ([words, indices]) => gatherReference(spec, new Uint8Array(Uint32Array.from(words!).buffer), indices!),
  }),
});
