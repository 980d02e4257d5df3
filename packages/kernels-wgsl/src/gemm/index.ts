export { conv2dCandidates } from './conv2d.ts';
export { conv2dInputGradCandidates } from './conv2d-input-grad.ts';
export { conv2dWeightGradCandidates } from './conv2d-weight-grad.ts';
export { matmulCandidates } from './matmul.ts';
export * from './reference.ts';
export { type Conv2dShape, conv2dCost, conv2dSizes, type MatmulShape, matmulBatch, matmulSizes } from './shape.ts';
