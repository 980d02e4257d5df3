/** Reductions and cumulative sums, first and second order, against PyTorch's (`reductions.safetensors`). */
import * as ops from '@ganvas/tensor';
import { useDevice } from '../device.ts';
import { type OwnOp, testDerivatives } from './derivatives.ts';

useDevice();

type Reduction = (x: ops.Tensor, axes?: number[], options?: object) => ops.Tensor;
const over =
  (reduction: Reduction): OwnOp =>
  ([x], { axes, ...options }) =>
    reduction(x!, axes as number[], options);

testDerivatives('reductions', {
  prod: over(ops.prod),
  variance: over(ops.variance),
  std: over(ops.std),
  logSumExp: over(ops.logSumExp),
  norm: ([x], { axes, p, ...options }) =>
    ops.norm(x!, axes as number[], { ...options, p: p === 'inf' ? Number.POSITIVE_INFINITY : (p as 1 | 2) }),
  cumSum: ([x], { axis, ...options }) => ops.cumSum(x!, axis as number, options),
  argMax: over(ops.argMax),
  argMin: over(ops.argMin),
  all: over(ops.all),
  any: over(ops.any),
});
