/** Times a run often enough to mean something, and never for long. */
import type { Run, Timer, Timing } from '@ganvas/tensor';

export interface Measured {
  /** Milliseconds of one run, the median. */
  ms: number;
  /** Whose clock: the device's where it has timestamps that are fine enough. */
  clock: 'device' | 'host';
  /** How many runs were timed in all. */
  runs: number;
}

/** Milliseconds that a sample should take, */
const SAMPLE = 30;
/** and beyond which a single run is its own sample. */
const LONG = 400;
const SAMPLES = 3;
const MOST_RUNS = 1000;

/** @param run has run before: a first run may compile */
export async function timeRun(stopwatch: (run: Run) => Timer, run: Run): Promise<Measured> {
  const timer = stopwatch(run);
  const first = await timer(1);
  if (first.wall > LONG) return measured([first], 1);
  const runs = Math.min(MOST_RUNS, Math.max(1, Math.ceil(SAMPLE / first.wall)));
  const samples: Timing[] = [];
  for (let i = 0; i < SAMPLES; i++) samples.push(await timer(runs));
  return measured(samples, runs * SAMPLES);
}

/** Browsers round the device's clock: one that shows no time passing is not used. */
function measured(samples: readonly Timing[], runs: number): Measured {
  const device = samples.every(({ gpu }) => gpu !== null && gpu > 0);
  const times = samples.map(({ gpu, wall }) => (device ? gpu! : wall)).sort((a, b) => a - b);
  return { ms: times[Math.floor(times.length / 2)]!, clock: device ? 'device' : 'host', runs };
}
