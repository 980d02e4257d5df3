/** Examples from a generator by its running statistics, however many, in batches of one size. */
import { capture, reshape, type Tensor } from '@ganvas/tensor';
import type { Generator } from '../models/nets.ts';

/**
 * @param z noise [count, latent]
 * @param labels [count], of a generator that is told classes
 * @returns examples [count, ...example]
 */
export type Generate = (z: Float32Array, labels?: Uint32Array | null) => Promise<Float32Array>;

/** Examples made in one go: they fit the memory of a small adapter, and every count runs the same kernels. */
const BATCH = 100;

/** @returns `dispose` frees the captured step; the generator stays */
export function openGenerate(generator: Generator): { generate: Generate; dispose(): void } {
  const { latent, classes, example } = generator;
  const size = example.reduce((a, b) => a * b, 1);
  const forward = capture((z: Tensor, labels: Tensor) =>
    generator.forward(reshape(z, [-1, latent]), classes > 0 ? labels : null, 'eval'),
  );
  return {
    async generate(z, labels = null) {
      const count = z.length / latent;
      if (!Number.isInteger(count) || (classes > 0 && labels?.length !== count))
        throw new Error(
          `generate: expected noise [count, ${latent}]${classes > 0 ? ' and as many labels' : ''}, got ${z.length} numbers and ${labels?.length ?? 'no'} labels`,
        );
      await forward.prepare(new Float32Array(BATCH * latent), new Uint32Array(BATCH));
      const made = new Float32Array(count * size);
      for (let at = 0; at < count; at += BATCH) {
        // The last batch is filled up; what comes of that is dropped.
        const noise = new Float32Array(BATCH * latent);
        noise.set(z.subarray(at * latent, (at + BATCH) * latent));
        const told = new Uint32Array(BATCH);
        if (labels) told.set(labels.subarray(at, at + BATCH));
        const examples = (await forward(noise, told).data()) as Float32Array;
        made.set(examples.subarray(0, (count - at) * size), at * size);
      }
      return made;
    },
    dispose: () => forward.dispose(),
  };
}
