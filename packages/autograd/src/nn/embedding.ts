/** A table of vectors, looked up by number. */
import type { Rng } from '@ganvas/kernels-wgsl';
import * as ops from '@ganvas/tensor';
import { type Device, state } from '@ganvas/tensor';
import { type Initializer, normal } from './init.ts';
import type { Module } from './module.ts';

export interface EmbeddingOptions {
  /** Source of the initial values. */
  rng: Rng;
  /** Default: the device opened last. */
  device?: Device;
  /** Initial table; default N(0, 1). */
  weightInit?: Initializer;
}

/** Rows of a table of `count` vectors: x of whole numbers below `count` [...] (u32 or i32) becomes [..., features]. */
export function embedding(count: number, features: number, options: EmbeddingOptions): Module {
  const { rng, device, weightInit = normal() } = options;
  const weight = state(weightInit(rng, count * features, count, features), [count, features], { device });
  return { type: 'Embedding', parameters: { weight }, buffers: {}, forward: (x) => ops.embedding(weight, x) };
}
