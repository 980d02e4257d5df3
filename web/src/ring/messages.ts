/** What the page asks of a session that trains on points of the plane, and what it is told. */
import { grid, type Mixture, type RunConfig, ring } from '@ganvas/gan';
import type { TrainingCommand, TrainingEvent } from '../live/messages.ts';

export type Settings = Pick<RunConfig, 'loss' | 'pack' | 'minibatch' | 'seed'> & { data: PointData };

export type PointData = 'ring' | 'grid';
export const MIXTURES: Record<PointData, Mixture> = { ring: ring(), grid: grid() };

export type Command =
  | TrainingCommand
  | { kind: 'new'; settings: Settings }
  /** Steps from one picture to the next. */
  | { kind: 'every'; steps: number };

/** Points of the generator, and D's answers over the plane. */
export interface Picture {
  step: number;
  /** [count, 2] */
  points: Float32Array;
  field: Field;
}

export interface Field {
  /** Points along each axis, from −reach to reach, rows from the bottom up. */
  side: number;
  reach: number;
  /** [side, side]: probabilities where the loss is a cross entropy, else what the critic says. */
  answers: Float32Array;
  /** The answers that mean generated and real for sure; of a critic, the least and the greatest. */
  range: [low: number, high: number];
}

export type Event = TrainingEvent<never> | { kind: 'drawn'; picture: Picture };
