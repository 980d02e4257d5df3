/** The sizes of nets that are offered, and what they cost. */
import type { Adapter } from '../live/link.ts';
import type { Settings } from './messages.ts';

export type Model = 'dcgan' | 'cgan';

export interface Size {
  name: string;
  about: string;
  settings: Pick<Settings, 'width' | 'batch' | 'preset'>;
  /** GFLOP of a training step, as the kernels' own counts sum up. */
  gflop: Record<Model, number>;
}

export const SIZES: readonly Size[] = [
  {
    name: 'small',
    about: 'width 8, batches of 32',
    settings: { width: 8, batch: 32, preset: 'quick' },
    gflop: { dcgan: 0.0933, cgan: 0.176 },
  },
  {
    name: 'medium',
    about: 'width 16, batches of 64',
    settings: { width: 16, batch: 64, preset: 'quick' },
    gflop: { dcgan: 0.612, cgan: 0.954 },
  },
  {
    name: 'large',
    about: 'width 64, batches of 64: the net of the paper',
    settings: { width: 64, batch: 64, preset: 'standard' },
    gflop: { dcgan: 8.3, cgan: 11.1 },
  },
];

/** Steps after which the two smaller nets draw digits that one can read; the large one, at the paper's learning rate, takes more. */
export const STEPS = 1000;

/** GFLOP a second that a training step may reach in a browser, before anything was measured: the order of magnitude. */
const GUESS: Record<Adapter['class'], number> = { gpu: 300, llvmpipe: 5, swiftshader: 1 };

/**
 * @param rate GFLOP/s of the last training on this adapter; null before the first
 * @returns one sentence: how long `STEPS` steps take, and where that is known from
 */
export function estimate(gflop: number, { class: kind, software }: Adapter, rate: number | null): string {
  const time = duration((STEPS * gflop) / (rate ?? GUESS[kind]));
  const cost = `One step is ${gflop.toPrecision(2)} GFLOP; ${STEPS.toLocaleString('en')} steps take`;
  if (rate !== null) return `${cost} about ${time}, at the pace of the training that was last seen here.`;
  const guess = `${cost} perhaps ${time}: a guess, until the first steps have run.`;
  return software ? `${guess} Your adapter computes on the processor; a GPU is a hundred times as fast.` : guess;
}

/** Seconds in words: as fine as an estimate deserves. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
