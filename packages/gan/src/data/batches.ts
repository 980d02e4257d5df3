/** The order in which a data set is seen: which images make up the batch of a given training step. */
import { Rng } from '@ganvas/kernels-wgsl';

export interface Batches {
  /** Whole number; the same seed gives the same order. */
  seed: number;
  /** Images in the data set. */
  count: number;
  /** Images in a batch. */
  batch: number;
}

/** Tells the stream of the data's order from every other stream of the same seed. */
const ORDER_STREAM = 0x6f726465;

/** Steps of one epoch: the last few images that do not fill a batch wait for a later epoch's shuffle. */
export function stepsPerEpoch({ count, batch }: Pick<Batches, 'count' | 'batch'>): number {
  if (!(Number.isInteger(batch) && batch >= 1 && batch <= count))
    throw new Error(`batches: expected a batch of 1 to ${count} images, all there are; got ${batch}`);
  return Math.floor(count / batch);
}

/**
 * Indices `[batch]` of the images of the 0-based training step `step`. A pure function: after an interruption any step can be
 * asked for again. Within an epoch no image comes twice; each epoch has a shuffle of its own.
 */
export function batchIndices({ seed, count, batch, step }: Batches & { step: number }): Uint32Array {
  if (!(Number.isInteger(step) && step >= 0)) throw new Error(`batches: expected a step of 0 or more, got ${step}`);
  const steps = stepsPerEpoch({ count, batch });
  const start = (step % steps) * batch;
  return epochOrder(seed, Math.floor(step / steps), count).slice(start, start + batch);
}

/** The last order that was asked for: successive steps share it. */
let last: { seed: number; epoch: number; count: number; order: Uint32Array } | undefined;

/** A Fisher-Yates shuffle of 0 … count − 1, keyed by seed and epoch. */
function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  if (last?.seed === seed && last.epoch === epoch && last.count === count) return last.order;
  const random = new Rng(seed).fork(ORDER_STREAM).fork(epoch);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  last = { seed, epoch, count, order };
  return order;
}
