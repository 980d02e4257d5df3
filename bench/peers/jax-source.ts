/** What a GAN's steps are given in jax-js: ganvas's noise and data first, then its own, drawn on the device by one jitted function. */
import type { Jax, JaxArray } from './jax.ts';
import { NHWC_TO_NCHW, permutedShape } from './layout.ts';
import type { GanRecipe } from './recipe.ts';

export interface JaxSource {
  /** Real data and noise of the next step, to be consumed. */
  next(): { x: JaxArray; z: JaxArray };
  close(): void;
}

/** What a key becomes: the next step's key, noise, and points where the recipe draws any. */
type Drawn = { readonly key: JaxArray; readonly z: JaxArray; readonly x: readonly JaxArray[] };

export function jaxSource(jax: Jax, recipe: GanRecipe): JaxSource {
  const { numpy: np, random } = jax;
  const { batch, latent, shape, mixture } = recipe;
  // Images have one channel: NHWC and NCHW are the same values.
  const shapeHere = shape.length === 4 ? permutedShape(shape, NHWC_TO_NCHW) : shape;
  const real = recipe.real.map((values) => np.array(values, { shape: shapeHere }));
  const noise = recipe.noise.map((values) => np.array(values, { shape: [batch, latent] }));
  const { centres = [], std = 0 } = mixture ?? {};
  const tables = mixture ? [np.array(Float32Array.from(centres.flat()), { shape: [centres.length, 2] })] : [];

  const points = (table: JaxArray, ofModes: JaxArray, ofNoise: JaxArray): JaxArray => {
    const modes = random.randint(ofModes, { minval: 0, maxval: centres.length, shape: [batch] });
    return np.take(table, modes, 0).add(random.normal(ofNoise, [batch, 2]).mul(std));
  };
  const draw = jax.jit((key: JaxArray, given: readonly JaxArray[]): Drawn => {
    const [next, ofNoise, ...ofPoints] = random.split(key, 2 + 2 * given.length);
    const z = random.normal(ofNoise!, [batch, latent]);
    return { key: next!, z, x: given.map((table, i) => points(table, ofPoints[2 * i]!, ofPoints[2 * i + 1]!)) };
  });
  let key = random.key(0);
  let steps = 0;
  return {
    next() {
      const step = steps++;
      const same = real.at(-1)!;
      if (step < noise.length) return { x: (real[step] ?? same).ref, z: noise[step]!.ref };
      const drawn = draw(key, jax.tree.ref(tables));
      key = drawn.key;
      return { x: drawn.x[0] ?? same.ref, z: drawn.z };
    },
    close() {
      jax.tree.dispose([...real, ...noise, ...tables, key]);
      draw.dispose();
    },
  };
}
