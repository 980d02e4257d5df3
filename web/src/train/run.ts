/** A run on the page's digits: new, or from a checkpoint of the command line or of this page. */
import {
  completeConfig,
  decodeCheckpoint,
  encodeCheckpoint,
  imageSource,
  type KernelChoices,
  keepKernelChoices,
  type LabelledImages,
  type RunConfig,
} from '@ganvas/gan';
import type { Device, Profile } from '@ganvas/tensor';
import { type MadeRun, makeRun } from '../live/made-run.ts';
import type { Settings } from './messages.ts';

export interface DigitsRun extends MadeRun {
  /** Where a step's time goes; the run stays where it is. */
  profile(): Promise<Profile>;
  /** A checkpoint, which the command line reads as well. */
  encode(): Promise<Uint8Array<ArrayBuffer>>;
}

export function newRun(device: Device, digits: LabelledImages, { preset, ...said }: Settings): DigitsRun {
  return digitsRun(device, digits, completeConfig({ ...said, data: 'mnist' }, preset), keepKernelChoices(device, null));
}

/** @throws FileError for a file that is no checkpoint, or damaged; Error for one of another kind of data */
export function loadRun(device: Device, digits: LabelledImages, bytes: Uint8Array, name: string): DigitsRun {
  const checkpoint = decodeCheckpoint(bytes, name);
  const { config, step, data, kernels } = checkpoint;
  const [size, , channels] = data.example;
  const classes = digits.classNames.length;
  if (data.example.length !== 3 || channels !== 1 || data.classes !== classes)
    throw new Error(
      `${name}: expected a run on grey images of ${classes} classes, as the digits here are; this one is of ${config.data}: [${data.example.join(', ')}], ${data.classes} classes`,
    );
  const run = digitsRun(device, digits, { ...config, size: size! }, keepKernelChoices(device, kernels), step);
  try {
    checkpoint.restore(run.trainer.state);
  } catch (error) {
    run.dispose();
    throw error;
  }
  return run;
}

function digitsRun(
  device: Device,
  digits: LabelledImages,
  config: RunConfig,
  kernels: KernelChoices,
  step = 0,
): DigitsRun {
  const run = makeRun(device, config, (to) => imageSource(digits, { ...to, device }), { step, kernels });
  const { trainer, source } = run;
  return Object.assign(run, {
    async profile() {
      // Profiling runs the step a few times: afterwards everything is put back.
      const before = await Promise.all(Object.values(trainer.state).map(async (t) => [t, await t.data()] as const));
      try {
        return await trainer.trainStep.profile(...source.inputs(run.step), { runs: 1 });
      } finally {
        for (const [t, values] of before) t.write(values);
      }
    },
    async encode() {
      const { step: done, config: now } = run;
      const bytes = await encodeCheckpoint(trainer.state, {
        ...{ step: done, adapter: device.adapter.name, kernels: kernels.record(), data: source },
        // The page goes on for as long as one looks; the steps of a file's run include those that it has done.
        config: { ...now, steps: Math.max(now.steps, done) },
      });
      return bytes as Uint8Array<ArrayBuffer>; // it shares no memory with anyone
    },
  });
}
