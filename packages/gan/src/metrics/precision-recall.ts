/** Precision and recall of generated samples (Kynkäänniemi et al. 2019): are they like real ones, and are all real ones like some of them? */
import { nearestNeighbours, squaredDistance } from './neighbours.ts';
import { checkRows, type Rows } from './rows.ts';

export interface PrecisionRecall {
  /** Share of the generated samples that lie in the real ones' manifold, 0 to 1. */
  precision: number;
  /** Share of the real samples that lie in the generated ones' manifold, 0 to 1. */
  recall: number;
  /** 1 for each generated sample that does, else 0. */
  realistic: Uint8Array;
  /** 1 for each real sample that does, else 0. */
  covered: Uint8Array;
}

/**
 * A manifold is the union of balls around its samples, each up to the k-th nearest other sample. Counts · counts distances: 5,000 of
 * each take seconds, 10,000 four times as long; only figures of as many samples compare.
 */
export function precisionRecall(real: Rows, generated: Rows, { k = 3 } = {}): PrecisionRecall {
  checkRows('precisionRecall', k + 1, real, generated);
  const realistic = inManifold(generated, real, k);
  const covered = inManifold(real, generated, k);
  return { precision: share(realistic), recall: share(covered), realistic, covered };
}

function inManifold(samples: Rows, of: Rows, k: number): Uint8Array {
  const { distances } = nearestNeighbours(of, of, k, true);
  const radii = Float64Array.from({ length: of.count }, (_, j) => distances[(j + 1) * k - 1]! ** 2);
  return Uint8Array.from({ length: samples.count }, (_, i) =>
    radii.some((radius, j) => squaredDistance(samples, i, of, j, radius) <= radius) ? 1 : 0,
  );
}

const share = (flags: Uint8Array): number => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
