/** Numbers at equal distances. */
import { type Candidate, candidate, slot } from '../candidate.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel, type WgslScalar } from '../kernel.ts';
import { wordOf } from './word.ts';

export interface LinspaceSpec {
  first: number;
  last: number;
  count: number;
  /** Whole numbers need a whole step. */
  type: Exclude<WgslScalar, 'f16'>;
}

/** From one number to the next; 0 where there is one number only. */
export const stepOf = ({ first, last, count }: Pick<LinspaceSpec, 'first' | 'last' | 'count'>): number =>
  count === 1 ? 0 : (last - first) / (count - 1);

/** Binding: out [count] (read_write). */
export function linspace(spec: LinspaceSpec): Kernel {
  const { first, last, count, type } = spec;
  const step = stepOf(spec);
  const whole = type !== 'f32';
  return defineKernel({
    name: `linspace/${type}`,
    about: [`out [${count}] = ${first}, …, ${last}, ${step} apart.`],
    constants: whole ? { FIRST: wordOf(first, type), STEP: wordOf(step, type) } : { END: count - 1 },
    floats: whole ? {} : { FIRST: first, LAST: last, STEP: step },
    bindings: [{ name: 'out', type: whole ? 'u32' : 'f32', access: 'read_write' }],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(count),
    main: whole ? WHOLE : FROM_BOTH_ENDS,
    cost: { flops: whole ? 0 : 2 * count, bytes: 4 * count },
  });
}

/** Its one way: no input; output the numbers. */
export const linspaceCandidate = (spec: LinspaceSpec): Candidate =>
  candidate(
    'linspace',
    'Each number by a product of its own, from the nearer end, so that both ends are exact and no error adds up along the way.',
    () => ({ stages: [{ kernel: linspace(spec), slots: [slot.output(0)] }] }),
  );

const FROM_BOTH_ENDS = `
${FLAT_INDEX}
if (i >= arrayLength(&out)) { return; }
let left = END - i;
out[i] = select(LAST - STEP * f32(left), FIRST + STEP * f32(i), i < left);`;

// A negative number is a word like another: u32 wraps around.
const WHOLE = `
${FLAT_INDEX}
if (i >= arrayLength(&out)) { return; }
out[i] = FIRST + STEP * i;`;
