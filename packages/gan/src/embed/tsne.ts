/** t-SNE (van der Maaten & Hinton 2008), exact: time and memory grow with the square of the rows; a few thousand are fine. */
import { Rng } from '@ganvas/kernels-wgsl';
import type { Rows } from '../metrics/rows.ts';
import { jointly, neighbourhoods } from './neighbourhoods.ts';

export interface TsneOptions {
  /** How many neighbours a point effectively has. Default 30. */
  perplexity?: number;
  /** Default 500. */
  iterations?: number;
  /** Of the points' first places. Default 0. */
  seed?: number;
}

/** At first neighbours attract each other this much stronger, so that clusters find together while there is room. */
const EXAGGERATION = { factor: 4, share: 0.25 };
/** While exaggerated, and after. */
const MOMENTUM = { early: 0.5, late: 0.8 };
/** A coordinate's own factor of the learning rate (Jacobs 1988): more where it keeps its direction, less where it turns. */
const GAIN = { more: 0.2, less: 0.8, least: 0.01 };
const FIRST_SPREAD = 1e-4;

/**
 * Rows as points of the plane such that neighbours stay neighbours. Distances between far points, sizes of clusters and the axes
 * mean nothing.
 * @returns [count, 2], float64, their mean at the origin; the same seed gives the same points
 * @throws Error where there are too few rows for the perplexity, or a value is not finite
 */
export function embedTsne(rows: Rows, { perplexity = 30, iterations = 500, seed = 0 }: TsneOptions = {}): Float64Array {
  const { values, count, width } = rows;
  if (!(perplexity >= 1) || count <= 3 * perplexity)
    throw new Error(
      `embedTsne: a perplexity of ${perplexity} expects more than ${3 * perplexity} rows, got ${count}; lower it`,
    );
  if (!values.subarray(0, count * width).every(Number.isFinite))
    throw new Error('embedTsne: expected finite values, got NaN or infinity');
  const p = jointly(neighbourhoods(rows, perplexity), count);
  const rng = new Rng(seed);
  const y = Float64Array.from({ length: 2 * count }, () => FIRST_SPREAD * rng.normal());
  const speed = new Float64Array(2 * count);
  const gain = new Float64Array(2 * count).fill(1);
  // The rate that suits the exaggerated phase (Belkina et al. 2019), with the gradient's factor 4 kept in the gradient.
  const rate = Math.max(20, count / EXAGGERATION.factor / 4);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const early = iteration < EXAGGERATION.share * iterations;
    const gradient = gradientOf(p, y, early ? EXAGGERATION.factor : 1);
    const momentum = early ? MOMENTUM.early : MOMENTUM.late;
    for (let k = 0; k < y.length; k++) {
      const turned = gradient[k]! > 0 === speed[k]! > 0;
      gain[k] = Math.max(GAIN.least, turned ? gain[k]! * GAIN.less : gain[k]! + GAIN.more);
      speed[k] = momentum * speed[k]! - rate * gain[k]! * gradient[k]!;
      y[k]! += speed[k]!;
    }
    centre(y);
  }
  return y;
}

/** ∂KL/∂y [count, 2] = 4 Σⱼ (pᵢⱼ − qᵢⱼ)(yᵢ − yⱼ)/(1 + |yᵢ − yⱼ|²). */
function gradientOf(p: Float64Array, y: Float64Array, exaggeration: number): Float64Array {
  const count = y.length / 2;
  const pull = new Float64Array(y.length);
  const push = new Float64Array(y.length);
  let total = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const dx = y[2 * i]! - y[2 * j]!;
      const dy = y[2 * i + 1]! - y[2 * j + 1]!;
      const near = 1 / (1 + dx * dx + dy * dy);
      total += 2 * near;
      const attraction = p[i * count + j]! * near;
      const repulsion = near * near;
      pull[2 * i]! += attraction * dx;
      pull[2 * i + 1]! += attraction * dy;
      pull[2 * j]! -= attraction * dx;
      pull[2 * j + 1]! -= attraction * dy;
      push[2 * i]! += repulsion * dx;
      push[2 * i + 1]! += repulsion * dy;
      push[2 * j]! -= repulsion * dx;
      push[2 * j + 1]! -= repulsion * dy;
    }
  return pull.map((force, k) => 4 * (exaggeration * force - push[k]! / total));
}

/** KL(P ‖ Q): what t-SNE makes small. @param p joint [count, count] @param y [count, 2] */
export function tsneDivergence(p: Float64Array, y: Float64Array): number {
  const count = y.length / 2;
  const near = (i: number, j: number) => 1 / (1 + (y[2 * i]! - y[2 * j]!) ** 2 + (y[2 * i + 1]! - y[2 * j + 1]!) ** 2);
  let total = 0;
  let cross = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      if (i === j) continue;
      const weight = p[i * count + j]!;
      total += near(i, j);
      if (weight > 0) cross += weight * Math.log(weight / near(i, j));
    }
  return cross + Math.log(total);
}

function centre(y: Float64Array): void {
  for (const c of [0, 1]) {
    let sum = 0;
    for (let k = c; k < y.length; k += 2) sum += y[k]!;
    for (let k = c; k < y.length; k += 2) y[k]! -= (2 * sum) / y.length;
  }
}
