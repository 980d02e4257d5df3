/** A profile in the Trace Event Format, which Perfetto and chrome://tracing open (Google, "Trace Event Format", 2016). */
import { familyOf } from '../runtime/attribute.ts';
import type { Profile } from '../runtime/profile.ts';

/** Metadata (`M`) names a process or a thread; a complete event (`X`) has a beginning and a duration, in microseconds. */
export type TraceEvent =
  | { ph: 'M'; name: 'process_name' | 'thread_name'; pid: number; tid: number; args: { name: string } }
  | { ph: 'X'; name: string; cat: string; pid: number; tid: number; ts: number; dur: number; args: object };

export interface Trace {
  traceEvents: TraceEvent[];
  displayTimeUnit: 'ms';
  otherData: Record<string, string | number>;
}

const [PID, TID] = [1, 1];

/**
 * The dispatches of a step on one track, in the order in which they run, each for its median time and right after the one before.
 * Write it with `JSON.stringify`.
 */
export function chromeTrace({ device, clock, runs, dispatches, ms, wallMs }: Profile): Trace {
  const named = (name: 'process_name' | 'thread_name', text: string): TraceEvent => ({
    ...{ ph: 'M', name, pid: PID, tid: TID },
    args: { name: text },
  });
  let at = 0;
  const events = dispatches.map(({ label, kernel, ms: duration, ...args }, i): TraceEvent => {
    const ts = at;
    at += 1000 * duration;
    return {
      ...{ ph: 'X', name: label, cat: familyOf(kernel), pid: PID, tid: TID, ts, dur: 1000 * duration },
      args: { dispatch: i, kernel, ...args },
    };
  });
  return {
    traceEvents: [named('process_name', device.name), named('thread_name', 'dispatches'), ...events],
    displayTimeUnit: 'ms',
    otherData: { ...device, clock, runs, ms, wallMs },
  };
}
