/** Latents by number: every sample has a seed of its own, so that one which was seen can be asked for again. */
import { Rng } from '@ganvas/kernels-wgsl';

export interface LatentOptions {
  /** Length of a latent. */
  latent: number;
  /** Numbers beyond ±truncation are drawn anew (the truncation trick of BigGAN, Brock et al. 2019). Default: none are. */
  truncation?: number;
}

/** Tells the latents of looking from the streams that training draws from. */
const LATENT_STREAM = 0x6c61746e;

/** The latent [latent] of a seed, standard normal. */
export function drawLatent(
  seed: number,
  { latent, truncation = Number.POSITIVE_INFINITY }: LatentOptions,
): Float32Array {
  const rng = new Rng(seed).fork(LATENT_STREAM);
  return Float32Array.from({ length: latent }, () => {
    let z = Math.fround(rng.normal());
    while (Math.abs(z) > truncation) z = Math.fround(rng.normal());
    return z;
  });
}

/** Latents [count, latent] of the seeds `first`, `first + 1`, … */
export function drawLatents(first: number, count: number, options: LatentOptions): Float32Array {
  const { latent } = options;
  const z = new Float32Array(count * latent);
  for (let i = 0; i < count; i++) z.set(drawLatent(first + i, options), i * latent);
  return z;
}

/** Latents of one length, one behind the other. */
export function joinLatents(latents: readonly Float32Array[]): Float32Array {
  const length = latents[0]?.length ?? 0;
  const z = new Float32Array(latents.length * length);
  for (const [i, one] of latents.entries()) z.set(one, i * length);
  return z;
}
