/** The ways in which this engine computes a case, the one that it takes before the others. */
import { CATALOGUE, type KernelProblem } from '@ganvas/kernels-wgsl';
import { type Device, refusal } from '@ganvas/tensor';
import type { Case } from './cases.ts';
import { openBuffers, openCandidate } from './kernel-work.ts';
import { openProgram } from './program-work.ts';
import type { Work } from './work.ts';

export interface OpenedCase {
  works: Work[];
  /** The first elements of the result in float64, as many as the host computes in a moment; null where that is none. */
  expected(): ArrayLike<number> | null;
  close(): void;
}

export interface OpenOptions {
  /** Bare kernels: that which the engine takes, or all that the device admits; programs: as compiled, or without any pass too. */
  rungs: 'taken' | 'all';
  /** The case as a captured program as well, called as a user calls it: what another engine is held against. */
  captured: boolean;
}

/** What the catalogue of kernels says of a case; null for a program of several ops. */
export function kernelProblem({ kernel }: Case): KernelProblem | null {
  if (!kernel) return null;
  const family = CATALOGUE.find(({ name }) => name === kernel.family);
  if (!family) throw new Error(`kernelProblem: the catalogue has no family ${kernel.family}`);
  return family.problem(kernel.shape);
}

export function openCase(device: Device, testCase: Case, options: OpenOptions): OpenedCase {
  const problem = kernelProblem(testCase);
  const program = openProgram(device, testCase, problem);
  const { expected } = program;
  if (!problem) {
    const plain = () => ({ ...openProgram(device, testCase, null, { passes: [] }), rung: 'no passes' });
    return { works: options.rungs === 'all' ? [program, plain()] : [program], expected, close: () => {} };
  }

  // What the compiler would try first, second, ... for the case as a program; nothing is run.
  const order = device.compile(program.record()).choices[0]?.candidates ?? [];
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const candidates = problem
    .candidates(device.adapter.class)
    .toSorted((a, b) => place(a.name) - place(b.name))
    .filter((candidate) => refusal(candidate, device.traits) === null);

  const buffers = openBuffers(device, problem.values(), problem.outputs);
  const rungs = options.rungs === 'all' ? candidates : candidates.slice(0, options.captured ? 0 : 1);
  const kernels = rungs.map((candidate) => openCandidate(device, buffers, candidate, problem));
  if (!options.captured) program.close();
  return { works: options.captured ? [program, ...kernels] : kernels, expected, close: buffers.close };
}
