/** The transpose of a gather: what was taken from places of an axis is added up there, always in the same order. */
import { type Candidate, candidate, slot } from '../candidate.ts';
import { wgslType } from '../expression.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel, type WgslScalar } from '../kernel.ts';
import type { IndexedAxis } from './gather-axis.ts';

export interface ScatterAddSpec extends IndexedAxis {
  /** Of the updates and of the sums. */
  type: Exclude<WgslScalar, 'f16'>;
}

/**
 * Bindings: updates [outer, count, inner] (read); indices u32 or i32 [count] or [outer, count, inner] (read as u32); out [outer, range,
 * inner] (read_write). Reads every index once for each place of the axis: range · count · outer · inner looks (a quarter as many
 * where vec4s are added), of which outer · count · inner add.
 */
export function scatterAdd({ outer, range, inner, count, each, type }: ScatterAddSpec): Kernel {
  const width = !each && inner % 4 === 0 ? 4 : 1;
  const item = wgslType(type, width);
  const [size, updates] = [outer * range * inner, outer * count * inner];
  const looked = each ? 'first + k * INNER' : 'k';
  return defineKernel({
    name: `scatter-add/${each ? 'elements' : 'rows'}${width === 4 ? '-vec4' : ''}`,
    about: [
      `updates [${outer}, ${count}, ${inner}], indices [${each ? `${outer}, ${count}, ${inner}` : count}] → out [${outer}, ${range}, ${inner}]:`,
      `out[o, r, i] = Σ updates[o, k, i] over the k whose index ${each ? '[o, k, i]' : '[k]'} is r, from the first to the last.`,
    ],
    constants: { RANGE: range, INNER: inner / width, COUNT: count },
    bindings: [
      { name: 'updates', type: item, access: 'read' },
      { name: 'indices', type: 'u32', access: 'read' },
      { name: 'out', type: item, access: 'read_write' },
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(size / width),
    main: `
${FLAT_INDEX}
if (i >= arrayLength(&out)) { return; }
let place = i / INNER % RANGE;
let first = i / (INNER * RANGE) * (COUNT * INNER) + i % INNER; // of the updates that may come here
var total = ${item}();
for (var k = 0u; k < COUNT; k++) {
  if (indices[${looked}] == place) { total += updates[first + k * INNER]; }
}
out[i] = total;`,
    cost: { flops: type === 'f32' ? updates : 0, bytes: 4 * (size + updates + (each ? updates : count)) },
  });
}

/** Its one way: inputs updates, indices; output the sums. */
export const scatterAddCandidate = (spec: ScatterAddSpec): Candidate =>
  candidate(
    'scatter-add',
    'WGSL has no atomic addition of floats, and their order would change the sum: so an invocation an element of the output ' +
      'walks all indices in order and adds what is its own. All lanes read the same index at once.',
    () => ({ stages: [{ kernel: scatterAdd(spec), slots: [slot.input(0), slot.input(1), slot.output(0)] }] }),
  );
