export { groupedConv2dCandidates } from './forward.ts';
export { groupedConv2dInputGradCandidates } from './input-grad.ts';
export { groupedConv2dWeightGradCandidates } from './weight-grad.ts';
