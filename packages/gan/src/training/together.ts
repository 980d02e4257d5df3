/** Several batches past the discriminator at once. */
import { concat, split } from '@ganvas/tensor';
import type { Examples } from '../data/source.ts';
import type { Discriminator, Verdict } from '../models/nets.ts';

/**
 * What D says of each batch. They go through it as one, as in BigGAN (Brock et al. 2019): one product with its weights in the place of
 * two, and one gradient. Batch norm and the layers that compare examples still look at each batch by itself; only spectral
 * normalization takes one step of its iteration where it took as many as there are batches.
 * @param batches as many examples in each; with labels in all, or in none
 */
export function judgeTogether(D: Discriminator, batches: readonly Examples[]): Verdict[] {
  const labels = batches.flatMap((batch) => batch.labels ?? []);
  const count = batches.length;
  const all = D.forward(concat(batches.map(({ x }) => x)), labels.length === count ? concat(labels) : null, {
    batches: count,
  });
  const [logits, features, classLogits] = [all.logits, all.features, all.classLogits].map((t) => t && split(t, count));
  return batches.map((_, i) => ({
    logits: logits![i]!,
    features: features?.[i] ?? null,
    classLogits: classLogits?.[i] ?? null,
  }));
}
