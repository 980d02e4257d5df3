/**
 * Points of the plane around known centres: the data on which a GAN's mode collapse can be counted. A mixture gives every centre
 * the same share, and normal noise of the same width around it.
 */
import type { Rng } from '@ganvas/kernels-wgsl';
import {
  add,
  cast,
  type Device,
  equal,
  keep,
  mul,
  randomNormal,
  randomUniform,
  sum,
  type Tensor,
  tensor,
} from '@ganvas/tensor';

export interface Mixture {
  readonly centres: readonly (readonly [x: number, y: number])[];
  /** Standard deviation of a mode along each axis. */
  readonly std: number;
}

/** Gaussians evenly on a circle, the first at (radius, 0), counterclockwise. Defaults: the ring of Metz et al. 2017. */
export function ring({ modes = 8, radius = 2, std = 0.02 } = {}): Mixture {
  const centre = (i: number) => [Math.cos, Math.sin].map((f) => radius * f((2 * Math.PI * i) / modes));
  return { centres: Array.from({ length: modes }, (_, i) => centre(i) as [number, number]), std };
}

/** `side` × `side` Gaussians around the origin, row by row. Defaults: the grid of Srivastava et al. 2017 (VEEGAN). */
export function grid({ side = 5, spacing = 2, std = 0.05 } = {}): Mixture {
  const at = (i: number) => spacing * (i - (side - 1) / 2);
  const centres = Array.from({ length: side * side }, (_, i) => [at(i % side), at(Math.floor(i / side))] as const);
  return { centres, std };
}

/** Points [count, 2] drawn on the host, row by row: of each first the mode, `count` uniform numbers, then the noise. */
export function samplePoints({ centres, std }: Mixture, rng: Rng, count: number): Float32Array {
  const modes = Array.from({ length: count }, () => rng.below(centres.length));
  return Float32Array.from(modes.flatMap((mode) => centres[mode]!.map((c) => c + std * rng.normal())));
}

export interface PointSource {
  /**
   * Draws points [count, 2] on the device.
   * @param generator made by `randomGenerator`; it advances by 3 · count. From the same state `samplePoints` draws the same
   *   points, within the rounding of the noise
   */
  draw(generator: Tensor, count: number): Tensor;
  /** Frees the table of centres. */
  dispose(): void;
}

/**
 * The mixture on a device, to be drawn from inside a captured step: a training program on it needs no input.
 * @param device default: the device opened last
 */
export function pointSource({ centres, std }: Mixture, device?: Device): PointSource {
  const modes = centres.length;
  const table = keep(tensor(centres.flat(), [modes, 2], { device }));
  const numbers = keep(
    tensor(
      Uint32Array.from(centres, (_, mode) => mode),
      [modes, 1],
      { device },
    ),
  );
  return {
    draw(generator, count) {
      const mode = cast(mul(randomUniform(generator, [count, 1, 1]), modes), 'u32');
      // One of the rows is taken by a sum over all: elementwise work in a reduction, hence one dispatch.
      const centre = sum(mul(equal(mode, numbers), table), 1);
      return add(centre, mul(randomNormal(generator, [count, 2]), std));
    },
    dispose() {
      table.dispose();
      numbers.dispose();
    },
  };
}

export interface Coverage {
  /** High-quality points of each mode, in the order of `centres`. */
  counts: number[];
  /** Modes with at least one. */
  modes: number;
  /** Share of all points, 0 to 1, that lie within three standard deviations of a centre: the high-quality ones. */
  quality: number;
}

/** Which modes points [count, 2] hit: a point counts for the centre nearest to it, if within 3 std of it (VEEGAN, section 4). */
export function modeCoverage({ centres, std }: Mixture, points: ArrayLike<number>): Coverage {
  const counts = centres.map(() => 0);
  const total = points.length / 2;
  for (let i = 0; i < total; i++) {
    const distances = centres.map(([x, y]) => Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y));
    const nearest = distances.indexOf(Math.min(...distances));
    // A point that is NaN has no nearest centre.
    if (distances[nearest]! <= 3 * std) counts[nearest]!++;
  }
  const good = counts.reduce((a, b) => a + b, 0);
  return { counts, modes: counts.filter((n) => n > 0).length, quality: good / total };
}
