/** The generator of a checkpoint, by itself: to sample from, to judge, to export. */
import { Rng } from '@ganvas/kernels-wgsl';
import type { Device, Tensor } from '@ganvas/tensor';
import { createModel } from '../models/create.ts';
import type { Discriminator, Generator } from '../models/nets.ts';
import { type Generate, openGenerate } from '../training/generate.ts';
import type { LoadedCheckpoint } from './checkpoint-codec.ts';

export interface LoadedGenerator {
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  /** True where the weights are the run's moving average. */
  readonly averaged: boolean;
  readonly generate: Generate;
  dispose(): void;
}

/**
 * @param averaged take the moving average of the weights where the run keeps one. Default true
 * @throws FileError where the checkpoint is of another net than its configuration says
 */
export function loadGenerator(checkpoint: LoadedCheckpoint, device: Device, averaged = true): LoadedGenerator {
  const { config, data } = checkpoint;
  const { generator, discriminator } = createModel(config, data, { rng: new Rng(0), device });
  const kept = averaged && config.ema > 0;
  const states: Record<string, Tensor> = {};
  for (const [name, t] of Object.entries({ ...generator.parameters, ...generator.buffers }))
    states[`${kept && t.dtype === 'f32' ? 'average' : 'generator'}.${name}`] = t;
  for (const [name, t] of Object.entries({ ...discriminator.parameters, ...discriminator.buffers }))
    states[`discriminator.${name}`] = t;
  checkpoint.restore(states);
  const { generate, dispose } = openGenerate(generator);
  return {
    generator,
    discriminator,
    averaged: kept,
    generate,
    dispose() {
      dispose();
      for (const t of Object.values(states)) t.dispose();
    },
  };
}
