/** Tensors on the host, by plain functions of their coordinates: what ops that move elements are compared with. */
import { contiguousStrides, Rng, sizeOf } from '@ganvas/kernels-wgsl';
import { add, capture, mul, type Tensor, tensor } from '@ganvas/tensor';
import fc from 'fast-check';
import { expectClose } from '../rig.ts';

/** A tensor on the host: its elements by their coordinates. */
export interface Grid {
  shape: number[];
  at(place: readonly number[]): number;
}

/** Elements row by row. */
export function valuesOf({ shape, at }: Grid): number[] {
  const strides = contiguousStrides(shape);
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    at(shape.map((size, axis) => Math.floor(i / strides[axis]!) % size)),
  );
}

export function grid(shape: readonly number[], seed = 1): Grid {
  const values = new Rng(seed).normals(sizeOf(shape));
  const strides = contiguousStrides(shape);
  return { shape: [...shape], at: (place) => values[place.reduce((sum, p, axis) => sum + p * strides[axis]!, 0)]! };
}
export const upload = (g: Grid): Tensor => tensor(Float32Array.from(valuesOf(g)), g.shape);

/** What came from along one axis: `places[k]` is where element k was. */
export const taken = (g: Grid, axis: number, places: readonly number[]): Grid => ({
  shape: g.shape.with(axis, places.length),
  at: (place) => g.at(place.with(axis, places[place[axis]!]!)),
});

/** The same values whether each op runs alone, or all are compiled with a map before and another after. */
export async function expectSame(expected: Grid, inputs: Grid[], fn: (...xs: Tensor[]) => Tensor): Promise<void> {
  const values = valuesOf(expected);
  const eager = fn(...inputs.map(upload));
  expect(eager.shape).toEqual(expected.shape);
  expectClose(await eager.data(), values, {}, 'eager');
  const step = capture((...xs: Tensor[]) => add(fn(...xs.map((x) => mul(x, 2))), 1));
  const between = step(...inputs.map(upload));
  expectClose(
    await between.data(),
    values.map((v) => 2 * v + 1),
    { abs: 1e-6 },
    'captured',
  );
  step.dispose();
}

export const below = (n: number) => Array.from({ length: n }, (_, i) => i);
export const axisOf = (shape: readonly number[]) => fc.integer({ min: -shape.length, max: shape.length - 1 });
export const from0 = (axis: number, shape: readonly number[]) => (axis < 0 ? axis + shape.length : axis);

/** Elements of a row-major array by their coordinates. */
export const hostOf = (values: ArrayLike<number>, shape: readonly number[]): Grid['at'] => {
  const strides = contiguousStrides(shape);
  return (place) => values[place.reduce((sum, p, axis) => sum + p * strides[axis]!, 0)]!;
};
