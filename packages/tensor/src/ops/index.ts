/** The op table: every op by its name. Gradient rules are checked against it by the type checker. */
import { effectOps } from './assign.ts';
import { convOps } from './conv.ts';
import { elementwiseOps } from './elementwise.ts';
import { fillOp } from './fill.ts';
import { gatherOps } from './gather.ts';
import { matmulOps } from './matmul.ts';
import { movementOps } from './movement.ts';
import { batchNormOp, normOps } from './norm.ts';
import { randomOps } from './random.ts';
import { reduceOps } from './reduce.ts';
import { softmaxOps } from './softmax.ts';

export const OPS = {
  ...elementwiseOps,
  ...movementOps,
  ...reduceOps,
  ...matmulOps,
  ...convOps,
  ...normOps,
  ...softmaxOps,
  ...randomOps,
  ...gatherOps,
  ...effectOps,
  fill: fillOp,
  batchNorm: batchNormOp,
};

export type OpName = keyof typeof OPS;

export * from './assign.ts';
export * from './conv.ts';
export type { Conv2dOptions, ConvTranspose2dOptions, PerAxis, Window } from './conv-window.ts';
export * from './elementwise.ts';
export * from './fill.ts';
export * from './gather.ts';
export * from './matmul.ts';
export * from './movement.ts';
export * from './norm.ts';
export * from './random.ts';
export * from './reduce.ts';
export * from './softmax.ts';
