/** A small step for the tests of optimisers and of what goes with them. */
import type { Optimizer } from '@ganvas/autograd';
import { capture, mul, state, type Tensor } from '@ganvas/tensor';

export const values = (tensors: readonly Tensor[]) => Promise.all(tensors.map(async (t) => Array.from(await t.data())));
/** 37 and 65 numbers: no range ends where the next begins. */
export const weights = () =>
  [37, 65].map((n) =>
    state(
      Float32Array.from({ length: n }, (_, i) => Math.sin(i + n)),
      [n],
    ),
  );
/** A step whose gradients are the weights times a number. */
export const stepOf = (optimizer: Pick<Optimizer, 'step'>, w: readonly Tensor[], after = () => {}) =>
  capture((by: Tensor) => {
    optimizer.step(w.map((t) => mul(t, by)));
    after();
  });
