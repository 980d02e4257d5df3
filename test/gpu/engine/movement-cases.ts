/** Gradient cases of the ops that move elements. Their functions are linear: squared, so that the second order is not 0. */
import {
  concat,
  eye,
  flip,
  gather,
  gatherElements,
  indexAdd,
  mul,
  type OpName,
  pad,
  roll,
  scatterAdd,
  slice,
  split,
  square,
  stack,
  type Tensor,
  tensor,
  tril,
  triu,
  unslice,
} from '@ganvas/tensor';
import type { Case, Input } from './gradient-cases.ts';

const any = (...shape: number[]): Input => ({ shape, draw: (rng) => 2 * rng.uniform() - 1 });
const unary = (fn: (x: Tensor) => Tensor, ...shape: number[]): Case => ({
  fn: (x) => square(fn(x!)),
  inputs: [any(...shape)],
});
const u32 = (...values: number[]) => tensor(Uint32Array.from(values));

export const MOVEMENT_CASES = {
  slice: [
    unary((x) => slice(x, [[1], [null, null, 2]]), 3, 4),
    unary((x) => slice(x, [null, [3, 0, -2]]), 2, 4),
    unary((x) => flip(x), 2, 3),
    unary((x) => mul(split(x, [1, 3], 1)[1]!, flip(slice(x, [null, [1]]), 1)), 2, 4),
  ],
  unslice: [
    unary((x) => unslice(x, { shape: [4, 5], starts: [3, 1], steps: [-2, 3] }), 2, 2),
    unary((x) => pad(x, [[1, 0], 2]), 2, 3),
    unary(
      (x) =>
        pad(
          x,
          [
            [-1, 1],
            [2, -2],
          ],
          { value: 0.5 },
        ),
      2,
      3,
    ),
  ],
  concat: [
    { fn: (x, y) => square(concat([x!, y!, x!], 1)), inputs: [any(2, 1), any(2, 3)] },
    { fn: (x, y) => square(stack([x!, y!], -1)), inputs: [any(3), any(3)] },
    unary((x) => roll(x, [1, -2], [0, 1]), 2, 3),
    unary((x) => pad(x, [[1, 2], 0], { mode: 'reflect' }), 3, 2),
    unary((x) => pad(x, [[2, 1], 1], { mode: 'replicate' }), 2, 2),
    unary((x) => concat([tril(x), triu(x, -1)]), 3, 3),
    unary((x) => concat([x, eye(2)]), 1, 2),
  ],
  gather: [
    unary((x) => gather(x, tensor(Uint32Array.of(2, 0, 2, 1), [2, 2])), 3, 2),
    unary((x) => gather(x, u32(1, 1, 0), 1), 2, 3),
    unary((x) => gatherElements(x, tensor(Int32Array.of(1, 0, 1), [3, 1]), 0), 2, 2),
  ],
  scatterAdd: [
    {
      fn: (x, y) => square(scatterAdd(x!, tensor(Uint32Array.of(1, 0, 1, 1), [2, 2]), y!, 0)),
      inputs: [any(3, 2), any(2, 2)],
    },
    { fn: (x, y) => square(indexAdd(x!, u32(2, 0, 2), y!, 1)), inputs: [any(2, 3), any(2, 3)] },
  ],
} satisfies { [N in OpName]?: Case | Case[] };
