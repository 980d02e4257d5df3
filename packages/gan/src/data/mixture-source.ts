import { Rng } from '@ganvas/kernels-wgsl';
import { randomGenerator } from '@ganvas/tensor';
import type { SourceOptions } from './image-source.ts';
import { type Mixture, pointSource } from './points.ts';
import type { DataSource } from './source.ts';

/** Tells the stream of the points from every other stream of the same seed. */
const POINT_STREAM = 0x706f696e;

/** Points of a mixture, drawn on the device: a step needs nothing from the host, and the generator is what resumes. */
export function mixtureSource(
  mixture: Mixture,
  { batch, seed, device }: Pick<SourceOptions, 'batch' | 'seed' | 'device'>,
): DataSource {
  const points = pointSource(mixture, device);
  const random = randomGenerator(new Rng(seed).fork(POINT_STREAM).key, device);
  return {
    example: [2],
    classes: 0,
    classNames: [],
    count: 0,
    state: { random },
    inputs: () => [],
    draw: () => ({ x: points.draw(random, batch), labels: null }),
    dispose() {
      points.dispose();
      random.dispose();
    },
  };
}
