/** How near points are to each other, as probabilities: what t-SNE keeps in the plane. */
import { squaredDistance } from '../metrics/neighbours.ts';
import type { Rows } from '../metrics/rows.ts';

/** Halvings of a row's bandwidth; by then the perplexity is right to many digits. */
const MOST_HALVINGS = 100;
/** Of the logarithm of the perplexity. */
const TOLERANCE = 1e-6;

/**
 * p(j | i) [count, count]: row i is a Gaussian around point i over all others, as wide as makes its perplexity, which is the
 * number of neighbours that it effectively has.
 */
export function neighbourhoods(rows: Rows, perplexity: number): Float64Array {
  const { count } = rows;
  const distances = squaredDistances(rows);
  const p = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const [from, to] = [i * count, (i + 1) * count];
    fitRow(distances.subarray(from, to), i, Math.log(perplexity), p.subarray(from, to));
  }
  return p;
}

/** p [count, count] made symmetric, all of it together 1, in place. */
export function jointly(p: Float64Array, count: number): Float64Array {
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const joint = (p[i * count + j]! + p[j * count + i]!) / (2 * count);
      p[i * count + j] = joint;
      p[j * count + i] = joint;
    }
  return p;
}

/** Looks for the precision β = 1 / (2σ²) whose row has the entropy that was asked for. */
function fitRow(distances: Float64Array, self: number, entropy: number, p: Float64Array): void {
  // Only differences matter, and the nearest neighbour never underflows.
  const nearest = distances.reduce(
    (least, d, j) => (j === self ? least : Math.min(least, d)),
    Number.POSITIVE_INFINITY,
  );
  let [low, beta, high] = [0, 1, Number.POSITIVE_INFINITY];
  for (let step = 0; step < MOST_HALVINGS; step++) {
    let sum = 0;
    let moment = 0;
    for (let j = 0; j < p.length; j++) {
      const d = distances[j]! - nearest;
      const weight = j === self ? 0 : Math.exp(-beta * d);
      p[j] = weight;
      sum += weight;
      moment += weight * d;
    }
    for (let j = 0; j < p.length; j++) p[j]! /= sum;
    const excess = Math.log(sum) + (beta * moment) / sum - entropy;
    if (Math.abs(excess) < TOLERANCE) return;
    if (excess > 0) low = beta;
    else high = beta;
    beta = high === Number.POSITIVE_INFINITY ? 2 * beta : (low + high) / 2;
  }
}

function squaredDistances(rows: Rows): Float64Array {
  const { count } = rows;
  const distances = new Float64Array(count * count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(rows, i, rows, j);
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  return distances;
}
