/**
 * DiffAugment (Zhao et al. 2020): D sees real and generated images only changed at random, and G learns through the changes. The
 * amounts are those of the paper's code; 0, which is mid grey, is what translation and cutout leave.
 */
import {
  add,
  arange,
  cast,
  floor,
  greaterEqual,
  less,
  mean,
  mul,
  randomUniform,
  reshape,
  ShapeError,
  sliceAxis,
  sub,
  type Tensor,
  where,
} from '@ganvas/tensor';
import type { AUGMENTATIONS } from '../config.ts';
import { shift } from './shift.ts';

/**
 * `color`: brightness by −½ to ½, saturation (of RGB) by a factor 0 to 2, contrast by ½ to 3⁄2. `translation`: by up to an eighth of
 * the size, down and across. `cutout`: a window of half the size, anywhere, in part outside.
 */
export type Augmentation = (typeof AUGMENTATIONS)[number];

/** Uniform numbers in [0, 1) that nothing else has had, one an image: [batch, 1, 1, 1]. */
type Draw = () => Tensor;

const CHANGES: Record<Augmentation, { draws(channels: number): number; change(x: Tensor, draw: Draw): Tensor }> = {
  color: {
    draws: (channels) => (channels === 3 ? 3 : 2),
    change(x, draw) {
      const bright = add(x, sub(draw(), 0.5));
      const colorful = x.shape[3] === 3 ? spread(bright, [3], mul(draw(), 2)) : bright;
      return spread(colorful, [1, 2, 3], add(draw(), 0.5));
    },
  },
  translation: {
    draws: () => 2,
    change(x, draw) {
      const [rows, columns] = [1, 2].map((axis) => {
        const most = Math.round(x.shape[axis]! / 8);
        return sub(whole(draw(), 2 * most + 1), most);
      });
      return shift(x, rows!, columns!);
    },
  },
  cutout: {
    draws: () => 2,
    change(x, draw) {
      const [inRows, inColumns] = [1, 2].map((axis) => window(x, axis, draw()));
      return where(mul(inRows!, inColumns!), 0, x);
    },
  },
};

/**
 * @param x images [batch, height, width, channels] in [−1, 1]
 * @param policy what is done, in this order
 * @param generator made by `randomGenerator`; it advances, so that another call has draws of its own
 * @returns images of the same shape; they may leave [−1, 1]
 * @throws ShapeError for what are no images
 */
export function diffAugment(x: Tensor, policy: readonly Augmentation[], generator: Tensor): Tensor {
  if (x.shape.length !== 4)
    throw new ShapeError(`diffAugment: expected images [batch, height, width, channels], got [${x.shape}]`);
  if (policy.length === 0) return x;
  const [batch, , , channels] = x.shape as [number, number, number, number];
  const changes = policy.map((name) => CHANGES[name]);
  // All numbers at once: each draw by itself would be two more dispatches.
  const count = changes.reduce((sum, { draws }) => sum + draws(channels), 0);
  const numbers = randomUniform(generator, [count, batch]);
  let drawn = 0;
  const draw = () => reshape(sliceAxis(numbers, 0, drawn, ++drawn), [batch, 1, 1, 1]);
  return changes.reduce((images, { change }) => change(images, draw), x);
}

/** A whole number in [0, limit) from a uniform one, whose 24 bits leave the product below the limit. */
const whole = (uniform: Tensor, limit: number): Tensor => cast(floor(mul(uniform, limit)), 'i32');

/** Away from the mean over `axes`, or towards it. */
function spread(x: Tensor, axes: number[], by: Tensor): Tensor {
  const middle = mean(x, axes, { keepDims: true });
  return add(mul(sub(x, middle), by), middle);
}

/** 1 within a window of half the size around a row (or column) of the image's own, which may be the one behind the last. */
function window(x: Tensor, axis: number, uniform: Tensor): Tensor {
  const size = x.shape[axis]!;
  const length = Math.round(size / 2);
  const centre = whole(uniform, size + 1 - (length % 2));
  const place = arange(0, size, 1, { dtype: 'i32', device: x.device });
  const shape = x.shape.map((_, a) => (a === axis ? size : 1));
  const from = sub(reshape(place, shape), sub(centre, Math.floor(length / 2)));
  return mul(greaterEqual(from, 0), less(from, length));
}
