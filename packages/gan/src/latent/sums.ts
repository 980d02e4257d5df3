/** Arithmetic of latents (Radford et al. 2016, figure 7). */
import { drawLatent, type LatentOptions } from './draws.ts';
import type { Term } from './expression.ts';

/** The latent of a term without its sign: a draw, or the mean of draws, which is shorter. */
export function termLatent({ seeds }: Term, options: LatentOptions): Float32Array {
  const latents = seeds.map((seed) => drawLatent(seed, options));
  return latents[0]!.map((_, i) => latents.reduce((sum, z) => sum + z[i]!, 0) / latents.length);
}

/** The sum of terms with their signs, as long as it comes out. */
export function sumLatent(terms: readonly Term[], options: LatentOptions): Float32Array {
  const latents = terms.map((term) => termLatent(term, options));
  return latents[0]!.map((_, i) => terms.reduce((sum, { sign }, t) => sum + sign * latents[t]![i]!, 0));
}

/**
 * The same direction with the length √latent, which a normal latent has on average: sums are longer and means shorter than anything
 * that the generator was trained with.
 * @returns null where the latent is 0 and has no direction
 */
export function onSphere(z: Float32Array): Float32Array | null {
  const length = Math.hypot(...z);
  return length > 0 ? z.map((v) => (v * Math.sqrt(z.length)) / length) : null;
}
