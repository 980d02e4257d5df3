/** A stage's bindings as sheets of the drawing. */
import type { Candidate, KernelProblem } from '@ganvas/kernels-wgsl';
import type { Sheet } from './drawing.ts';
import { type PageFamily, type View, viewsOf } from './families.ts';

const READ = ['--a', '--b', '--d'] as const;
const WRITTEN = '--c';

export function sheetsOf(family: PageFamily, problem: KernelProblem, candidate: Candidate, stage: number): Sheet[] {
  const { kernel, slots } = candidate.stages[stage]!;
  const views = viewsOf(family, problem);
  const results = [...views.output, ...views.input][0]!.columns;
  let reads = 0;
  return kernel.bindings.map(({ name, type, access }, i) => {
    const { kind, index } = slots[i]!;
    const written = access === 'read_write';
    const view =
      kind === 'temp' ? scratch(candidate.temps[index]!, results) : views[kind as 'input' | 'output'][index]!;
    const colour = written && kind !== 'input' ? WRITTEN : READ[reads++ % READ.length]!;
    return { name, type, view, written, colour };
  });
}

/** Partial results, as wide as the results where that fits. */
function scratch(elements: number, results: number): View {
  const columns = elements % results === 0 ? results : Math.min(64, elements);
  return { rows: Math.ceil(elements / columns), columns, axes: 'partial results' };
}
