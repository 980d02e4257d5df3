/** A family of kernels as one asks for it by name: how a problem of it is written, and what answers it. */
import { type AdapterClass, type Candidate, type Slot, slot } from '../candidate.ts';
import type { Cost } from '../kernel.ts';
import type { Field } from './field.ts';
import { scattered } from './scattered.ts';

/** A shape text that a family cannot read, or a shape that has no answer. One line. */
export class ShapeTextError extends Error {
  override name = 'ShapeTextError';
}

export interface KernelProblem {
  /** The whole shape text, defaults filled in. */
  shape: string;
  /** Elements, 4 bytes each, of the buffers that a slot of kind `input` or `output` means. What a kernel changes in place is an input. */
  inputs: number[];
  outputs: number[];
  /** In the order in which this class of adapter tries them. */
  candidates(adapter: AdapterClass): Candidate[];
  /** What must be computed and moved at least, whatever the rung. */
  cost: Cost;
  /** Something to put into the inputs, the same at every call: numbers in [-0.5, 0.5) where the family needs no others. */
  values(): (Float32Array | Uint32Array)[];
  /** The buffer that `reference` is of: output 0, or what the kernel changes in place. */
  result: Slot;
  /**
   * The result in float64 by plain loops: all of it, or its first elements, as many as take about a second; null where that is
   * none. It shares nothing with the kernels but the shapes.
   */
  reference(inputs: readonly ArrayLike<number>[]): ArrayLike<number> | null;
}

/** What a family says of a problem: `values` and `result` where they are not the usual ones. */
type Answer = Omit<KernelProblem, 'shape' | 'values' | 'result'> & Partial<Pick<KernelProblem, 'values' | 'result'>>;

export interface KernelFamily {
  name: string;
  about: string;
  /** What may be written for each field of a shape text: `{ stride: 'N or YxX' }`. */
  fields: Readonly<Record<string, string>>;
  /**
   * Canonical problems; the first is of a DCGAN for 28 x 28 images (w = 64, batch 64), and names every field. The others, which
   * leave to it what they do not name, show rungs that those before them do not have.
   */
  shapes: readonly [string, ...string[]];
  /**
   * @param shape `stride=1,padding=0`; what it leaves out is as in `shapes[0]`, which is also the default
   * @throws ShapeTextError
   */
  problem(shape?: string): KernelProblem;
}

interface Declaration<V> extends Pick<KernelFamily, 'name' | 'about' | 'shapes'> {
  fields: { [K in keyof V]: Field<V[K]> };
  /** Where the values fit each other the buffers and candidates, else one line that says what does not fit. */
  answer(values: V): Answer | string;
}

/** Elements of a storage buffer beyond which no device of today goes (4 GiB), and far within u32 arithmetic. */
const MOST_ELEMENTS = 2 ** 30;

export function kernelFamily<V extends object>({ name, about, fields, shapes, answer }: Declaration<V>): KernelFamily {
  const names = Object.keys(fields) as (keyof V & string)[];
  const fail = (what: string): never => {
    throw new ShapeTextError(`${name}: ${what}`);
  };
  const pairs = (text: string): Map<string, string> => {
    const found = new Map<string, string>();
    for (const pair of text.split(',')) {
      const [, key, value] = /^([^=]*)=(.*)$/.exec(pair.trim()) ?? [];
      if (key === undefined || value === undefined)
        return fail(`expected NAME=VALUE,..., got "${pair}" (as in ${shapes[0]})`);
      if (!names.some((n) => n === key)) return fail(`no field "${key}"; the fields are ${names.join(', ')}`);
      if (found.has(key)) return fail(`"${key}" is given twice`);
      found.set(key, value);
    }
    return found;
  };
  return {
    name,
    about,
    fields: Object.fromEntries(names.map((n) => [n, fields[n].syntax])),
    shapes,
    problem: (text = shapes[0]) => {
      const texts = new Map([...pairs(shapes[0]), ...pairs(text)]);
      const values = names.map((n) => {
        const value = fields[n].parse(texts.get(n)!);
        return [n, value ?? fail(`${n}=${texts.get(n)}: expected ${fields[n].syntax} (${fields[n].domain})`)];
      });
      const result = answer(Object.fromEntries(values) as V);
      if (typeof result === 'string') return fail(result);
      const largest = Math.max(...result.inputs, ...result.outputs);
      if (largest > MOST_ELEMENTS) fail(`a buffer of ${largest} elements; expected at most ${MOST_ELEMENTS} (4 GiB)`);
      return {
        shape: names.map((n) => `${n}=${texts.get(n)}`).join(','),
        values: () => result.inputs.map((size, i) => scattered(size, i + 1)),
        result: slot.output(0),
        ...result,
      };
    },
  };
}

/** Elements of the buffer that a slot means, for a problem without an epilogue. */
export function slotElements(problem: KernelProblem, { temps }: Candidate, { kind, index }: Slot): number {
  const sizes = { input: problem.inputs, output: problem.outputs, temp: temps, epilogue: [] }[kind];
  const size = sizes[index];
  if (size === undefined) throw new Error(`slotElements: ${problem.shape} has no ${kind} ${index}`);
  return size;
}
