/** A compiled plan as a drawing. */
import type { Plan } from '../compile/plan-memory.ts';
import { type PlannedValue, plannedValues } from '../compile/plan-values.ts';
import { digraph, edge, node } from './dot.ts';
import { percent, significant } from './table.ts';

const EXTERNAL = { shape: 'cylinder', fillcolor: '#d6e6f5' };
const PLANNED = { shape: 'ellipse', fillcolor: '#eeeeee' };

/**
 * A plan in Graphviz's language: boxes are dispatches, numbered in the order in which they run. Ellipses are the values in the
 * plan's buffers, under the names of `printPlan`; cylinders are memory outside it, drawn at each of its uses, so that edges stay
 * short. A dotted edge goes from a value to the dispatch that overwrites its buffer without reading it.
 * @param shares of the step's time, one a dispatch (from `Profile.dispatches`): the longer a dispatch takes, the redder its box
 */
export function drawPlan(plan: Plan, shares?: readonly number[]): string {
  const most = Math.max(...(shares ?? []), Number.MIN_VALUE);
  const sizes = new Map<string, number>();
  const dispatches = plannedValues(plan).flatMap((values, i) => {
    const { label, kernel } = plan.dispatches[i]!;
    const own = `d${i}`;
    const share = shares?.[i];
    const fillcolor = share === undefined ? 'white' : `0.04 ${(share / most).toFixed(3)} 1.000`;
    const time = share === undefined ? '' : `, ${percent(share)}`;
    const bind = ({ location, read, written, replaced }: PlannedValue, k: number): string[] => {
      /** The statements for one end of the binding, with an edge from or to where the value is drawn. */
      const draw = (name: string, end: string, join: (value: string) => string): string[] => {
        if (location.kind === 'external') {
          const copy = `${own}${end}${k}`;
          return [node(copy, { ...EXTERNAL, label: sized(name, location.bytes) }), join(copy)];
        }
        sizes.set(name, Math.max(sizes.get(name) ?? 0, location.offset + location.bytes));
        return [join(`"${name}"`)];
      };
      const isLost = replaced !== null && read === null;
      return [
        ...(read === null ? [] : draw(read, 'r', (value) => edge(value, own))),
        ...(written === null ? [] : draw(written, 'w', (value) => edge(own, value))),
        ...(isLost ? [edge(`"${replaced}"`, own, { style: 'dotted', constraint: false })] : []),
      ];
    };
    return [node(own, { fillcolor, label: `${i} ${kernel.name}${time}`, tooltip: label }), ...values.flatMap(bind)];
  });
  const values = Array.from(sizes, ([name, bytes]) => node(`"${name}"`, { ...PLANNED, label: sized(name, bytes) }));
  return digraph('plan', [...values, ...dispatches]);
}

const sized = (name: string, bytes: number): string => `${name}\n${significant(bytes / 1e3)} kB`;
