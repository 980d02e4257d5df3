/**
 * `capture`: record a function once, compile it, and from then on replay it as prepared dispatches: one encoder, one pass, one
 * submit a call, and no new buffer or bind group.
 *
 * The price: inside the function JS branches and JS numbers are frozen as they were while recording. Whatever changes from call
 * to call must be an input or a state tensor. `verify: true` records every call again and finds what was frozen by mistake.
 */
import { checkRuns, fitsAll, misfit, specOf } from './capture/inputs.ts';
import { type LogOptions, RowLog } from './capture/log.ts';
import { RecordedStep } from './capture/recorded-step.ts';
import type { CaptureOptions, ProfileArguments, Recorded, Step } from './capture/step.ts';
import { CaptureError } from './errors.ts';
import { isRecording } from './op.ts';
import { defaultDevice } from './runtime/default-device.ts';
import type { StepInput } from './runtime/input-feed.ts';
import type { ProfileOptions } from './runtime/profile.ts';
import type { Structure } from './structure.ts';
import { Tensor } from './tensor.ts';

/**
 * @param fn called with one tensor an input, while recording; returns a tensor, a structure of tensors, or nothing
 * @returns the step: to be called like `fn`, with tensors, typed arrays or numbers
 */
export function capture<I extends readonly StepInput[], O extends Structure>(
  fn: (...inputs: Recorded<I>) => O,
  { verify = false, shapes = 'recompile', cacheSize = 4, device, ...options }: CaptureOptions = {},
): Step<I, O> {
  const recordable = (inputs: readonly Tensor[]): O => fn(...(inputs as unknown as Recorded<I>));
  /** The most recently used first. */
  const recorded: RecordedStep<O>[] = [];
  let logs: readonly RowLog<O>[] = [];
  let disposed = false;

  /** What was recorded for such inputs, recorded now if it must be, and first among the recorded. */
  const find = (inputs: readonly StepInput[], runs = 1): RecordedStep<O> => {
    if (isRecording())
      throw new CaptureError('capture: a step was called inside another capture; record its function directly instead');
    if (disposed) throw new CaptureError('capture: this step was disposed; capture its function again');
    let at = 0;
    while (at < recorded.length && !fitsAll(inputs, recorded[at]!.inputs, runs)) at++;
    if (recorded[at]?.executable.isOutdated) recorded.splice(at, 1)[0]!.dispose();
    else if (recorded[at]) {
      if (at > 0) recorded.unshift(...recorded.splice(at, 1));
      if (verify) recorded[0]!.verify(recordable);
      return recorded[0]!;
    }
    if (shapes === 'fixed' && recorded[0]) throw misfit(inputs, recorded[0].inputs, runs);
    const home = device ?? inputs.find((a) => a instanceof Tensor)?.device ?? defaultDevice();
    home.check();
    const specs = inputs.map((input) => specOf(input, runs));
    recorded.unshift(new RecordedStep(home, recordable, specs, { ...options, verify }));
    if (recorded.length > cacheSize) recorded.pop()!.dispose();
    return recorded[0]!;
  };

  const run = (runs: number, inputs: readonly StepInput[]): O => {
    const { executable, result } = find(inputs, runs);
    for (const log of logs) log.reserve(result, runs);
    executable.repeat(inputs, runs, logs);
    return result;
  };

  const step = Object.assign((...inputs: I): O => run(1, inputs), {
    repeat: (runs: number, ...inputs: I): O => {
      checkRuns(inputs, runs);
      return run(runs, inputs);
    },
    log: (logOptions: LogOptions<O> = {}) => {
      const log: RowLog<O> = new RowLog(logOptions, () => {
        logs = logs.filter((other) => other !== log);
      });
      logs = [...logs, log];
      return log;
    },
    prepare: async (...inputs: I) => find(inputs).executable.prepare(),
    profile: async (...args: ProfileArguments<I>) => {
      const [inputs, how] = splitOptions(args);
      const { executable } = find(inputs);
      const { profileExecutable } = await import('./runtime/profile.ts'); // few pages profile: they alone load it
      return profileExecutable(executable, inputs, how);
    },
    record: (...inputs: I) => find(inputs).recording.program,
    dispose: () => {
      disposed = true;
      for (const log of logs) log.close();
      for (const one of recorded.splice(0)) one.dispose();
    },
  });
  return Object.defineProperties(step, {
    program: { get: () => recorded[0]?.recording.program ?? null },
    plan: { get: () => recorded[0]?.plan ?? null },
  }) as unknown as Step<I, O>;
}

const isInput = (value: unknown): boolean =>
  value instanceof Tensor || typeof value === 'number' || ArrayBuffer.isView(value);

function splitOptions<I extends readonly StepInput[]>(
  args: ProfileArguments<I>,
): [inputs: I, options?: ProfileOptions] {
  const all: readonly unknown[] = args;
  if (all.length === 0 || isInput(all.at(-1))) return [all as I];
  return [all.slice(0, -1) as unknown as I, all.at(-1) as ProfileOptions | undefined];
}
