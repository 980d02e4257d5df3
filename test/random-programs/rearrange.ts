/** What moves elements about in a random program: slices of all kinds, and what is put together again. */
import {
  arange,
  concat,
  flip,
  gather,
  indexAdd,
  pad,
  type Range,
  reshape,
  roll,
  slice,
  sliceAxis,
  type Tensor,
  tanh,
} from '@ganvas/tensor';
import type { Scene } from './scene.ts';

/** Of an axis of more than two elements. */
const RANGES: readonly Range[] = [[1], [0, -1], [null, null, -1], null, [null, null, 2], [-2, null]];

const backwards = (size: number): Tensor => arange(size - 1, -1, -1, { dtype: 'i32' });

export const REARRANGEMENTS: readonly ((x: Tensor, scene: Scene) => Tensor)[] = [
  (x, scene) =>
    slice(
      x,
      x.shape.map((size) => (size > 2 ? scene.pick(RANGES) : null)),
    ),
  (x) => flip(x),
  // It may cross the end of what was a row.
  (x) => {
    const middle = Math.floor(x.size / 2);
    return sliceAxis(reshape(x, [-1]), 0, Math.max(0, middle - 1), middle + 1);
  },
  (x) => concat([reshape(x, [-1]), reshape(tanh(x), [-1])]),
  (x) => (x.size > 24 ? x : pad(x, 1, { value: 0.5 })),
  (x) =>
    pad(x, [...x.shape.slice(1).map(() => 0), ...x.shape.slice(0, 1).map(() => [2, 0] as const)], {
      mode: 'replicate',
    }),
  (x) => (x.shape.length === 0 ? x : roll(x, 1, -1)),
  (x) => (x.shape.length === 0 ? x : gather(x, backwards(x.shape[0]!))),
  (x) => (x.shape.length === 0 ? x : indexAdd(x, backwards(x.shape.at(-1)!), tanh(x), -1)),
];
