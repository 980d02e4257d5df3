/** Every kernel family with a canonical problem, for whoever prints, tests or times kernels by name. */
import {
  adamFamily,
  gather,
  mapFamily,
  randomAdvance,
  randomInteger,
  randomNormal,
  randomUniform,
} from './elementwise.ts';
import type { KernelFamily } from './family.ts';
import { concat, gatherAxis, linspace, scatterAdd, unslice } from './movement.ts';
import {
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  groupedConv2d,
  groupedConv2dInputGrad,
  groupedConv2dWeightGrad,
  matmul,
} from './products.ts';
import { moments, reduceSum, scan, softmaxFamily } from './reductions.ts';

export { type KernelFamily, type KernelProblem, ShapeTextError, slotElements } from './family.ts';
export { renderGallery } from './gallery.ts';
export { metric, printCandidate } from './print.ts';
export { keepMeasured } from './readme.ts';
export { scattered } from './scattered.ts';

/** Every family of kernels; names are unique. */
export const CATALOGUE: readonly KernelFamily[] = [
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  groupedConv2d,
  groupedConv2dInputGrad,
  groupedConv2dWeightGrad,
  matmul,
  reduceSum,
  moments,
  softmaxFamily,
  scan,
  mapFamily,
  adamFamily,
  randomUniform,
  randomNormal,
  randomInteger,
  randomAdvance,
  gather,
  unslice,
  concat,
  gatherAxis,
  scatterAdd,
  linspace,
];
