/** A work that reads other values in the place of its own. */
import type { ValueId } from '../program.ts';
import type { Work } from './work.ts';

export function rename(work: Work, name: (id: ValueId) => ValueId): Work {
  if (work.kind === 'map') return { ...work, reads: work.reads.map((r) => ({ ...r, value: name(r.value) })) };
  if (work.kind === 'pack') return { ...work, inputs: work.inputs.map(name) };
  return {
    ...work,
    inputs: work.inputs.map(name),
    epilogue: { ...work.epilogue, reads: work.epilogue.reads.map(name) },
  };
}
