/** Captured programs through the public API, as a user runs them: one submission a call. */

import type { Cost, KernelProblem } from '@ganvas/kernels-wgsl';
import {
  type CaptureOptions,
  capture,
  type Device,
  type Plan,
  type Profile,
  type ProfileOptions,
  type Program,
  type Step,
  type StepInput,
  type Structure,
  type Tensor,
} from '@ganvas/tensor';
import { openAcganScript } from './acgan-script.ts';
import type { AcganScriptCase, BatchNormCase, Case, ImageGanCase, MlpGanCase } from './cases.ts';
import { openImageGan } from './image-gan.ts';
import { openMlpGan } from './mlp-gan.ts';
import { normalizationProgram } from './normalization.ts';
import { acganReport } from './peers/acgan.ts';
import { opProgram } from './programs.ts';
import type { Work } from './work.ts';

export interface ProgramWork extends Work {
  /** What is compiled, as it was recorded. */
  record(): Program;
  /** What will run. */
  plan(): Plan;
  profile(options: ProfileOptions): Promise<Profile>;
  /** The first elements of the result in float64, as many as the host computes in a moment; null where that is none. */
  expected(): ArrayLike<number> | null;
}

/**
 * @param kernels the same problem, where the catalogue of kernels has it
 * @param options how it is captured
 */
export function openProgram(
  device: Device,
  { problem }: Case,
  kernels: KernelProblem | null,
  options: CaptureOptions = {},
): ProgramWork {
  switch (problem.op) {
    case 'dcgan':
    case 'cgan':
    case 'acgan':
      return imageGan(device, problem, options);
    case 'acgan-script':
      return acganScript(device, problem, options);
    case 'mlp-gan':
      return mlpGan(device, problem, options);
    case 'batch-norm':
    case 'batch-norm-grad':
      return normalization(device, problem, options);
    default: {
      if (!kernels) throw new Error(`openProgram: expected the kernels' problem of a case of ${problem.op}`);
      const { compute, inPlace, close } = opProgram(device, problem, kernels);
      return {
        ...program(capture(compute, { ...options, device }), [], (result) => (inPlace ?? result!).data(), close),
        costs: () => [kernels.cost],
        expected: () => kernels.reference(kernels.values()),
      };
    }
  }
}

/** @param read the values of the step's result */
function program<I extends readonly StepInput[], O extends Structure>(
  step: Step<I, O>,
  inputs: I,
  read: (outputs: O) => Promise<ArrayLike<number>>,
  release: () => void,
): Omit<ProgramWork, 'expected'> {
  let outputs: O;
  return {
    rung: 'captured',
    prepare: () => step.prepare(...inputs),
    run(times) {
      for (let i = 0; i < times; i++) outputs = step(...inputs);
    },
    record: () => step.record(...inputs),
    plan: () => step.plan!,
    profile: (options) => step.profile(...inputs, options),
    costs: (): Cost[] => step.plan!.dispatches.map((d) => d.kernel.cost),
    result: () => read(outputs),
    close() {
      step.dispose();
      release();
    },
  };
}

function normalization(device: Device, problem: BatchNormCase, options: CaptureOptions): ProgramWork {
  const { compute, expected, close } = normalizationProgram(device, problem);
  const step = capture(compute, { ...options, device });
  return { ...program(step, [], ([result]) => result!.data(), close), expected };
}

function imageGan(device: Device, problem: ImageGanCase, options: CaptureOptions): ProgramWork {
  const { trainer, indices, report, close } = openImageGan(device, problem, options);
  const read = async (packed: Tensor) => report(await packed.data());
  return { ...program(trainer.trainStep, [indices], read, close), expected: () => null };
}

function acganScript(device: Device, problem: AcganScriptCase, options: CaptureOptions): ProgramWork {
  const { step, indices, probe, close } = openAcganScript(device, problem, options);
  let probed: ArrayLike<number>[] = [];
  const read = async (losses: Tensor) => acganReport(problem, probed, await losses.data());
  const work = program(step, [indices], read, close);
  return {
    ...work,
    async prepare() {
      probed = await probe();
      await work.prepare();
    },
    expected: () => null,
  };
}

function mlpGan(device: Device, problem: MlpGanCase, options: CaptureOptions): ProgramWork {
  const { step, close } = openMlpGan(device, problem, options);
  const read = (report: readonly Tensor[]) => Promise.all(report.map((t) => t.item()));
  return { ...program(step, [], read, close), expected: () => null };
}
