/** What the page asks of a session that trains on digits, and what it is told. */
import type { RunConfig } from '@ganvas/gan';
import type { Profile } from '@ganvas/tensor';

export type Settings = Pick<RunConfig, 'model' | 'width' | 'batch' | 'seed'> & { preset: 'quick' | 'standard' };

/** Where a picture is drawn. */
export type Surface = 'samples' | 'walk';
/** What can go wrong, by the place of the page that says so. */
export type Place = 'run' | 'profile' | 'checkpoint';

export type Command =
  /** Canvases to draw on; without them pictures are sent. */
  | { kind: 'surfaces'; canvases: Record<Surface, OffscreenCanvas> }
  /** A new run, made and compiled, not begun. */
  | { kind: 'new'; settings: Settings; digits: string }
  | { kind: 'load'; bytes: Uint8Array; name: string; digits: string }
  | { kind: 'run' }
  | { kind: 'pause' }
  | { kind: 'step' }
  | { kind: 'rates'; lrG: number; lrD: number }
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

/** A step's losses, and the means of D's answers. */
export type Row = readonly [lossD: number, lossG: number, dReal: number, dFake: number];

export interface Begun {
  config: RunConfig;
  /** Steps done. */
  step: number;
  parameters: { generator: number; discriminator: number };
  /** Of a step. */
  flops: number;
  dispatches: number;
  /** What a person should know of the kernels; null for nothing. */
  note: string | null;
}

/** RGBA. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

export type Event =
  | { kind: 'preparing'; what: string }
  | ({ kind: 'begun' } & Begun)
  /** Reports that came back: the last is of step `step`. */
  | { kind: 'stepped'; step: number; rows: Row[]; stepsPerSecond: number | null }
  | { kind: 'drawn'; surface: Surface; step: number; pixels: Pixels | null }
  | { kind: 'profiled'; profile: Profile }
  | { kind: 'saved'; bytes: Uint8Array<ArrayBuffer>; name: string }
  | { kind: 'failed'; place: Place; message: string }
  | { kind: 'paused' };
