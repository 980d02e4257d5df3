/** What `capture` takes and returns. */
import type { CompileOptions } from '../compile/compile.ts';
import type { Plan } from '../compile/plan-memory.ts';
import type { Program } from '../program.ts';
import type { Device } from '../runtime/device.ts';
import type { StepInput } from '../runtime/input-feed.ts';
import type { Profile, ProfileOptions } from '../runtime/profile.ts';
import type { Tensor } from '../tensor.ts';
import type { Log, LogOptions } from './log.ts';

/** What the captured function receives: a tensor for each input. */
export type Recorded<I extends readonly StepInput[]> = { [K in keyof I]: Tensor };

export interface CaptureOptions extends CompileOptions {
  /**
   * Record every call again and compare with what was compiled; the error names the op that differs and the line that calls it.
   * Slow; for finding mistakes. Default false.
   */
  verify?: boolean;
  /** Inputs of other shapes than before: record and compile for them too, or refuse them. Default `recompile`. */
  shapes?: 'recompile' | 'fixed';
  /** Shapes of inputs for which compiled steps are kept; the least recently used goes. Default 4. */
  cacheSize?: number;
  /** Default: the device of the first tensor among the inputs, else the one opened last. */
  device?: Device;
}

/** The inputs of a step, and perhaps how to profile it. */
export type ProfileArguments<I extends readonly StepInput[]> = [...inputs: I, options?: ProfileOptions];

export interface Step<I extends readonly StepInput[], O> {
  /**
   * Runs the step and returns at once. The tensors it returns keep their memory: the next call overwrites them.
   * The first call with inputs of new shapes records and compiles; `await step.prepare(...)` before it compiles in parallel.
   * @throws CaptureError when recording, after `dispose`, or (`verify`, `shapes: 'fixed'`) where the call does not fit; TensorError
   * where an input, or a tensor that the step reads, is disposed or on another device
   */
  (...inputs: I): O;
  /**
   * Runs the step `runs` times in one submission (a few for thousands of dispatches), with the same results as that many calls.
   * A tensor or number is the input of every run; a typed array holds the values of all runs, one after the other.
   * @returns what the last run returns
   */
  repeat(runs: number, ...inputs: I): O;
  /** Collects an output of every later run, without waiting for it: see `Log`. Runs of a profile are not logged. */
  log(options?: LogOptions<O>): Log;
  /** Records and compiles for inputs like these, without running. */
  prepare(...inputs: I): Promise<void>;
  /**
   * Times every dispatch of the step on its own: see `Profile`, `formatProfile` and `chromeTrace`. The step runs `2 · runs + 1`
   * times with these inputs, and its state goes as far as that many calls would take it.
   */
  profile(...args: ProfileArguments<I>): Promise<Profile>;
  /** Records for inputs like these and chooses kernels, without compiling any or running. */
  record(...inputs: I): Program;
  /** What was recorded and compiled last, for printing; null before. */
  readonly program: Program | null;
  readonly plan: Plan | null;
  /** Frees the step's buffers, for good; the tensors that it returned are gone with them, and its logs end. */
  dispose(): void;
}
