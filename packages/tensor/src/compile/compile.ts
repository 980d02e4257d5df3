/** The compiler: a program in, a plan out. Each pass is a pure function on plain data, so all of it runs without a GPU. */
import type { Program } from '../program.ts';
import { choose, type DeviceTraits } from './choose.ts';
import { fuse } from './fuse.ts';
import { placePacks } from './place-packs.ts';
import { type Plan, planMemory } from './plan-memory.ts';
import { prune } from './prune.ts';
import { type Graph, lower } from './work.ts';

export interface CompileOptions {
  /** Fuse elementwise work; true unless one wants to see or test the difference. */
  fusion?: boolean;
}

export function compile(program: Program, traits: DeviceTraits, options: CompileOptions = {}): Plan {
  const graph = lowerAndFuse(program, traits, options);
  return planMemory(placePacks(graph, choose(graph, traits), traits.adapter));
}

/** The passes before kernels are chosen. */
export function lowerAndFuse(program: Program, traits: DeviceTraits, { fusion = true }: CompileOptions = {}): Graph {
  const live = prune(lower(program));
  return fusion ? fuse(live, { bindings: traits.bindings }) : live;
}

/** The plan as a table: what runs, with which kernel, over how many workgroups, at what cost, in which buffers. */
export function printPlan(plan: Plan): string {
  const place = (l: Plan['outputs'][number]) =>
    l.kind === 'slot' ? `#${l.slot}${l.offset ? `+${l.offset}` : ''}` : `%${l.value}`;
  const rows = plan.dispatches.map((d) => [
    d.label,
    d.kernel.name,
    d.kernel.workgroups.join('x'),
    `${(d.kernel.cost.flops / 1e6).toFixed(2)}`,
    `${(d.kernel.cost.bytes / 1e3).toFixed(1)}`,
    d.bindings.map(place).join(' '),
  ]);
  const table = [['ops', 'kernel', 'workgroups', 'Mflop', 'kB', 'buffers (#planned, %external)'], ...rows];
  const widths = table[0]!.map((_, c) => Math.max(...table.map((r) => r[c]!.length)));
  const lines = table.map((r) =>
    r
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd(),
  );
  const total = plan.slots.reduce((a, b) => a + b, 0);
  return [
    ...lines,
    `${plan.dispatches.length} dispatches, ${plan.slots.length} buffers of ${(total / 1e6).toFixed(2)} MB (unplanned ${(plan.unplannedBytes / 1e6).toFixed(2)} MB)`,
  ].join('\n');
}
