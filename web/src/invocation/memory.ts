/** Memory as the watched thread knows it at a step: what each cell of a drawing shows, and why it stands out. */
import type { Layout } from './problems.ts';
import type { Access } from './thread.ts';
import type { Trace } from './trace.ts';
import type { Value } from './value.ts';

/** `read` and `written` in this step; `seen` and `made` in one before it. */
export type Mark = 'read' | 'written' | 'seen' | 'made' | '';

export interface Cell {
  /** NaN where nothing was written yet. */
  value: number;
  mark: Mark;
}

export interface Drawing {
  name: string;
  what: string;
  columns: number;
  cells: Cell[];
}

/** Numbers that are drawn of one memory; of a larger one only the accesses are told. */
const MOST_CELLS = 1024;

const numbers = (value: Value): number[] => (typeof value === 'number' ? [value] : value.flatMap(numbers));

/** The buffers of the dispatch and what the workgroup shares, as they are when step `at` is done. */
export function drawingsAt(trace: Trace, at: number, layoutOf: (binding: number) => Layout): Drawing[] {
  const step = trace.steps[at];
  const shared = trace.phases[step?.phase ?? 0] ?? new Map<string, readonly Value[]>();
  const buffers = trace.before.map(({ name, width, array }, i) =>
    draw(trace, at, { name, space: 'storage', width, values: [...array], ...layoutOf(i) }),
  );
  const memories = [...shared].map(([name, values]) => {
    const [first = 0] = values;
    const width = typeof first === 'number' ? 1 : first.length;
    const what = 'workgroup memory, shared by the workgroup’s threads';
    const flat = numbers(values);
    return draw(trace, at, { name, space: 'workgroup', width, values: flat, what, columns: Math.min(16, flat.length) });
  });
  return [...buffers, ...memories];
}

interface Memory extends Layout {
  name: string;
  space: Access['space'];
  width: number;
  values: number[];
}

function draw({ steps }: Trace, at: number, { name, space, width, values, what, columns }: Memory): Drawing {
  if (values.length > MOST_CELLS) return { name, what, columns, cells: [] };
  const cells = values.map((value): Cell => ({ value, mark: '' }));
  const phase = steps[at]?.phase;
  for (let i = 0; i <= at; i++) {
    const step = steps[i]!;
    for (const access of step.accesses) {
      if (access.name !== name || access.space !== space) continue;
      numbers(access.value).forEach((value, c) => {
        const cell = cells[access.index * width + c]!;
        const writes = access.kind === 'write';
        // Behind a barrier the drawing has what this thread wrote before it already, and what others wrote over it.
        if (writes && (space === 'storage' || step.phase === phase)) cell.value = value;
        if (i === at) cell.mark = writes ? 'written' : cell.mark === 'written' ? 'written' : 'read';
        else if (cell.mark !== 'made') cell.mark = writes ? 'made' : 'seen';
      });
    }
  }
  return { name, what, columns, cells };
}

/** A number as short as a cell is wide. */
export function short(value: number): string {
  if (Number.isNaN(value)) return '·';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const text =
    Number.isInteger(value) && Math.abs(value) < 1e4
      ? String(value)
      : Math.abs(value) >= 1e4 || (Math.abs(value) < 0.005 && value !== 0)
        ? value.toExponential(0)
        : value.toFixed(2);
  return text.replace('-', '−');
}

/** A value with the digits that an f32 has. */
export const precise = (value: Value): string =>
  typeof value === 'number'
    ? String(Number(value.toPrecision(7))).replace('-', '−')
    : `(${value.map(precise).join(', ')})`;
