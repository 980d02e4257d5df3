/** What every session that trains takes and tells. */
import type { RunConfig } from '@ganvas/gan';

export type TrainingCommand =
  | { kind: 'run' }
  | { kind: 'pause' }
  | { kind: 'step' }
  | { kind: 'rates'; lrG: number; lrD: number };

/** A step's losses, and the means of D's answers. */
export type Row = readonly [lossD: number, lossG: number, dReal: number, dFake: number];

/** A run is there, and stands still. */
export interface Begun {
  config: RunConfig;
  /** Steps done. */
  step: number;
  parameters: { generator: number; discriminator: number };
  /** Of a step. */
  flops: number;
  dispatches: number;
  /** What a person should know of the run's kernels; null for nothing. */
  note: string | null;
}

/** `P`: the places of the page that say what went wrong there; `run` is where the run is made and trained. */
export type TrainingEvent<P extends string> =
  | { kind: 'preparing'; what: string }
  | { kind: 'begun'; begun: Begun }
  /** Reports that came back: the last is of step `step`. */
  | { kind: 'stepped'; step: number; rows: Row[]; stepsPerSecond: number | null }
  | { kind: 'running'; running: boolean }
  | { kind: 'failed'; place: P | 'run'; message: string };
