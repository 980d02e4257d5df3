/** Cumulative sums along one axis, deterministic: the order of the additions depends on the shape alone. */
import { type AdapterClass, type Candidate, candidate, slot } from './candidate.ts';
import {
  defineKernel,
  FLAT_INDEX,
  FLAT_WORKGROUP,
  flatGrid,
  GROUP_INDEX,
  groupGrid,
  type Kernel,
  paragraph,
} from './kernel.ts';

export interface ScanSpec {
  /** x and the result are [outer, range, inner]: a range is summed for each place outside and inside of it. */
  outer: number;
  range: number;
  inner: number;
  /** From the end to the beginning. */
  reverse: boolean;
  /** Without the element itself: the first sum is 0. */
  exclusive: boolean;
}

/** Lanes of a workgroup that shares a range. */
const LANES = 64;
/** Fewer steps are not worth a workgroup. */
const SHORTEST_RANGE = 128;
/** Ranges that fill a GPU with one invocation each. */
const ENOUGH_RANGES = 16384;

/** Bindings: x (read), out (read_write), both f32 [outer, range, inner]. @param shared a workgroup a range instead of an invocation */
function scanKernel(spec: ScanSpec, shared: boolean, about: readonly string[]): Kernel {
  const { outer, range, inner, reverse, exclusive } = spec;
  const [size, ranges] = [outer * range * inner, outer * inner];
  const place = reverse ? 'base + (RANGE - 1u - r) * INNER' : 'base + r * INNER';
  const step = exclusive
    ? `let value = x[${place}]; out[${place}] = sum; sum += value;`
    : `sum += x[${place}]; out[${place}] = sum;`;
  const together = [
    'let begin = min(lid.x * CHUNK, RANGE);',
    'let end = min(begin + CHUNK, RANGE);',
    'var own = 0.0;',
    `for (var r = begin; r < end; r += 1u) { own += x[${place}]; }`,
    'sums[lid.x] = own;',
    'workgroupBarrier();',
    'for (var part = 0u; part < lid.x; part += 1u) { sum += sums[part]; }',
    `for (var r = begin; r < end; r += 1u) { ${step} }`,
  ];
  const title = `${reverse ? 'reverse-' : ''}${exclusive ? 'exclusive-' : ''}sums`;
  return defineKernel({
    name: `scan/${title}-${shared ? 'workgroup' : 'alone'}`,
    about: [`x [${outer}, ${range}, ${inner}] → out of the same shape: ${title} along the middle axis.`, ...about],
    constants: {
      RANGES: ranges,
      RANGE: range,
      INNER: inner,
      ...(shared && { CHUNK: Math.ceil(range / LANES) }),
    },
    bindings: [
      { name: 'x', type: 'f32', access: 'read' },
      { name: 'out', type: 'f32', access: 'read_write' },
    ],
    workgroupSize: [shared ? LANES : FLAT_WORKGROUP, 1, 1],
    workgroups: shared ? groupGrid(ranges) : flatGrid(ranges),
    ...(shared && { declarations: `var<workgroup> sums: array<f32, ${LANES}>;` }),
    main: [
      shared ? GROUP_INDEX : FLAT_INDEX,
      'if (i >= RANGES) { return; }',
      'let base = i / INNER * RANGE * INNER + i % INNER;',
      'var sum = 0.0;',
      ...(shared ? together : [`for (var r = 0u; r < RANGE; r += 1u) { ${step} }`]),
    ].join('\n'),
    cost: { flops: size, bytes: 8 * size },
    requires: shared ? { workgroupStorage: 4 * LANES } : {},
  });
}

/** Input x; output the sums. */
export function scanCandidates(spec: ScanSpec, adapter: AdapterClass): Candidate[] {
  const rung = (name: string, shared: boolean, idea: string) =>
    candidate(name, idea, () => ({
      stages: [{ kernel: scanKernel(spec, shared, paragraph(idea)), slots: [slot.input(0), slot.output(0)] }],
    }));
  const alone = rung('0-serial', false, 'One invocation a range walks along it. Best where ranges are many, or short.');
  const workgroup = rung(
    '1-workgroup',
    true,
    'The lanes of a workgroup share a range: each adds up its part, and then walks it again from the sum of the parts before it.',
  );
  const few = spec.outer * spec.inner < ENOUGH_RANGES && spec.range >= SHORTEST_RANGE;
  return adapter === 'gpu' && few ? [workgroup, alone] : [alone, workgroup];
}
