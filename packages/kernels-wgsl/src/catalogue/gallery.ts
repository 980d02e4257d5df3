/** The gallery: every rung of every family at a canonical problem. */
import type { AdapterClass } from '../candidate.ts';
import type { KernelFamily } from './family.ts';
import { type Print, printCandidate } from './print.ts';
import { type RungPages, renderReadme } from './readme.ts';

const ADAPTERS: readonly AdapterClass[] = ['gpu', 'llvmpipe', 'swiftshader'];

/**
 * Files of the gallery: path, `conv2d/5-split-k-1.wgsl` for the first dispatch of two, and text. A rung is rendered at the first
 * of its family's shapes that has it, for the adapter class that tries it earliest. Each family has a `README.md`, in which
 * nothing is measured yet.
 */
export function renderGallery(families: readonly KernelFamily[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const family of families) {
    const ladder = rungs(family).map((print): RungPages => {
      const { name, idea } = print.candidate;
      const texts = printCandidate(print);
      const pages = texts.map((_, i) => `${name}${texts.length === 1 ? '' : `-${i + 1}`}.wgsl`);
      pages.forEach((page, i) => {
        files.set(`${family.name}/${page}`, texts[i]!);
      });
      return { name, idea, pages };
    });
    files.set(`${family.name}/README.md`, renderReadme(family, ladder, ADAPTERS));
  }
  return files;
}

function rungs(family: KernelFamily): Print[] {
  const found = new Map<string, Print>();
  for (const shape of family.shapes) {
    const problem = family.problem(shape);
    const here = new Map<string, Print & { place: number }>();
    for (const adapter of ADAPTERS) {
      let place = 0;
      for (const candidate of problem.candidates(adapter)) {
        const known = here.get(candidate.name);
        if (!known || place < known.place) here.set(candidate.name, { family, problem, adapter, candidate, place });
        // Those that few devices admit take nobody's place.
        if (!candidate.requires) place++;
      }
    }
    for (const [name, print] of here) if (!found.has(name)) found.set(name, print);
  }
  return [...found.values()];
}
