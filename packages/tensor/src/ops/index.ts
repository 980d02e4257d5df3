/** The op table: every op by its name. Gradient rules are checked against it by the type checker. */
import { activationOps } from './activations.ts';
import { effectOps } from './assign.ts';
import { convOps } from './conv.ts';
import { elementwiseOps } from './elementwise.ts';
import { erfinvOps } from './erfinv.ts';
import { fillOp } from './fill.ts';
import { gatherOps } from './gather.ts';
import { indexingOps } from './indexing.ts';
import { joinOps, splitOp } from './join.ts';
import { logicOps } from './logic.ts';
import { matmulOps } from './matmul.ts';
import { movementOps } from './movement.ts';
import { batchNormOp, normOps } from './norm.ts';
import { maxPool2dOp } from './pool.ts';
import { randomOps } from './random.ts';
import { rangeOps } from './range.ts';
import { reduceOps } from './reduce.ts';
import { scanOps } from './scan.ts';
import { sliceOps } from './slice.ts';
import { softmaxOps } from './softmax.ts';
import { trigonometryOps } from './trigonometry.ts';
import { windowsOps } from './windows.ts';

export const OPS = {
  ...elementwiseOps,
  ...logicOps,
  ...activationOps,
  ...trigonometryOps,
  ...erfinvOps,
  ...movementOps,
  ...sliceOps,
  ...joinOps,
  ...indexingOps,
  ...rangeOps,
  ...reduceOps,
  ...scanOps,
  ...matmulOps,
  ...convOps,
  ...windowsOps,
  ...normOps,
  ...softmaxOps,
  ...randomOps,
  ...gatherOps,
  ...effectOps,
  fill: fillOp,
  batchNorm: batchNormOp,
  split: splitOp,
  maxPool2d: maxPool2dOp,
};

export type OpName = keyof typeof OPS;

export * from './activations.ts';
export * from './arg-max.ts';
export * from './assign.ts';
export * from './conv.ts';
export type { Conv2dOptions, ConvTranspose2dOptions, PerAxis, Window } from './conv-window.ts';
export * from './conv1d.ts';
export * from './distributions.ts';
export * from './einsum.ts';
export * from './elementwise.ts';
export * from './erfinv.ts';
export * from './fill.ts';
export * from './gather.ts';
export type { GatherAttrs, ScatterAttrs } from './indexed-axis.ts';
export * from './indexing.ts';
export * from './join.ts';
export * from './logic.ts';
export * from './matmul.ts';
export * from './movement.ts';
export * from './norm.ts';
export * from './pad.ts';
export * from './pixel-shuffle.ts';
export * from './pool.ts';
export * from './random.ts';
export * from './range.ts';
export * from './reduce.ts';
export * from './resize.ts';
export * from './scan.ts';
export * from './slice.ts';
export * from './softmax.ts';
export * from './statistics.ts';
export * from './trigonometry.ts';
export * from './upfirdn2d.ts';
export { foldWindows, type WindowsAttrs, type WindowsOptions, windows } from './windows.ts';
