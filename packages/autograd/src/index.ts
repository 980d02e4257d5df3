export { grad, GradientError, type GradOptions, valueAndGrad } from './grad.ts';
export { gradcheck, type GradcheckOptions, type GradcheckResult } from './gradcheck.ts';
export * as nn from './nn/index.ts';
export type { Initializer, Mode, Module } from './nn/index.ts';
export { adam, type AdamOptions, type Optimizer } from './optim/adam.ts';
