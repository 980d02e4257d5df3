/** Gradient cases of the windows of an image and of what is pooled from them. */
import { foldWindows, maxPool2d, square, type Tensor, windows } from '@ganvas/tensor';

const any = (...shape: number[]) => ({
  shape,
  draw: (rng: { uniform(): number }) => 2 * rng.uniform() - 1,
});
/** All an eighth apart, so that no step changes which one is the largest. */
const apart = (...shape: number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const left: number[] = [];
  return {
    shape,
    draw: (rng: { below(n: number): number }) => {
      if (left.length === 0) left.push(...Array.from({ length: size }, (_, i) => (i - size / 2) / 8));
      return left.splice(rng.below(left.length), 1)[0]!;
    },
  };
};

export const WINDOW_CASES = {
  windows: [
    { fn: (x?: Tensor) => square(windows(x!, 2, { stride: 2 })), inputs: [any(1, 2, 2, 2)] },
    { fn: (x?: Tensor) => square(windows(x!, [2, 3])), inputs: [any(1, 3, 4, 1)] }, // overlapping
    { fn: (x?: Tensor) => square(windows(x!, 2, { stride: [3, 1], dilation: [1, 2] })), inputs: [any(1, 5, 3, 1)] },
    { fn: (x?: Tensor) => square(windows(foldWindows(x!, [1, 2, 3, 2]), 2)), inputs: [any(1, 1, 2, 2, 2, 2)] },
  ],
  maxPool2d: [
    { fn: (x?: Tensor) => square(maxPool2d(x!, 2)), inputs: [apart(1, 2, 2, 2)] },
    { fn: (x?: Tensor) => square(maxPool2d(x!, 3, { stride: 2, padding: 1 })), inputs: [apart(1, 4, 3, 1)] },
    {
      fn: (x?: Tensor) => square(maxPool2d(x!, [2, 1], { stride: [1, 2], dilation: [2, 1] })),
      inputs: [apart(1, 4, 3, 1)],
    },
  ],
};
