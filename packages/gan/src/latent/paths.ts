/** Ways through the latent space. */

/** Below this sine of the angle two latents lie on one line, and no great circle is the one between them. */
const ONE_LINE = 1e-6;

/**
 * From `a` (t = 0) to `b` (t = 1) along the great circle (White 2016). Normal latents of many dimensions all lie near a sphere; the
 * straight line between two cuts through its inside, where a generator was never trained. Latents on one line, as all of length 1 are,
 * have no such circle: between them it is the straight line.
 */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  const straight = !(sine > ONE_LINE);
  const ofA = straight ? 1 - t : Math.sin((1 - t) * angle) / sine;
  const ofB = straight ? t : Math.sin(t * angle) / sine;
  return a.map((v, i) => ofA * v + ofB * b[i]!);
}

/** From the first stop to the last: `steps` latents from one stop to the next, both among them, (stops − 1)(steps − 1) + 1 in all. */
export function pathThrough(stops: readonly Float32Array[], steps: number): Float32Array[] {
  const legs = stops
    .slice(1)
    .flatMap((next, i) => Array.from({ length: steps - 1 }, (_, step) => slerp(stops[i]!, next, step / (steps - 1))));
  return [...legs, stops.at(-1)!];
}

/** Through all stops and back to the first, in `frames` latents, evenly; what would come next is the first. */
export function loopThrough(stops: readonly Float32Array[], frames: number): Float32Array[] {
  return Array.from({ length: frames }, (_, frame) => {
    const at = (frame * stops.length) / frames;
    const leg = Math.floor(at);
    return slerp(stops[leg]!, stops[(leg + 1) % stops.length]!, at - leg);
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
