/** The kernel works of a program, as they are compiled but before one of their candidates is chosen: what a tuner measures. */
import type { Candidate, Slot } from '@ganvas/kernels-wgsl';
import type { TensorSpec } from '../op.ts';
import type { Program } from '../program.ts';
import type { WorkName } from '../tuning/key.ts';
import { type DeviceTraits, nameOf, requestOf } from './choose.ts';
import { PASSES, transform } from './compile.ts';

export interface TunableWork extends WorkName {
  /** The ops that run here, `conv2d+add+leakyRelu`. */
  label: string;
  /** In their family's order, whether or not the device admits them. */
  candidates: Candidate[];
  /** What stands behind the slots of a candidate. */
  buffers: Record<Exclude<Slot['kind'], 'temp'>, TensorSpec[]>;
}

export function tunableWorks(program: Program, traits: DeviceTraits): TunableWork[] {
  // In place, a kernel's second run would not compute what its first did.
  const passes = PASSES.filter((pass) => pass !== 'write-in-place');
  const graph = transform(program, traits, { passes });
  const specs = (ids: readonly number[]): TensorSpec[] => ids.map((id) => graph.values[id]!);
  return graph.works.flatMap((work): TunableWork[] => {
    if (work.kind !== 'kernels') return [];
    const { label, inputs, outputs, epilogue } = work;
    const buffers = { input: specs(inputs), output: specs(outputs), epilogue: specs(epilogue.reads) };
    const request = requestOf(work, graph, traits.adapter);
    return [{ ...nameOf(work, request), label: label.join('+'), candidates: work.candidates(request), buffers }];
  });
}
