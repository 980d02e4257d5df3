/**
 * A family of kernels answers a problem with candidates: named ways to compute the same result, in the order in which an
 * adapter of the given class should try them. The compiler takes the first that the device admits.
 */
import type { Kernel, Requirements } from './kernel.ts';

/** What kind of machine runs the WGSL. Orders candidates; the limits of the actual device decide admission. */
export type AdapterClass = 'gpu' | 'llvmpipe' | 'swiftshader';

/** Which buffer a kernel's binding reads or writes. `epilogue` is the epilogue's i-th operand, `temp` a scratch buffer of this candidate. */
export interface Slot {
  kind: 'input' | 'output' | 'temp' | 'epilogue';
  index: number;
}

export interface Stage {
  kernel: Kernel;
  /** One a binding, in the kernel's order. */
  slots: Slot[];
}

export interface Candidate {
  /** The rung, `3-vec4`; its number, where its family has a ladder, is its place from naive up. Unique within a family. */
  readonly name: string;
  /** Sentences: what it changes against the rung below, and why that is faster on which kind of adapter. */
  readonly idea: string;
  /** What all its kernels require, known before they are written. */
  readonly requires?: Requirements;
  /** Elements (4 bytes each) of the scratch buffers. */
  readonly temps: number[];
  /** Dispatches, in order. */
  readonly stages: Stage[];
}

/** What a candidate runs. */
export interface Dispatches {
  /** Default none. */
  temps?: number[];
  stages: Stage[];
}

/** A candidate whose kernels are written when somebody first looks at them: most are offered and never taken. */
export function candidate(name: string, idea: string, build: () => Dispatches, requires?: Requirements): Candidate {
  let built: Dispatches | undefined;
  const once = (): Dispatches => {
    built ??= build();
    return built;
  };
  return {
    name,
    idea,
    ...(requires && { requires }),
    get temps() {
      return once().temps ?? [];
    },
    get stages() {
      return once().stages;
    },
  };
}

export const slot = {
  input: (index: number): Slot => ({ kind: 'input', index }),
  output: (index: number): Slot => ({ kind: 'output', index }),
  temp: (index: number): Slot => ({ kind: 'temp', index }),
  epilogue: (index: number): Slot => ({ kind: 'epilogue', index }),
};
