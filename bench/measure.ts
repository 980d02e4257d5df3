/** Repeats timings until their medians are known well enough. */
import { type Summary, summarize, uncertainty } from './statistics.ts';
import type { Timer, Timing } from './stopwatch.ts';

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
/** Milliseconds. A run that takes longer is timed once, and has no quartiles to speak of. */
export const LONGEST_RUN = 4000;

export interface Measurement extends Summary {
  /** Which clock the summary is of: the device's where it has timestamps. */
  clock: 'gpu' | 'wall';
  /** Median on the host's clock. */
  wall: number;
  /** Runs in a sample. */
  runs: number;
}

/** Milliseconds of one run. What `timer` runs must have run before: the first run may compile. */
export async function measure(timer: Timer, effort: Effort): Promise<Measurement> {
  return (await measureTogether([timer], effort))[0]!;
}

/**
 * Several timings, sample by sample in turn: what slows the machine down for a while slows them all, and their ratios stay.
 * Each stops on its own.
 */
export async function measureTogether(timers: readonly Timer[], effort: Effort): Promise<Measurement[]> {
  const series = timers.map((timer) => createSeries(timer, effort));
  for (const { warmUp } of series) await warmUp();
  for (;;) {
    const open = series.filter(({ isDone }) => !isDone());
    if (open.length === 0) return series.map(({ result }) => result());
    for (const { sample } of open) await sample();
  }
}

function createSeries(timer: Timer, { sampleMs, precision, limitMs }: Effort) {
  const wall: number[] = [];
  const gpu: number[] = [];
  let runs = 1;
  let spent = 0;
  let tooLong = false;
  const time = async (): Promise<Timing> => {
    const timing = await timer(runs);
    spent += timing.wall * runs;
    return timing;
  };
  const keep = (timing: Timing): void => {
    wall.push(timing.wall);
    if (timing.gpu !== null) gpu.push(timing.gpu);
  };
  const summary = () => summarize(gpu.length > 0 ? gpu : wall);
  return {
    /** The first runs pay for the surroundings, so the number of runs in a sample is corrected once. */
    async warmUp(): Promise<void> {
      for (let round = 0; round < 2 && !tooLong; round++) {
        const timing = await time();
        tooLong = timing.wall > LONGEST_RUN;
        if (tooLong) keep(timing);
        runs = Math.min(MOST_RUNS, Math.max(1, Math.ceil(sampleMs / timing.wall)));
      }
    },
    sample: async (): Promise<void> => keep(await time()),
    isDone(): boolean {
      if (tooLong || wall.length === 0) return tooLong;
      return (spent > limitMs && wall.length >= LEAST_SAMPLES) || uncertainty(summary()) < precision;
    },
    result: (): Measurement => ({
      ...summary(),
      clock: gpu.length > 0 ? 'gpu' : 'wall',
      wall: summarize(wall).median,
      runs,
    }),
  };
}
