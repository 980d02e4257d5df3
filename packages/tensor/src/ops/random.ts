/** Random numbers from a counter kept in a state tensor: the same state gives the same numbers, in any order of execution. */
import { advanceCandidate, Rng, randomCandidate, sizeOf, type Words } from '@ganvas/kernels-wgsl';
import { apply, type Op, type TensorSpec } from '../op.ts';
import type { Device } from '../runtime/device.ts';
import { checkShape, formatShape, type Shape, ShapeError } from '../shape.ts';
import { state } from '../state.ts';
import type { Tensor } from '../tensor.ts';

export interface RandomAttrs {
  shape: Shape;
}

export interface IntegerAttrs extends RandomAttrs {
  limit: number;
}

function checkGenerator(name: string, generator: TensorSpec | undefined): void {
  if (generator?.dtype !== 'u32' || generator.shape.join() !== '4') {
    const got = generator && `${generator.dtype}${formatShape(generator.shape)}`;
    throw new ShapeError(`${name}: expected a generator made by randomGenerator(seed), got ${got}`);
  }
}

function distribution(name: 'uniform' | 'normal'): Op<RandomAttrs> {
  return {
    name,
    infer: ([generator], { shape }) => {
      checkShape(name, shape);
      checkGenerator(name, generator);
      return [{ shape, dtype: 'f32' }];
    },
    lower: (_, { shape }) => ({
      kind: 'kernels',
      candidates: () => [randomCandidate({ distribution: name, count: sizeOf(shape) })],
    }),
  };
}

export const randomOps = {
  uniform: distribution('uniform'),
  normal: distribution('normal'),
  integer: {
    name: 'integer',
    infer: ([generator], { shape, limit }) => {
      checkShape('integer', shape);
      checkGenerator('integer', generator);
      if (!(Number.isInteger(limit) && limit >= 1 && limit <= 2 ** 32))
        throw new ShapeError(`integer: limit: expected a whole number from 1 to 2³², got ${limit}`);
      return [{ shape, dtype: 'u32' }];
    },
    lower: (_, { shape, limit }) => ({
      kind: 'kernels',
      candidates: () => [randomCandidate({ distribution: 'integer', count: sizeOf(shape), limit })],
    }),
  } satisfies Op<IntegerAttrs>,
  advance: {
    name: 'advance',
    writes: [0],
    infer: () => [],
    lower: (_, { count }) => ({
      kind: 'kernels',
      candidates: () => [advanceCandidate({ count })],
    }),
  } satisfies Op<{ count: number }>,
};

/**
 * A generator: a state tensor u32 [4] of key and 64-bit counter (Threefry-2x32, Salmon et al. 2011).
 * @param seed a whole number, or the two words of a key (`new Rng(seed).fork(stream).key`)
 */
export function randomGenerator(seed: number | Words, device?: Device): Tensor {
  return state(Uint32Array.of(...new Rng(seed).key, 0, 0), [4], { device });
}

function draw<A extends RandomAttrs>(op: Op<A>, generator: Tensor, attrs: A): Tensor {
  const [values] = apply(op, [generator], { ...attrs, shape: [...attrs.shape] });
  apply(randomOps.advance, [generator], { count: values!.size });
  return values!;
}

/** Uniform numbers in [0, 1), 24 bits each; the generator advances by as many. */
export const randomUniform = (generator: Tensor, shape: Shape): Tensor => draw(randomOps.uniform, generator, { shape });

/** Standard normal numbers; the generator advances by as many. */
export const randomNormal = (generator: Tensor, shape: Shape): Tensor => draw(randomOps.normal, generator, { shape });

/**
 * Whole numbers (u32) in [0, limit), the same bits on every adapter, and as `Rng.integer` draws them; the generator advances by as
 * many.
 * @param limit 1 to 2³²
 */
export const randomInteger = (generator: Tensor, shape: Shape, limit: number): Tensor =>
  draw(randomOps.integer, generator, { shape, limit });
