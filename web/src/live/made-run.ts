/** A trainer as a run of the page: from its configuration, or from a checkpoint that is put into it. */
import { createTrainer, type DataSource, type KernelChoices, type RunConfig, type Trainer } from '@ganvas/gan';
import type { Device } from '@ganvas/tensor';
import type { TrainingRun } from './training.ts';

export interface MadeRun extends TrainingRun {
  /** With the learning rates as they are now. */
  readonly config: RunConfig;
  readonly source: DataSource;
}

/**
 * @param openSource the data, which belong to the run from then on
 * @param step steps done
 * @throws ConfigError where model, data and rules do not go together
 */
export function makeRun(
  device: Device,
  made: RunConfig,
  openSource: (config: RunConfig) => DataSource,
  { step = 0, kernels }: { step?: number; kernels?: KernelChoices } = {},
): MadeRun {
  let config = made;
  const source = openSource(config);
  const trainer = orDispose(source, () => createTrainer(device, config, source));
  const run: MadeRun = {
    get config() {
      return config;
    },
    ...{ source, trainer, step },
    async prepare() {
      await trainer.prepare();
      const { dispatches } = trainer.trainStep.plan!;
      return {
        ...{ config, step: run.step, dispatches: dispatches.length, note: kernels?.note ?? null },
        flops: dispatches.reduce((sum, { kernel }) => sum + kernel.cost.flops, 0),
        parameters: { generator: parametersOf(trainer.generator), discriminator: parametersOf(trainer.discriminator) },
      };
    },
    setLearningRates(lrG, lrD) {
      config = { ...config, lrG, lrD };
      trainer.setLearningRates(lrG, lrD);
    },
    dispose() {
      trainer.dispose();
      for (const t of Object.values(trainer.state)) t.dispose();
      source.dispose();
    },
  };
  return run;
}

const parametersOf = ({ parameters }: Pick<Trainer['generator'], 'parameters'>): number =>
  Object.values(parameters).reduce((sum, { size }) => sum + size, 0);

function orDispose<T>(source: DataSource, make: () => T): T {
  try {
    return make();
  } catch (error) {
    source.dispose();
    throw error;
  }
}
