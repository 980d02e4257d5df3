/** The candidates of one kernel work against each other, within bounds: what compiles for long or is hopeless is soon left alone. */
import { type Candidate, scattered } from '@ganvas/kernels-wgsl';
import type { Device, TensorSpec, TunableWork } from '@ganvas/tensor';
import { openBuffers, openCandidate } from '../kernel-work.ts';
import { type Effort, measureTogether } from '../measure.ts';
import { disagreement } from '../run-case.ts';
import { createStopwatch, type Timer } from '../stopwatch.ts';
import type { Work } from '../work.ts';

/** A rung that takes this many times the best one's time cannot be the best at a similar size. */
const HOPELESS = 4;
/** Milliseconds that one may lose on a hopeless rung: below it is simply measured. */
const NEGLIGIBLE = 20;
/** Milliseconds to compile beyond which a rung is not tried again on this adapter. */
const LONGEST_COMPILATION = 5000;
/** A run of less than this many milliseconds is all overhead: it tells nothing of a larger problem. */
const TELLING = 1;
/** After a few runs each: those within this factor of the best are measured properly. */
const CLOSE = 1.5;
/** Of which the fastest counts. */
const FEW_RUNS = 3;

const EFFORT: Effort = { sampleMs: 20, precision: 0.02, limitMs: 1500 };

export interface Race {
  /** Milliseconds by rung: medians of the close ones and of the first, the fastest of few runs of the others. */
  times: Record<string, number>;
  /** Why the others were not timed, or do not count. */
  left: Record<string, string>;
}

/** @param deadline on the clock of `performance.now()`; what is not compiled by then is left out */
export type RunRace = (work: TunableWork, candidates: readonly Candidate[], deadline: number) => Promise<Race>;

/** Races on one device. What one race learns of an op's rungs, the next one uses: start with the smallest problems. */
export function createRaces(device: Device): RunRace {
  const stopwatch = createStopwatch(device);
  const slowToCompile = new Set<string>();
  /** GFLOP/s at the last problem, by op and rung. */
  const speeds = new Map<string, number>();

  return async ({ key, buffers }, candidates, deadline) => {
    const opened = openTunable(device, buffers);
    const race: Race = { times: {}, left: {} };
    const works: Work[] = [];
    let best = Number.POSITIVE_INFINITY;
    let expected: ArrayLike<number> | null = null;

    /** Compiles a candidate and runs it a few times. @returns why it has no time, or null */
    const enter = async (candidate: Candidate): Promise<string | null> => {
      const name = `${key.split(' ')[0]} ${candidate.name}`;
      const cost = costOf(candidate);
      const predicted = cost.flops / 1e6 / (speeds.get(name) ?? Number.POSITIVE_INFINITY);
      if (performance.now() > deadline) return 'no time left';
      if (candidate !== candidates[0]) {
        if (slowToCompile.has(name)) return 'compiles too long';
        if (predicted > Math.max(NEGLIGIBLE, HOPELESS * best)) return 'hopeless at a smaller size';
      }
      const work = openCandidate(device, opened, candidate, { cost, result: { kind: 'output', index: 0 } });
      works.push(work);
      const started = performance.now();
      await work.prepare();
      work.run(1); // some adapters compile now
      await device.idle();
      const first = performance.now() - started;
      // Even a hopeless rung does not need that long for its run: the rest was compilation.
      if (first > LONGEST_COMPILATION + HOPELESS * best) {
        slowToCompile.add(name);
        return `took ${(first / 1000).toFixed(0)} s to compile`;
      }
      const values = await work.result();
      expected ??= values;
      const wrong = disagreement(values, expected);
      if (wrong) return `computes something else than ${candidates[0]!.name}: ${wrong}`;
      const ms = await fastest(stopwatch(work.run), HOPELESS * best);
      race.times[candidate.name] = ms;
      if (ms > TELLING) speeds.set(name, cost.flops / 1e6 / ms);
      best = Math.min(best, ms);
      return null;
    };

    try {
      for (const candidate of candidates) {
        const why = await enter(candidate);
        if (why) race.left[candidate.name] = why;
      }
      const close = works.filter(({ rung }, i) => i === 0 || race.times[rung]! <= CLOSE * best);
      const timers = close.map((work) => stopwatch(work.run));
      for (const [i, { median }] of (await measureTogether(timers, EFFORT)).entries())
        race.times[close[i]!.rung] = median;
      return race;
    } finally {
      for (const work of works) work.close();
      opened.close();
    }
  };
}

/** Milliseconds of the fastest of a few runs; of the first alone where it is beyond `hopeless`. */
async function fastest(timer: Timer, hopeless: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < FEW_RUNS && (i === 0 || least < hopeless); i++) {
    const { wall, gpu } = await timer(1);
    least = Math.min(least, gpu ?? wall);
  }
  return least;
}

function costOf({ stages }: Candidate): { flops: number; bytes: number } {
  const total = (part: 'flops' | 'bytes') => stages.reduce((sum, { kernel }) => sum + kernel.cost[part], 0);
  return { flops: total('flops'), bytes: total('bytes') };
}

/** Buffers for a work's slots. Numbers to compute with where they are f32; other types count or index, and 0 is always valid. */
function openTunable(device: Device, { input, output, epilogue }: TunableWork['buffers']) {
  const size = ({ shape }: TensorSpec) => shape.reduce((a, b) => a * b, 1);
  const values = [...input, ...epilogue].map((spec, i) =>
    spec.dtype === 'f32' ? scattered(size(spec), i) : new Uint32Array(size(spec)),
  );
  const { buffers, close } = openBuffers(device, values, output.map(size));
  const [inputs, operands] = [buffers.input.slice(0, input.length), buffers.input.slice(input.length)];
  return { buffers: { input: inputs, output: buffers.output, epilogue: operands }, close };
}
