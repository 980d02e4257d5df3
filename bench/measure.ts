/** Repeats a timing until its median is known well enough. */
import { type Summary, summarize, uncertainty } from './statistics.ts';
import type { Timer } from './stopwatch.ts';

export interface Effort {
  /** Runs are timed together until they take this long: what surrounds them then vanishes. */
  sampleMs: number;
  /** Stop once half the median's 95 % confidence interval is below this share of it, */
  precision: number;
  /** or after this long; never before `LEAST_SAMPLES`. */
  limitMs: number;
}

export const EFFORT = {
  full: { sampleMs: 50, precision: 0.02, limitMs: 5000 },
  quick: { sampleMs: 10, precision: 0.1, limitMs: 700 },
} satisfies Record<string, Effort>;

/** Of a slow case too, so that it has quartiles. */
const LEAST_SAMPLES = 3;
/** Enough runs in a sample for any case, few enough for a queue. */
const MOST_RUNS = 2000;

export interface Measurement extends Summary {
  /** Which clock the summary is of: the device's where it has timestamps. */
  clock: 'gpu' | 'wall';
  /** Median on the host's clock. */
  wall: number;
  /** Runs in a sample. */
  runs: number;
}

/** Milliseconds of one run. What `timer` runs must have run before: the first run may compile. */
export async function measure(timer: Timer, { sampleMs, precision, limitMs }: Effort): Promise<Measurement> {
  const started = performance.now();
  // From the warm-up: the first runs pay for the surroundings, so the count is corrected once.
  let runs = 1;
  for (let round = 0; round < 2; round++) {
    const { wall } = await timer(runs);
    runs = Math.min(MOST_RUNS, Math.max(1, Math.ceil(sampleMs / wall)));
  }
  const wall: number[] = [];
  const gpu: number[] = [];
  for (;;) {
    const sample = await timer(runs);
    wall.push(sample.wall);
    if (sample.gpu !== null) gpu.push(sample.gpu);
    const clock = gpu.length > 0 ? 'gpu' : 'wall';
    const summary = summarize(clock === 'gpu' ? gpu : wall);
    const late = performance.now() - started > limitMs;
    if (uncertainty(summary) < precision || (late && wall.length >= LEAST_SAMPLES))
      return { ...summary, clock, wall: summarize(wall).median, runs };
  }
}
