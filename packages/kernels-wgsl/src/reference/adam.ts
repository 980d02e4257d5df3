import type { AdamSpec } from '../adam.ts';

export interface AdamState {
  p: ArrayLike<number>;
  m: ArrayLike<number>;
  v: ArrayLike<number>;
}

/** One step of Adam in float64. `t` is its number, from 1. */
export function adamReference(
  { size, beta1, beta2, eps, weightDecay, decoupled = false }: AdamSpec,
  { p, m, v }: AdamState,
  g: ArrayLike<number>,
  { t, rate }: { t: number; rate: number },
): Record<keyof AdamState, Float64Array> {
  const next = { p: new Float64Array(size), m: new Float64Array(size), v: new Float64Array(size) };
  for (let i = 0; i < size; i++) {
    const gradient = g[i]! + (decoupled ? 0 : weightDecay * p[i]!);
    next.m[i] = beta1 * m[i]! + (1 - beta1) * gradient;
    next.v[i] = beta2 * v[i]! + (1 - beta2) * gradient ** 2;
    const mean = next.m[i]! / (1 - beta1 ** t);
    const root = Math.sqrt(next.v[i]! / (1 - beta2 ** t));
    const kept = decoupled ? (1 - rate * weightDecay) * p[i]! : p[i]!;
    next.p[i] = kept - (rate * mean) / (root + eps);
  }
  return next;
}
