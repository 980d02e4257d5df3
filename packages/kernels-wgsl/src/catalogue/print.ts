/** A kernel as a page to read: its complete WGSL under a header that says where it runs, what it binds and what it costs. */
import type { AdapterClass, Candidate, Stage } from '../candidate.ts';
import type { Kernel } from '../kernel.ts';
import { type KernelFamily, type KernelProblem, slotElements } from './family.ts';

export interface Print {
  family: KernelFamily;
  problem: KernelProblem;
  adapter: AdapterClass;
  candidate: Candidate;
}

/** One WGSL module a stage: the header is comments, so each compiles as it stands. */
export function printCandidate(print: Print): string[] {
  return print.candidate.stages.map((stage, i) => {
    const header = [...origin(print, i), '', ...facts(stage.kernel), ...buffers(print, stage)];
    return [...header.map((line) => `// ${line}`.trimEnd()), '', stage.kernel.code].join('\n');
  });
}

function origin({ family, problem, adapter, candidate: { name, stages } }: Print, at: number): string[] {
  const stage = stages.length === 1 ? 'one dispatch' : `dispatch ${at + 1} of ${stages.length}`;
  return [`${family.name}: ${family.about}`, problem.shape, `rung ${name} for ${adapter}, ${stage}`];
}

function facts({ cost: { flops, bytes }, workgroups, requires }: Kernel): string[] {
  const { invocations = 1, workgroupStorage = 0, features = [] } = requires;
  return [
    `cost        ${metric(flops, 'flop')}, ${metric(bytes, 'B')}: ${(flops / bytes).toPrecision(3)} flop/B`,
    `workgroups  ${workgroups.join(' x ')} of ${invocations} invocations`,
    ...(workgroupStorage > 0 ? [`memory      ${workgroupStorage} B, shared by a workgroup`] : []),
    ...(features.length > 0 ? [`features    ${features.join(', ')}`] : []),
  ];
}

function buffers({ problem, candidate }: Print, { kernel, slots }: Stage): string[] {
  const cells = kernel.bindings.map(({ name, type, access }, i) => {
    const slot = slots[i]!;
    const bytes = metric(4 * slotElements(problem, candidate, slot), 'B');
    return [`${i}`, name, access, type, `${slot.kind} ${slot.index}`, bytes];
  });
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => `binding     ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`);
}

/** `822.1 Mflop`: four digits and SI's prefixes. */
export function metric(value: number, unit: string): string {
  const power = value >= 1e9 ? 3 : value >= 1e6 ? 2 : value >= 1e3 ? 1 : 0;
  return `${Number((value / 1000 ** power).toPrecision(4))} ${['', 'k', 'M', 'G'][power]}${unit}`;
}
