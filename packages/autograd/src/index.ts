export { checkpoint } from './checkpoint.ts';
export { type Gradients, type GradOptions, grad, valueAndGrad } from './grad.ts';
export { type GradcheckOptions, type GradcheckResult, gradcheck } from './gradcheck.ts';
export { GradientError } from './history.ts';
export type { Initializer, Mode, Module } from './nn/index.ts';
export * as nn from './nn/index.ts';
export { type AdamOptions, adam, type Optimizer } from './optim/adam.ts';
export type { DynamicLossScale, LossScale } from './optim/loss-scale.ts';
