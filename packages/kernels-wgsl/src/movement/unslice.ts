/** The transpose of a slice: a tensor laid into a larger one, at a start and by steps, with one value everywhere else. */
import { type Candidate, candidate, slot } from '../candidate.ts';
import { defineKernel, FLAT_INDEX, FLAT_WORKGROUP, flatGrid, type Kernel } from '../kernel.ts';
import { contiguousStrides, sizeOf } from '../view.ts';
import { address, coordinateSizes, coordinates } from '../walk.ts';
import { wordType } from './word.ts';

export interface UnsliceSpec {
  /** Shape of the output. */
  shape: readonly number[];
  /** Shape of the input, which has as many axes. */
  sizes: readonly number[];
  /** Along each axis element k of the input comes to `start + k · step`. Steps may be negative, never 0. */
  starts: readonly number[];
  steps: readonly number[];
  /** The word of 32 bits that stands where nothing comes; see `wordOf`. */
  word: number;
}

/** Bindings: x (words of 32 bits, read), out (likewise, read_write). */
export function unslice(spec: UnsliceSpec): Kernel {
  const { word } = spec;
  const { axes, width } = vectorize(fold(spec));
  const dims = axes.map((a) => a.out);
  const size = sizeOf(spec.shape);
  const partial = axes.map((a, axis) => ({ ...a, axis })).filter((a) => !isWhole(a));
  // An element before the start is, as u32, far beyond the end.
  const places = partial.flatMap(({ axis, start, step }) => {
    const distance = step > 0 ? `c${axis} - ${start}u` : `${start}u - c${axis}`;
    if (Math.abs(step) === 1) return [`let p${axis} = ${distance};`];
    return [`let d${axis} = ${distance};`, `let p${axis} = d${axis} / ${Math.abs(step)}u;`];
  });
  const conditions = partial.flatMap(({ axis, step, count }) => [
    `p${axis} < ${count}u`,
    ...(Math.abs(step) === 1 ? [] : [`d${axis} % ${Math.abs(step)}u == 0u`]),
  ]);
  const place = address(contiguousStrides(axes.map((a) => a.count)), (axis) =>
    isWhole(axes[axis]!) ? `c${axis}` : `p${axis}`,
  );
  const item = wordType(width);
  return defineKernel({
    name: `unslice${width === 4 ? '-vec4' : ''}`,
    about: [
      `x [${spec.sizes}] → out [${spec.shape}]: element k of axis a comes to start[a] + step[a] · k; elsewhere the word WORD.`,
      `starts [${spec.starts}], steps [${spec.steps}]`,
    ],
    constants: { WORD: word, ...coordinateSizes(dims, 'D') },
    bindings: [
      { name: 'x', type: item, access: 'read' },
      { name: 'out', type: item, access: 'read_write' },
    ],
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    workgroups: flatGrid(size / width),
    main: [
      FLAT_INDEX,
      'if (i >= arrayLength(&out)) { return; }',
      ...coordinates('i', dims.length, 'c', 'D'),
      ...places,
      `var value = ${item}(WORD);`,
      `if (${conditions.join(' && ') || 'true'}) { value = x[${place}]; }`,
      'out[i] = value;',
    ].join('\n'),
    cost: { flops: 0, bytes: 4 * (size + sizeOf(spec.sizes)) },
  });
}

/** Its one way: input x; output the larger tensor. */
export const unsliceCandidate = (spec: UnsliceSpec): Candidate =>
  candidate(
    'unslice',
    'An invocation an element of the output asks whether one of the input comes there: every element is written once, and ' +
      'none has to be cleared before. Four at a time where the innermost axis comes by fours.',
    () => ({ stages: [{ kernel: unslice(spec), slots: [slot.input(0), slot.output(0)] }] }),
  );

interface Axis {
  out: number;
  count: number;
  start: number;
  step: number;
}

const isWhole = ({ out, count, start, step }: Axis): boolean => start === 0 && step === 1 && count === out;

/** As few axes as possible: one that is whole merges into the one before it, where that is laid without gaps. */
function fold({ shape, sizes, starts, steps }: UnsliceSpec): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((out, i) => {
    if (out === 1) return;
    const count = sizes[i]!;
    const own = { out, count, start: starts[i]!, step: count === 1 ? 1 : steps[i]! };
    const last = axes.at(-1);
    if (last?.step === 1 && isWhole(own)) {
      axes[axes.length - 1] = { out: last.out * out, count: last.count * out, start: last.start * out, step: 1 };
    } else axes.push(own);
  });
  return axes;
}

/** The innermost axis in vec4s, where it comes by fours. */
function vectorize(axes: Axis[]): { axes: Axis[]; width: 1 | 4 } {
  const last = axes.at(-1);
  if (last?.step !== 1 || [last.out, last.count, last.start].some((n) => n % 4 !== 0)) return { axes, width: 1 };
  const quarter = { out: last.out / 4, count: last.count / 4, start: last.start / 4, step: 1 };
  return { axes: [...axes.slice(0, -1), quarter], width: 4 };
}
