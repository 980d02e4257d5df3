/**
 * A family of kernels answers a problem with candidates: named ways to compute the same result, in the order in which an
 * adapter of the given class should try them. The compiler takes the first that the device admits.
 */
import type { Kernel } from './kernel.ts';

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
  /** The rung, `register-tile-8x8`. Unique within a family. */
  name: string;
  /** Elements (4 bytes each) of the scratch buffers. */
  temps: number[];
  /** Dispatches, in order. */
  stages: Stage[];
}

export const slot = {
  input: (index: number): Slot => ({ kind: 'input', index }),
  output: (index: number): Slot => ({ kind: 'output', index }),
  temp: (index: number): Slot => ({ kind: 'temp', index }),
  epilogue: (index: number): Slot => ({ kind: 'epilogue', index }),
};
