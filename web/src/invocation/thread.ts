/** What a running invocation has: its variables, its workgroup's memory, and the buffers that all share. */
import type { Span } from './span.ts';
import type { Value, WgslType } from './value.ts';

export interface Buffer {
  /** Of an element. */
  type: WgslType;
  array: Float32Array | Uint32Array | Int32Array;
}

/** A read or a write of memory that other invocations see too. */
export interface Access {
  kind: 'read' | 'write';
  space: 'storage' | 'workgroup';
  name: string;
  /** The element's place in its buffer. */
  index: number;
  value: Value;
}

/** A variable in sight. */
export interface Local {
  name: string;
  slot: number;
  type: WgslType;
}

/** Told what an invocation does, statement by statement; calls count as part of the statement that makes them. */
export interface Watch {
  access(access: Access): void;
  /**
   * A statement of `main` is done, or a loop's or a branch's condition was decided.
   * @param depth loops around it
   * @param head whether a loop decided here whether to go round again
   */
  step(at: Span, locals: readonly Local[], frame: readonly Value[], depth: number, head: boolean): void;
}

export interface Thread {
  frame: Value[];
  returned: Value;
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly workgroup: ReadonlyMap<string, Value[]>;
  readonly watch: Watch | null;
}
