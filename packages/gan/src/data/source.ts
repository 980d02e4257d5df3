/** Where a training step gets its real examples from: the one face of images in memory, stacked digits and points of the plane. */
import type { Tensor } from '@ganvas/tensor';

export interface Examples {
  /** [batch, ...example], images in [−1, 1]. */
  x: Tensor;
  /** u32 [batch], or null where the data have no classes. */
  labels: Tensor | null;
}

export interface DataSource {
  /** Shape of one example: [height, width, channels] of an image, [2] of a point. */
  readonly example: readonly number[];
  /** Number of classes, 0 where examples have none. */
  readonly classes: number;
  /** Name of each class, in the order of the labels; empty where there are none. */
  readonly classNames: readonly string[];
  /** Examples in an epoch; 0 where they are drawn without end. */
  readonly count: number;
  /** What drawing changes, by name: random generators. Saved and restored with the run. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** What the host hands to step `step` (0-based): the arguments of `draw`. A pure function of the seed and the step. */
  inputs(step: number): Uint32Array[];
  /** The step's real examples, on the device. Called while a step is recorded. */
  draw(...inputs: Tensor[]): Examples;
  /** Frees what it keeps on the device. */
  dispose(): void;
}
