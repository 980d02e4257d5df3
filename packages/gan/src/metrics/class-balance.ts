/** What a classifier's answers say of a set of samples: which classes come how often, how surely, and whether as they were asked for. */
import type { Rows } from './rows.ts';

/** The likeliest class of each row of probabilities; of two as likely, the first. */
export function likeliestClasses({ values, count, width }: Rows): Uint8Array {
  return Uint8Array.from({ length: count }, (_, row) => {
    const p = values.subarray(row * width, (row + 1) * width);
    return p.indexOf(largest(p));
  });
}

/** The largest probability of each row. */
export const confidences = ({ values, count, width }: Rows): Float64Array =>
  Float64Array.from({ length: count }, (_, row) => largest(values.subarray(row * width, (row + 1) * width)));

export interface ClassBalance {
  /** Share of each class, together 1. */
  shares: number[];
  /** Entropy of the shares, in nats: the logarithm of the number of classes when all come equally often, 0 when one does. */
  entropy: number;
  /** Classes that come at all. */
  hit: number;
}

/** @param answers a class each, below `classes` */
export function classBalance(answers: ArrayLike<number>, classes = 10): ClassBalance {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < answers.length; i++) counts[answers[i]!]!++;
  const shares = counts.map((n) => n / answers.length);
  const entropy = shares.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return { shares, entropy, hit: counts.filter((n) => n > 0).length };
}

/** 1 for each sample that is read as what it was asked to be, else 0. */
export function readAsAsked(answers: ArrayLike<number>, labels: ArrayLike<number>): Uint8Array {
  if (answers.length !== labels.length)
    throw new Error(`readAsAsked: expected a label for each of ${answers.length} samples, got ${labels.length}`);
  return Uint8Array.from(answers, (answer, i) => (answer === labels[i] ? 1 : 0));
}

function largest(p: Rows['values']): number {
  let most = 0;
  for (const value of p) most = Math.max(most, value);
  return most;
}
