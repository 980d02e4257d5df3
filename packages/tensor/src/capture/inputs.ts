/** What a step is called with, and which recording such values belong to. */
import { dtypeOf } from '../dtype.ts';
import { CaptureError } from '../errors.ts';
import type { TensorSpec } from '../op.ts';
import type { StepInput } from '../runtime/input-feed.ts';
import { formatShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/** @param runs of a repeat, for which a typed array holds the values of all runs one after the other */
export function specOf(input: StepInput, runs: number): TensorSpec {
  if (input instanceof Tensor) return input;
  if (typeof input === 'number') return { shape: [], dtype: 'f32' };
  return { shape: [input.length / runs], dtype: dtypeOf(input) };
}

/** Whether the inputs have the specs that were recorded. It runs at every call, so it makes nothing. */
export function fitsAll(inputs: readonly StepInput[], recorded: readonly TensorSpec[], runs: number): boolean {
  if (inputs.length !== recorded.length) return false;
  for (let i = 0; i < inputs.length; i++) if (!fits(inputs[i]!, recorded[i]!, runs)) return false;
  return true;
}

function fits(input: StepInput, { shape, dtype }: TensorSpec, runs: number): boolean {
  if (typeof input === 'number') return shape.length === 0 && dtype === 'f32';
  if (!(input instanceof Tensor))
    return shape.length === 1 && input.length === shape[0]! * runs && dtypeOf(input) === dtype;
  if (input.dtype !== dtype || input.shape.length !== shape.length) return false;
  for (let axis = 0; axis < shape.length; axis++) if (input.shape[axis] !== shape[axis]) return false;
  return true;
}

const describe = ({ dtype, shape }: TensorSpec): string => `${dtype}${formatShape(shape)}`;

/** The error of a step with `shapes: 'fixed'` that was called with inputs of other shapes. */
export function misfit(inputs: readonly StepInput[], recorded: readonly TensorSpec[], runs: number): CaptureError {
  if (inputs.length !== recorded.length)
    return new CaptureError(`capture: expected ${recorded.length} inputs, as recorded, got ${inputs.length}`);
  const at = inputs.findIndex((input, i) => !fits(input, recorded[i]!, runs));
  return new CaptureError(
    `capture: input ${at}: expected ${describe(recorded[at]!)}, as recorded, got ${describe(specOf(inputs[at]!, runs))}; a step captured with shapes: 'recompile' takes other shapes`,
  );
}

/** Refuses a number of runs that is none, and values that the runs do not share evenly. */
export function checkRuns(inputs: readonly StepInput[], runs: number): void {
  if (!(Number.isInteger(runs) && runs >= 1))
    throw new CaptureError(`repeat: expected a whole number of runs of at least 1, got ${runs}`);
  inputs.forEach((input, i) => {
    if (ArrayBuffer.isView(input) && input.length % runs !== 0)
      throw new CaptureError(
        `repeat: input ${i} has ${input.length} values, which ${runs} runs do not share evenly; a typed array holds the values of all runs, a tensor is the same for each`,
      );
  });
}
