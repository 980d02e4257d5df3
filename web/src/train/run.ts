/** A run on the page's digits: new, or from a checkpoint of the command line or of this page. */
import {
  completeConfig,
  createTrainer,
  type DataSource,
  decodeCheckpoint,
  encodeCheckpoint,
  imageSource,
  type KernelChoices,
  keepKernelChoices,
  type LabelledImages,
  type RunConfig,
  type Trainer,
} from '@ganvas/gan';
import type { Device, Profile, Tensor, TypedArray } from '@ganvas/tensor';
import type { Begun, Settings } from './messages.ts';

export interface DigitsRun {
  readonly config: RunConfig;
  readonly trainer: Trainer;
  /** Steps submitted. */
  step: number;
  prepare(): Promise<Begun>;
  setLearningRates(lrG: number, lrD: number): void;
  /** Where a step's time goes; the run stays where it is. */
  profile(): Promise<Profile>;
  /** A checkpoint, which the command line reads as well. */
  encode(): Promise<Uint8Array<ArrayBuffer>>;
  dispose(): void;
}

export function newRun(device: Device, digits: LabelledImages, { preset, ...said }: Settings): DigitsRun {
  return open(device, digits, completeConfig({ ...said, data: 'mnist' }, preset), keepKernelChoices(device, null), 0);
}

/** @throws FileError for a file that is no checkpoint, or one of another kind of data */
export function loadRun(device: Device, digits: LabelledImages, bytes: Uint8Array, name: string): DigitsRun {
  const checkpoint = decodeCheckpoint(bytes, name);
  const { config, step, data } = checkpoint;
  const [size, , channels] = data.example;
  const classes = digits.classNames.length;
  if (data.example.length !== 3 || channels !== 1 || data.classes !== classes)
    throw new Error(
      `${name}: expected a run on grey images of ${classes} classes, as the digits here are; this one is of ${config.data}: [${data.example.join(', ')}], ${data.classes} classes`,
    );
  const kernels = keepKernelChoices(device, checkpoint.kernels);
  const run = open(device, digits, { ...config, size: size! }, kernels, step);
  try {
    checkpoint.restore(run.trainer.state);
  } catch (error) {
    run.dispose();
    throw error;
  }
  return run;
}

function open(
  device: Device,
  digits: LabelledImages,
  made: RunConfig,
  kernels: KernelChoices,
  start: number,
): DigitsRun {
  let config = made;
  const source = imageSource(digits, { ...config, device });
  const trainer = openTrainer(device, config, source);
  return {
    get config() {
      return config;
    },
    trainer,
    step: start,
    async prepare() {
      await trainer.prepare();
      const { dispatches } = trainer.trainStep.plan!;
      return {
        ...{ config, step: start, dispatches: dispatches.length, note: kernels.lost() ?? kernels.note },
        flops: dispatches.reduce((sum, { kernel }) => sum + kernel.cost.flops, 0),
        parameters: { generator: sizeOf(trainer.generator), discriminator: sizeOf(trainer.discriminator) },
      };
    },
    setLearningRates(lrG, lrD) {
      config = { ...config, lrG, lrD };
      trainer.setLearningRates(lrG, lrD);
    },
    async profile() {
      const before = await valuesOf(trainer.state);
      try {
        return await trainer.trainStep.profile(...source.inputs(this.step), { runs: 1 });
      } finally {
        for (const [t, values] of before) t.write(values);
      }
    },
    encode: () =>
      encodeCheckpoint(trainer.state, {
        ...{ step: run().step, adapter: device.adapter.name, kernels: kernels.record(), data: source },
        config: { ...config, steps: Math.max(config.steps, run().step) },
      }),
    dispose() {
      trainer.dispose();
      for (const t of Object.values(trainer.state)) t.dispose();
      source.dispose();
    },
  };
}
