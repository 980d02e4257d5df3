/**
 * `capture`: record a function once, compile it, and from then on replay it as prepared dispatches: one encoder, one pass, one
 * submit a call, and no new buffer or bind group.
 *
 * The price: inside the function JS branches and JS numbers are frozen as they were while recording. Whatever changes from call
 * to call must be an input or a state tensor. `verify: true` records every call again and finds what was frozen by mistake.
 */
import type { CompileOptions } from './compile/compile.ts';
import type { Plan } from './compile/plan-memory.ts';
import { dtypeOf, type TypedArray } from './dtype.ts';
import { CaptureError } from './errors.ts';
import { isRecording, type Node, recordInto, type TensorSpec } from './op.ts';
import { buildProgram, type Program, printProgram, type Recording } from './program.ts';
import { defaultDevice } from './runtime/default-device.ts';
import type { Device } from './runtime/device.ts';
import { Executable } from './runtime/executable.ts';
import { formatShape } from './shape.ts';
import { mapTensors, type Structure, tensorsOf } from './structure.ts';
import { Tensor } from './tensor.ts';

/** What a step is called with: a tensor, a typed array (a tensor of rank 1), or a number (an f32 scalar). */
export type StepInput = Tensor | TypedArray | number;

/** What the captured function receives: a tensor for each input. */
export type Recorded<I extends readonly StepInput[]> = { [K in keyof I]: Tensor };

export interface CaptureOptions extends CompileOptions {
  /** Record every call again and compare with what was compiled. Slow; for finding mistakes. Default false. */
  verify?: boolean;
  /** Shapes of inputs for which compiled steps are kept; the least recently used goes. Default 4. */
  cacheSize?: number;
  /** Default: the device opened last. */
  device?: Device;
}

export interface Step<I extends readonly StepInput[], O> {
  /**
   * Runs the step and returns at once. The tensors it returns keep their memory: the next call overwrites them.
   * The first call with inputs of new shapes records and compiles; `await step.prepare(...)` before it compiles in parallel.
   */
  (...inputs: I): O;
  /** Records and compiles for inputs like these, without running. */
  prepare(...inputs: I): Promise<void>;
  /** Records for inputs like these and chooses kernels, without compiling any or running. */
  record(...inputs: I): Program;
  /** What was recorded and compiled last, for printing; null before. */
  readonly program: Program | null;
  readonly plan: Plan | null;
  /** Frees the step's buffers; the tensors it returned are gone with them. */
  dispose(): void;
}

interface Compiled<O> {
  recording: Recording;
  plan: Plan;
  executable: Executable;
  inputs: Tensor[];
  result: O;
  text: string;
}

/**
 * @param fn called with one tensor an input, while recording; returns a tensor, a structure of tensors, or nothing
 * @throws CaptureError when called inside another capture, or (`verify`) where a call records something else than was compiled
 */
export function capture<I extends readonly StepInput[], O extends Structure>(
  fn: (...inputs: Recorded<I>) => O,
  options: CaptureOptions = {},
): Step<I, O> {
  const { verify = false, cacheSize = 4 } = options;
  const cache = new Map<string, Compiled<O>>();
  let latest: Compiled<O> | null = null;

  const record = (inputs: readonly Tensor[]): { recording: Recording; result: O; outputs: Tensor[] } => {
    const nodes: Node[] = [];
    const result = recordInto({ accept: (node) => nodes.push(node) }, () => fn(...(inputs as unknown as Recorded<I>)));
    const outputs = tensorsOf(result);
    return { recording: buildProgram(nodes, outputs), result, outputs };
  };

  const lookUp = (args: readonly StepInput[]): { device: Device; key: string; known: Compiled<O> | undefined } => {
    if (isRecording())
      throw new CaptureError('capture: a step was called inside another capture; record its function directly instead');
    const device = options.device ?? args.find((a) => a instanceof Tensor)?.device ?? defaultDevice();
    device.check();
    const key = args.map((a) => describe(specOf(a))).join(' ');
    const known = cache.get(key);
    if (!known?.executable.isOutdated) return { device, key, known };
    cache.delete(key);
    free(known);
    return { device, key, known: undefined };
  };

  const build = (device: Device, key: string, args: readonly StepInput[]): Compiled<O> => {
    const inputs = args.map((a) => new Tensor(device, specOf(a)));
    for (const t of inputs) t.place(device.allocate(t.bytes));
    const { recording, result, outputs } = record(inputs);
    const plan = device.compile(recording.program, options);
    const executable = new Executable(device, plan, recording.externals);
    const located = new Map(outputs.map((t, i) => [t, executable.output(i, t)]));
    const compiled = {
      recording,
      plan,
      executable,
      inputs,
      result: mapTensors(result, (t) => located.get(t)!),
      text: printProgram(recording.program),
    };
    cache.set(key, compiled);
    if (cache.size > cacheSize) {
      const [oldest, unused] = cache.entries().next().value!;
      cache.delete(oldest);
      free(unused);
    }
    return compiled;
  };

  const free = (compiled: Compiled<O>): void => {
    for (const t of [...compiled.inputs, ...tensorsOf(compiled.result)]) if (!t.isState) t.dispose();
    compiled.executable.dispose();
  };

  const call = (...args: I): O => {
    const { device, key, known } = lookUp(args);
    const compiled = known ?? build(device, key, args);
    if (known) {
      cache.delete(key);
      cache.set(key, known);
      if (verify) checkUnchanged(known.text, printProgram(record(known.inputs).recording.program));
    }
    latest = compiled;
    compiled.executable.run(args.map((value, i) => ({ tensor: compiled.inputs[i]!, value })));
    return compiled.result;
  };

  const find = (args: I): Compiled<O> => {
    const { device, key, known } = lookUp(args);
    latest = known ?? build(device, key, args);
    return latest;
  };

  const step = Object.assign(call, {
    prepare: async (...args: I) => find(args).executable.prepare(),
    record: (...args: I) => find(args).recording.program,
    dispose: () => {
      for (const compiled of cache.values()) free(compiled);
      cache.clear();
      latest = null;
    },
  });
  return Object.defineProperties(step, {
    program: { get: () => latest?.recording.program ?? null },
    plan: { get: () => latest?.plan ?? null },
  }) as unknown as Step<I, O>;
}

function specOf(input: StepInput): TensorSpec {
  if (input instanceof Tensor) return input;
  if (typeof input === 'number') return { shape: [], dtype: 'f32' };
  return { shape: [input.length], dtype: dtypeOf(input) };
}

const describe = (spec: TensorSpec): string => `${spec.dtype}${formatShape(spec.shape)}`;

/** Compares two recordings and names the first line that differs. */
function checkUnchanged(compiled: string, again: string): void {
  if (compiled === again) return;
  const before = compiled.split('\n');
  const after = again.split('\n');
  const line = before.findIndex((text, i) => text !== after[i]);
  const at = line < 0 ? before.length : line;
  throw new CaptureError(
    `capture: this call recorded something else than was compiled, at line ${at + 1}:\n  compiled: ${before[at] ?? '(nothing)'}\n  now:      ${after[at] ?? '(nothing)'}\nA JS value that changes from call to call was frozen; make it an input of the step or a state tensor.`,
  );
}
