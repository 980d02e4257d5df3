export type { Log, LogOptions } from './capture/log.ts';
export { type RecordedFunction, record } from './capture/record.ts';
export type { CaptureOptions, ProfileArguments, Recorded, Step } from './capture/step.ts';
export { capture } from './capture.ts';
export { type DeviceTraits, rankCandidates, refusal } from './compile/choose.ts';
export { type CompileOptions, compile, PASSES, type Pass } from './compile/compile.ts';
export type { Location, Plan, PlannedDispatch } from './compile/plan-memory.ts';
export { printPlan } from './compile/print-plan.ts';
export { type TunableWork, tunableWorks } from './compile/tunable.ts';
export type { DType, TypedArray } from './dtype.ts';
export { CaptureError, DeviceLostError, GpuError, TensorError } from './errors.ts';
export {
  applyAgain,
  applyComposite,
  type CompositeOp,
  type Lowering,
  type Node,
  type Op,
  type TensorSpec,
} from './op.ts';
export * from './ops/index.ts';
export * from './platform/index.ts';
export { chromeTrace, type Trace, type TraceEvent } from './print/chrome-trace.ts';
export { drawPlan } from './print/draw-plan.ts';
export { drawProgram } from './print/draw-program.ts';
export { formatProfile } from './print/format-profile.ts';
export { type Column, percent, significant, table } from './print/table.ts';
export { type Program, type ProgramNode, printProgram, type Recording, type Value, type ValueId } from './program.ts';
export { defaultDevice, setDefaultDevice } from './runtime/default-device.ts';
export { type Device, type DeviceOptions, type DeviceStatistics, openDevice } from './runtime/device.ts';
export type { StepInput } from './runtime/input-feed.ts';
export type { Profile, ProfiledDispatch, ProfiledFamily, ProfileOptions, Timed } from './runtime/profile.ts';
export { bandwidth, type Ceilings, leastMs, type StreamRate } from './runtime/roofline.ts';
export { createStopwatch, type Run, type Timer, type Timing } from './runtime/stopwatch.ts';
export { type Shape, ShapeError } from './shape.ts';
export * from './state.ts';
export type { Storage } from './storage.ts';
export { mapTensors, type Structure, tensorsOf } from './structure.ts';
export { Tensor } from './tensor.ts';
export { keep, tidy } from './tidy.ts';
export * from './tuning/index.ts';
