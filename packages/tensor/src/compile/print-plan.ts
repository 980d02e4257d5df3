/** The plan as a table, for people. */

import { percent, significant, table } from '../print/table.ts';
import { formatShape } from '../shape.ts';
import type { Location, Plan } from './plan-memory.ts';
import { type PlannedValue, plannedValues } from './plan-values.ts';

const COLUMNS = [
  { title: '#' },
  { title: 'ops', left: true, most: 28 },
  { title: 'makes', left: true, most: 20 },
  { title: 'kernel', left: true, most: 31 },
  { title: 'workgroups', left: true },
  { title: 'Mflop' },
  { title: 'kB' },
  { title: 'reads > writes', left: true },
];

/**
 * What runs, with which kernel, over how many workgroups, at what cost, in which buffers: a line a dispatch, and the totals.
 *
 * `#3` is the plan's buffer 3, `#3.2` the second value that lives there, `#3+512` the range of it that begins at byte 512;
 * `%7` is the memory of value 7 of the program. `#3 > #3.2` replaces a value in place. Long names end in `…`.
 */
export function printPlan(plan: Plan): string {
  const values = plannedValues(plan);
  const rows = plan.dispatches.map(({ label, shapes, kernel }, i) => [
    String(i),
    label,
    shapes.map(formatShape).join(' '),
    kernel.name,
    kernel.workgroups.join('x'),
    (kernel.cost.flops / 1e6).toFixed(2),
    (kernel.cost.bytes / 1e3).toFixed(1),
    printBindings(values[i]!),
  ]);
  return [table(COLUMNS, rows), ...totals(plan, values)].join('\n');
}

function printBindings(values: readonly PlannedValue[]): string {
  const list = (end: 'read' | 'written') =>
    values.flatMap(({ [end]: name, location }) => (name === null ? [] : printRange(name, location)));
  return [...list('read'), '>', ...list('written')].join(' ');
}

const printRange = (name: string, location: Location): string =>
  location.kind === 'slot' && location.offset > 0 ? `${name}+${location.offset}` : name;

function totals({ dispatches, slots, unplannedBytes }: Plan, values: readonly PlannedValue[][]): string[] {
  const sum = (key: 'flops' | 'bytes') => dispatches.reduce((total, { kernel }) => total + kernel.cost[key], 0);
  const planned = slots.reduce((total, bytes) => total + bytes, 0);
  const held = new Set(
    values.flat().flatMap(({ location, written }) => (location.kind === 'slot' ? (written ?? []) : [])),
  ).size;
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);
  const share = unplannedBytes > 0 ? `: ${percent(planned / unplannedBytes)}` : '';
  return [
    `${dispatches.length} dispatches, ${significant(sum('flops') / 1e6)} Mflop, ${significant(sum('bytes') / 1e6)} MB moved`,
    `${held} values in ${slots.length} buffers of ${megabytes(planned)} MB (unplanned ${megabytes(unplannedBytes)} MB${share})`,
  ];
}
