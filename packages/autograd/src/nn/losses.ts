/** Losses from logits. */
import { mean, mul, softplus, sub, type Tensor } from '@ganvas/tensor';

/**
 * Binary cross entropy of sigmoid(logits) against `target`, averaged: −t·log σ(l) − (1−t)·log(1−σ(l)) = softplus(l) − t·l.
 * Safe for logits of any size. This is PyTorch's BCEWithLogitsLoss with its default reduction.
 * @param target a number in [0, 1] for all, or a tensor like the logits
 */
export function bceWithLogits(logits: Tensor, target: Tensor | number): Tensor {
  return mean(sub(softplus(logits), mul(logits, target)));
}
