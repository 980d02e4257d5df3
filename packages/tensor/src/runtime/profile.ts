/** Where the time of a captured step goes: every dispatch timed on its own, as plain data. */
import type { AdapterClass } from '@ganvas/kernels-wgsl';
import { CaptureError } from '../errors.ts';
import { attribute } from './attribute.ts';
import type { Device } from './device.ts';
import { timestampTimer, wallTimer } from './dispatch-timers.ts';
import type { Executable } from './executable.ts';
import type { StepInput } from './input-feed.ts';
import type { Ceilings } from './roofline.ts';

export interface ProfileOptions {
  /** How often each dispatch is timed; what is reported are medians. The step runs `2 · runs + 1` times. Default 5. */
  runs?: number;
  /** What the adapter can do at best, for each dispatch's share of the roofline. Default: unknown. */
  roofline?: Ceilings;
  /**
   * Whose clock: the device's (`gpu`, from its timestamps), or the host's (`wall`: a submission and a wait a dispatch, less what an
   * empty one takes). Default: the device's where it has timestamps.
   */
  clock?: 'gpu' | 'wall';
}

/** What has been timed: a dispatch, or all of a family. */
export interface Timed {
  flops: number;
  /** Bytes that must move at least. */
  bytes: number;
  /** Milliseconds: the median of the runs; of a family, the sum over its dispatches. */
  ms: number;
  /** Of the sum over all dispatches, 0 to 1. */
  share: number;
  /** The time that the roofline asks for at least, over `ms`; null where no roofline was given, or no time was seen. */
  roofline: number | null;
}

export interface ProfiledDispatch extends Timed {
  /** The ops that run here, `conv2d+add+leakyRelu`. */
  label: string;
  /** Family and rung, `conv2d/3-vec4`. */
  kernel: string;
  rung: string;
  workgroups: [number, number, number];
}

export interface ProfiledFamily extends Timed {
  /** What the names of its kernels begin with. */
  family: string;
  dispatches: number;
}

export interface Profile {
  device: { name: string; class: AdapterClass; driver: string; backend: string };
  clock: 'gpu' | 'wall';
  runs: number;
  roofline: Ceilings | null;
  /** In the order in which they run. */
  dispatches: ProfiledDispatch[];
  /** The slowest first. */
  families: ProfiledFamily[];
  /** Milliseconds: the sum over all dispatches, each with a pass of its own. */
  ms: number;
  /** Milliseconds of a plain replay, on the host's clock, from the call until the device is done; the median of the runs. */
  wallMs: number;
}

/**
 * Runs a step `2 · runs + 1` times, every time to its end: once to warm up, then a plain and a timed run in turn. Its state goes as
 * far as that many calls would take it.
 */
export async function profileExecutable(
  executable: Executable,
  inputs: readonly StepInput[],
  { runs = 5, roofline, clock }: ProfileOptions = {},
): Promise<Profile> {
  const { device, plan } = executable;
  if (!Number.isInteger(runs) || runs < 1)
    throw new CaptureError(`profile: runs expects a whole number from 1, got ${runs}`);
  const hasTimestamps = device.traits.features.has('timestamp-query');
  if (clock === 'gpu' && !hasTimestamps)
    throw new CaptureError(`profile: ${device.adapter.name} has no timestamps; leave clock out, or pass "wall"`);
  const taken = clock ?? (hasTimestamps ? 'gpu' : 'wall');

  await executable.prepare();
  const plainRun = async (): Promise<number> => {
    const start = performance.now();
    executable.run(inputs);
    await device.idle();
    return performance.now() - start;
  };
  await plainRun(); // some adapters compile when a pipeline first runs
  const timer = taken === 'gpu' ? timestampTimer(device, plan.dispatches.length) : wallTimer(device);
  const walls: number[] = [];
  const times: number[][] = [];
  try {
    for (let run = 0; run < runs; run++) {
      walls.push(await plainRun());
      times.push(await timer.time(executable, inputs));
    }
  } finally {
    timer.close();
  }
  return {
    device: describe(device),
    ...{ clock: taken, runs, roofline: roofline ?? null },
    ...attribute(
      plan,
      plan.dispatches.map((_, i) => median(times.map((run) => run[i]!))),
      roofline,
    ),
    wallMs: median(walls),
  };
}

const describe = ({ adapter: { name, class: kind, driver, backend } }: Device): Profile['device'] => ({
  ...{ name, class: kind, driver, backend },
});

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
