/** What one invocation does from beginning to end: steps, which a reader then goes through at will, forwards and back. */
import { type Slot, slotElements } from '@ganvas/kernels-wgsl';
import type { Three } from './interpret.ts';
import type { Offer, Offers } from './problems.ts';
import type { Span } from './span.ts';
import type { Access, Local } from './thread.ts';
import type { Value } from './value.ts';

export interface Step {
  /** What ran, in the kernel's text. */
  span: Span;
  accesses: readonly Access[];
  locals: readonly Local[];
  /** Values of the locals afterwards, by slot. */
  frame: readonly Value[];
  /** Loops around it. */
  depth: number;
  /** Whether a loop decided here whether to go round again. */
  head: boolean;
  /** Which of `Trace.phases` its workgroup's memory is in. */
  phase: number;
}

export interface Trace {
  code: string;
  steps: readonly Step[];
  /** The buffers before the dispatch, one a binding. */
  before: readonly { name: string; slot: Slot; width: number; array: Float32Array | Uint32Array }[];
  /** The workgroup's memory when the thread starts, and behind each barrier. */
  phases: readonly ReadonlyMap<string, readonly Value[]>[];
  /** The result when all dispatches have run, and what it should be, where the reference reaches. */
  result: Float32Array | Uint32Array;
  reference: ArrayLike<number> | null;
}

/** Steps kept at most; a longer thread is cut there. */
const MOST_STEPS = 20_000;

/**
 * Runs an offer's dispatches, all threads of them.
 * @param stage the dispatch that is watched
 * @param thread its global id
 */
export function trace({ problem }: Offers, { candidate, interpreters }: Offer, stage: number, thread: Three): Trace {
  const inputs = problem.values();
  const arrays = new Map<string, Float32Array | Uint32Array>();
  const arrayOf = (slot: Slot): Float32Array | Uint32Array => {
    const key = `${slot.kind}${slot.index}`;
    const known = arrays.get(key);
    if (known) return known;
    const made =
      slot.kind === 'input'
        ? inputs[slot.index]!.slice()
        : new Float32Array(slotElements(problem, candidate, slot)).fill(Number.NaN);
    arrays.set(key, made);
    return made;
  };

  const steps: Step[] = [];
  const phases: ReadonlyMap<string, readonly Value[]>[] = [];
  let before: Trace['before'] = [];
  let accesses: Access[] = [];
  candidate.stages.forEach(({ kernel, slots }, i) => {
    const buffers = slots.map(arrayOf);
    if (i !== stage) {
      interpreters[i]!.run(buffers);
      return;
    }
    before = kernel.bindings.map(({ name, type }, at) => ({
      name,
      slot: slots[at]!,
      width: Number(/^vec([234])/.exec(type)?.[1] ?? 1),
      array: buffers[at]!.slice(),
    }));
    interpreters[i]!.run(buffers, {
      thread,
      phase: (memory) => phases.push(memory),
      watch: {
        access: (access) => accesses.push(access),
        step: (span, locals, frame, depth, head) => {
          if (steps.length < MOST_STEPS) {
            const phase = phases.length - 1;
            steps.push({ span, accesses, locals, frame: [...frame], depth, head, phase });
          }
          accesses = [];
        },
      },
    });
  });
  return {
    code: candidate.stages[stage]!.kernel.code,
    steps,
    before,
    phases,
    result: arrayOf(problem.result),
    reference: problem.reference(problem.values()),
  };
}

/** The step at which the innermost loop around step `at` decides next (or, with -1, decided last); the end where there is none. */
export function iteration({ steps }: Trace, at: number, direction: 1 | -1): number {
  const depth = Math.max(steps[at]?.depth ?? 0, 1);
  for (let i = at + direction; i >= 0 && i < steps.length; i += direction) {
    const step = steps[i]!;
    if (step.head && step.depth <= depth) return i;
  }
  return direction === 1 ? steps.length - 1 : 0;
}

/** Global ids of a dispatch end before these. */
export function threadsOf({ candidate, interpreters }: Offer, stage: number): Three {
  const { workgroups } = candidate.stages[stage]!.kernel;
  return workgroups.map((count, axis) => count * interpreters[stage]!.workgroupSize[axis]!) as unknown as Three;
}
