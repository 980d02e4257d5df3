/** Elements at given places of an axis: rows of a table, or one element for each index. */
import { type Candidate, candidate, slot } from '../candidate.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel } from '../kernel.ts';
import { wordType } from './word.ts';

/** The axis of `range` elements, with all axes before it as `outer` and all after it as `inner`. */
export interface IndexedAxis {
  outer: number;
  range: number;
  inner: number;
  /** How many places of the axis are asked for. */
  count: number;
  /** One index for each element [outer, count, inner], rather than one [count] for all of a place's. */
  each: boolean;
}

export interface GatherAxisSpec extends IndexedAxis {
  /** The word of 32 bits that an index beyond the axis reads; see `wordOf`. */
  missing: number;
}

/**
 * Bindings: x [outer, range, inner] (words of 32 bits, read); indices u32 or i32 [count] or [outer, count, inner] (read as u32);
 * out [outer, count, inner] (words, read_write).
 */
export function gatherAxis({ outer, range, inner, count, each, missing }: GatherAxisSpec): Kernel {
  const width = !each && inner % 4 === 0 ? 4 : 1;
  const type = wordType(width);
  const size = outer * count * inner;
  const indices = each ? size : count;
  return defineKernel({
    name: `gather-axis/${each ? 'elements' : 'rows'}${width === 4 ? '-vec4' : ''}`,
    about: [
      `x [${outer}, ${range}, ${inner}], indices [${each ? `${outer}, ${count}, ${inner}` : count}] → out [${outer}, ${count}, ${inner}]:`,
      `out[o, k, i] = x[o, indices[${each ? 'o, k, i' : 'k'}], i], or the word MISSING where the index is beyond the axis.`,
    ],
    constants: { RANGE: range, INNER: inner / width, COUNT: count, MISSING: missing },
    bindings: [
      { name: 'x', type, access: 'read' },
      { name: 'indices', type: 'u32', access: 'read' },
      { name: 'out', type, access: 'read_write' },
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(size / width),
    main: `
${FLAT_INDEX}
if (i >= arrayLength(&out)) { return; }
let index = indices[${each ? 'i' : 'i / INNER % COUNT'}]; // one below 0 is, as u32, beyond every axis
var value = ${type}(MISSING);
if (index < RANGE) { value = x[(i / (INNER * COUNT) * RANGE + index) * INNER + i % INNER]; }
out[i] = value;`,
    cost: { flops: 0, bytes: 4 * (2 * size + indices) },
  });
}

/** Its one way: inputs x, indices; output what was gathered. */
export const gatherAxisCandidate = (spec: GatherAxisSpec): Candidate =>
  candidate(
    'gather-axis',
    'An invocation an element of the output: it looks up its index and copies, a vec4 where rows are gathered that come by ' +
      'fours. Neighbours of a row read neighbours.',
    () => ({ stages: [{ kernel: gatherAxis(spec), slots: [slot.input(0), slot.input(1), slot.output(0)] }] }),
  );
