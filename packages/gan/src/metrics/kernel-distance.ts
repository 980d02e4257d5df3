/** The kernel distance (KID, Bińkowski et al. 2018): unlike a Fréchet distance it has no bias, so few samples do. */
import { Rng } from '@ganvas/kernels-wgsl';
import { checkRows, type Rows, takeRows } from './rows.ts';

export interface KernelDistanceOptions {
  /** Subsets of either set that are compared. Default 100. */
  subsets?: number;
  /** Samples in a subset, at most as many as there are. Default 1000. */
  size?: number;
  /** Of the draw. Default 0. */
  seed?: number;
}

export interface KernelDistance {
  /** Mean of the subsets' squared maximum mean discrepancies; around 0, below it as well, for sets of one distribution. */
  mean: number;
  /** Their standard deviation, of a single subset's figure. */
  std: number;
  /** Each of them. */
  values: number[];
}

/**
 * Over subsets without repetition. Successive subsets use up a shuffled order, which is then shuffled anew: as long as
 * subsets · size is no more than either count, they share no sample and are independent.
 */
export function kernelDistance(
  a: Rows,
  b: Rows,
  { subsets = 100, size = 1000, seed = 0 }: KernelDistanceOptions = {},
): KernelDistance {
  checkRows('kernelDistance', 2, a, b);
  const rng = new Rng(seed);
  const least = Math.min(size, a.count, b.count);
  const [drawA, drawB] = [draws(rng.fork(0), a.count, least), draws(rng.fork(1), b.count, least)];
  const values = Array.from({ length: subsets }, () => squaredDiscrepancy(takeRows(a, drawA()), takeRows(b, drawB())));
  const mean = values.reduce((sum, value) => sum + value, 0) / subsets;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / subsets);
  return { mean, std, values };
}

/** The unbiased estimate of MMD² with the kernel (x·y / width + 1)³. */
export function squaredDiscrepancy(a: Rows, b: Rows): number {
  checkRows('squaredDiscrepancy', 2, a, b);
  return within(a) + within(b) - (2 * kernelSum(a, b)) / (a.count * b.count);
}

/** Mean of the kernel over pairs of different rows. */
function within(rows: Rows): number {
  let diagonal = 0;
  for (let i = 0; i < rows.count; i++) diagonal += kernel(rows, i, rows, i);
  return (kernelSum(rows, rows) - diagonal) / (rows.count * (rows.count - 1));
}

function kernelSum(a: Rows, b: Rows): number {
  let sum = 0;
  for (let i = 0; i < a.count; i++) for (let j = 0; j < b.count; j++) sum += kernel(a, i, b, j);
  return sum;
}

function kernel(a: Rows, i: number, b: Rows, j: number): number {
  const { values: x, width } = a;
  const y = b.values;
  let dot = 0;
  for (let k = 0, p = i * width, q = j * width; k < width; k++) dot += x[p + k]! * y[q + k]!;
  return (dot / width + 1) ** 3;
}

/** Successive runs of `size` out of a shuffled order of 0 … count − 1. */
function draws(rng: Rng, count: number, size: number): () => Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let at = count;
  return () => {
    if (at + size > count) {
      for (let i = count - 1; i > 0; i--) {
        const j = rng.below(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      at = 0;
    }
    at += size;
    return order.slice(at - size, at);
  };
}
