/** The gallery: every rung of every family at a canonical problem. */
import type { AdapterClass, Candidate } from '../candidate.ts';
import type { KernelFamily } from './family.ts';
import { type Print, printCandidate } from './print.ts';

const ADAPTERS: readonly AdapterClass[] = ['gpu', 'llvmpipe', 'swiftshader'];

/**
 * Files of the gallery: path, `conv2d/register-tile-8x16-1.wgsl` for the first dispatch of two, and text. A rung is rendered
 * at the first of its family's shapes that has it, for the adapter class that tries it earliest.
 */
export function renderGallery(families: readonly KernelFamily[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const family of families)
    for (const print of rungs(family)) {
      const pages = printCandidate(print);
      pages.forEach((page, i) => {
        const stage = pages.length === 1 ? '' : `-${i + 1}`;
        files.set(`${family.name}/${print.candidate.name}${stage}.wgsl`, page);
      });
    }
  return files;
}

function rungs(family: KernelFamily): Print[] {
  const found = new Map<string, Print>();
  for (const shape of family.shapes) {
    const problem = family.problem(shape);
    const here = new Map<string, Print & { place: number }>();
    for (const adapter of ADAPTERS)
      problem.candidates(adapter).forEach((candidate: Candidate, place) => {
        const known = here.get(candidate.name);
        if (!known || place < known.place) here.set(candidate.name, { family, problem, adapter, candidate, place });
      });
    for (const [name, print] of here) if (!found.has(name)) found.set(name, print);
  }
  return [...found.values()];
}
