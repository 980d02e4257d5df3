/** Losses from logits. */
import { logSoftmax, mean, mul, neg, oneHot, ShapeError, softplus, sub, sum, type Tensor, where } from '@ganvas/tensor';

/**
 * Binary cross entropy of sigmoid(logits) against `target`, averaged: −t·log σ(l) − (1−t)·log(1−σ(l)) = softplus(l) − t·l.
 * Safe for logits of any size. This is PyTorch's BCEWithLogitsLoss with its default reduction.
 * @param target a number in [0, 1] for all, or a tensor like the logits
 */
export function bceWithLogits(logits: Tensor, target: Tensor | number): Tensor {
  return mean(sub(softplus(logits), mul(logits, target)));
}

/**
 * Cross entropy of softmax(logits) against `target`, averaged over everything but the classes: −Σ t·log softmax(l). Safe for
 * finite logits of any size. This is PyTorch's CrossEntropyLoss with its default reduction, the classes last.
 * @param logits [..., classes]
 * @param target classes as u32 or i32 [...], or probabilities [..., classes], which should sum to 1. A class that does not exist
 * adds nothing to the sum, but counts in the mean
 */
export function softmaxCrossEntropy(logits: Tensor, target: Tensor): Tensor {
  const classes = logits.shape.at(-1);
  const indices = target.dtype === 'u32' || target.dtype === 'i32';
  const expected = indices ? logits.shape.slice(0, -1) : logits.shape;
  if (classes === undefined || target.shape.join() !== expected.join()) {
    throw new ShapeError(
      `softmaxCrossEntropy: target must be ${indices ? 'classes' : 'probabilities'} [${expected}] for logits [${logits.shape}], got ${target.dtype}[${target.shape}]`,
    );
  }
  const logs = logSoftmax(logits);
  const terms = indices ? where(oneHot(target, classes), logs, 0) : mul(target, logs);
  return neg(mean(sum(terms, -1)));
}
