/** Both nets of a run, by its configuration and what its data are. */
import { type Rng, sizeOf } from '@ganvas/kernels-wgsl';
import type { Device } from '@ganvas/tensor';
import type { RunConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import type { DataSource } from '../data/source.ts';
import { acganDiscriminator, acganGenerator } from './acgan.ts';
import { cganDiscriminator, cganGenerator } from './cgan.ts';
import { discriminatorLayers, generator } from './dcgan.ts';
import { layeredDiscriminator } from './layered.ts';
import { mlpDiscriminatorLayers, mlpGenerator, mlpImageGenerator } from './mlp.ts';
import { type Discriminator, type Generator, unconditionalGenerator } from './nets.ts';
import { projectionDiscriminator, projectionGenerator } from './projection.ts';

/** `mlp`, `dcgan`, `cgan`, `acgan` or `projection`. */
export type ModelName = RunConfig['model'];

/** What of a configuration the nets are made by. */
export type ModelConfig = Pick<
  RunConfig,
  | 'model'
  | 'batch'
  | 'width'
  | 'latent'
  | 'hidden'
  | 'embedding'
  | 'dropout'
  | 'norm'
  | 'spectralNorm'
  | 'minibatch'
  | 'pack'
>;

/** What of the data they are made by. */
export type ModelData = Pick<DataSource, 'example' | 'classes'>;

export interface Nets {
  generator: Generator;
  discriminator: Discriminator;
}

const OF_ALL = ['latent', 'dropout', 'spectralNorm', 'minibatch'] as const;

/** The settings that each model heeds; it is made without a look at the others. */
export const MODEL_SETTINGS: Readonly<Record<ModelName, readonly (keyof ModelConfig)[]>> = {
  mlp: [...OF_ALL, 'hidden', 'pack'],
  dcgan: [...OF_ALL, 'width', 'norm', 'pack'],
  cgan: [...OF_ALL, 'width', 'norm', 'embedding'],
  acgan: [...OF_ALL, 'width'],
  projection: [...OF_ALL, 'width', 'norm'],
};

/** Models of data with classes. */
const CONDITIONAL: readonly ModelName[] = ['cgan', 'acgan', 'projection'];

/**
 * @param data sizes, channels and classes are the data's
 * @param at.rng of the run: the generator's weights come from its stream 1, the discriminator's from its stream 2
 * @throws ConfigError where the model and the data, or the settings among each other, do not go together
 */
export function createModel(config: ModelConfig, data: ModelData, at: { rng: Rng; device?: Device }): Nets {
  check(config, data);
  const { example, classes } = data;
  const [forG, forD] = [1, 2].map((stream) => ({ rng: at.rng.fork(stream), device: at.device })) as [Made, Made];
  if (config.model === 'mlp') return mlp(config, example, forG, forD);

  const [size, , channels] = example as [number, number, number];
  const image = { ...config, size, channels, classes };
  switch (config.model) {
    case 'dcgan': {
      const { latent } = config;
      return {
        generator: unconditionalGenerator(generator({ ...image, ...forG }), { latent, example }),
        discriminator: layeredDiscriminator(discriminatorLayers({ ...image, ...forD })),
      };
    }
    case 'cgan':
      return {
        generator: cganGenerator({ ...image, ...forG }),
        discriminator: cganDiscriminator({ ...image, ...forD }),
      };
    case 'acgan':
      return {
        generator: acganGenerator({ ...image, ...forG }),
        discriminator: acganDiscriminator({ ...image, ...forD }),
      };
    case 'projection':
      return {
        generator: projectionGenerator({ ...image, ...forG }),
        discriminator: projectionDiscriminator({ ...image, ...forD }),
      };
  }
}

interface Made {
  rng: Rng;
  device?: Device;
}

function mlp(config: ModelConfig, example: readonly number[], forG: Made, forD: Made): Nets {
  const { latent, hidden } = config;
  const module =
    example.length === 1
      ? mlpGenerator({ latent, hidden, out: example[0]!, ...forG })
      : mlpImageGenerator({ latent, hidden, example, ...forG });
  const judging = { ...config, inputs: sizeOf(example), hidden: hidden.toReversed(), ...forD };
  return {
    generator: unconditionalGenerator(module, { latent, example }),
    discriminator: layeredDiscriminator(mlpDiscriminatorLayers(judging)),
  };
}

function check({ model, batch, pack, minibatch }: ModelConfig, { example, classes }: ModelData): void {
  const [height, width] = example;
  if (model !== 'mlp' && example.length !== 3)
    throw new ConfigError(`${model}: expected images, the data are points of ${example[0]} coordinates; use model mlp`);
  if (model !== 'mlp' && height !== width)
    throw new ConfigError(`${model}: expected square images, the data are ${height}×${width}; use model mlp`);

  if (CONDITIONAL.includes(model)) {
    if (classes === 0)
      throw new ConfigError(`${model}: expected data with classes, these have none; use model dcgan, or give labels`);
    if (pack > 1)
      throw new ConfigError(`pack: ${model} tells classes of single examples, got pack ${pack}; use 1, or model dcgan`);
  }
  if (batch % pack !== 0) throw new ConfigError(`pack: expected a divisor of the batch of ${batch}, got ${pack}`);
  if (minibatch !== 'none' && batch / pack < 2)
    throw new ConfigError(
      `minibatch ${minibatch}: expected a batch of two or more to compare, got ${batch / pack} (batch ${batch}, pack ${pack})`,
    );
}
