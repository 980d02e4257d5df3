/** Learning-rate schedules: what the base rate is multiplied by, a pure function of the number of updates done. */
import type { Optimizer } from './optimizer.ts';

/** From the number of updates done so far, 0 before the first, to a factor. */
export type Schedule = (step: number) => number;

/** factor^⌊step / every⌋: PyTorch's StepLR, where `factor` is gamma. Default factor 0.1. */
export function stepDecay({ every, factor = 0.1 }: { every: number; factor?: number }): Schedule {
  checkSteps('stepDecay', 'every', every);
  return (step) => factor ** Math.floor(step / every);
}

/**
 * floor + (1 − floor) · (1 + cos(π · step / steps)) / 2, and `floor` after the end: PyTorch's CosineAnnealingLR, where `steps` is
 * T_max and lr · floor is eta_min (Loshchilov & Hutter 2017). Default floor 0.
 */
export function cosine({ steps, floor = 0 }: { steps: number; floor?: number }): Schedule {
  checkSteps('cosine', 'steps', steps);
  return (step) => floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)))) / 2;
}

/**
 * start + (1 − start) · step / steps, then `then`, counted from there: PyTorch's LinearLR with end_factor 1. Defaults: start 1/3,
 * then 1 for good.
 */
export function linearWarmup({ steps, start = 1 / 3 }: { steps: number; start?: number }, then: Schedule = () => 1) {
  checkSteps('linearWarmup', 'steps', steps);
  return (step: number): number => (step < steps ? start + ((1 - start) * step) / steps : then(step - steps));
}

/**
 * Ties an optimiser to a schedule. To be called before each step with the number of steps done; the host writes the rate where it
 * differs from the last, and a captured step follows it. The runs of one `repeat` share a rate.
 * @param lr the base rate
 * @returns sets the rate lr · schedule(step), and answers it
 */
export function scheduleLearningRate(
  optimizer: Pick<Optimizer, 'setLearningRate'>,
  lr: number,
  schedule: Schedule,
): Schedule {
  let last: number | undefined;
  return (step) => {
    const rate = lr * schedule(step);
    if (rate !== last) optimizer.setLearningRate(rate);
    last = rate;
    return rate;
  };
}

function checkSteps(schedule: string, option: string, steps: number): void {
  if (!(Number.isInteger(steps) && steps >= 1))
    throw new RangeError(`${schedule}: ${option}: expected a whole number of steps of at least 1, got ${steps}`);
}
