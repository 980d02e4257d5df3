/** What the page asks of a session that trains on digits, and what it is told. */
import type { RunConfig } from '@ganvas/gan';
import type { Profile } from '@ganvas/tensor';
import type { TrainingCommand, TrainingEvent } from '../live/messages.ts';

export type Settings = Pick<RunConfig, 'model' | 'width' | 'batch' | 'seed'> & { preset: 'quick' | 'standard' };

/** Where a picture is drawn. */
export type Surface = 'samples' | 'walk';
/** Places of the page that say what went wrong there, beside that of the run. */
export type Place = 'profile' | 'checkpoint';

export type Command =
  | TrainingCommand
  /** Canvases to draw on; without them pictures are sent. */
  | { kind: 'surfaces'; canvases: Record<Surface, OffscreenCanvas> }
  /** A new run, made and compiled, not begun. */
  | { kind: 'new'; settings: Settings; digits: string }
  | { kind: 'load'; bytes: Uint8Array; name: string; digits: string }
  | { kind: 'look'; look: Look }
  /** A point of the unit square between four latents, which `corners` numbers. */
  | { kind: 'walk'; walk: Walk }
  | { kind: 'profile' }
  | { kind: 'save' };

export interface Look {
  /** Steps from one picture to the next. */
  every: number;
  /** The class of all samples of a conditional run; null: each column a class. */
  label: number | null;
  /** By the moving average of the weights. */
  averaged: boolean;
}

export interface Walk {
  u: number;
  v: number;
  corners: number;
}

/** RGBA. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

export type Event =
  | TrainingEvent<Place>
  | { kind: 'drawn'; surface: Surface; step: number; pixels: Pixels | null }
  | { kind: 'profiled'; profile: Profile }
  | { kind: 'saved'; bytes: Uint8Array<ArrayBuffer>; name: string };
